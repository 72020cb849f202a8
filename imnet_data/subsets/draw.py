"""Drawing images for a subset: each has a rank that hangs on seed and key alone.

Which images are drawn from is members.py's; what is left out after the draw is exclusions.py's.

A rank is BLAKE2b of 8 bytes over the image's key, `release/split/name` in UTF-8, keyed with the
text `PURPOSE SEED`, read as a little-endian number: 0 up to 2^64 - 1. It is the same on every
machine, whatever else is there and however the images are packed. The purposes (`draw`, `holdout`,
`order`, `mean`) give ranks that have nothing to do with one another: with one for all, the images
drawn from a large class would all stand at the front of the shuffled order.

`per_class` takes the N lowest ranks of each class and split, `fraction` the round(F * n) lowest of
its n images, at least one. By number and not by `rank < F * 2^64`: that would give a class of 50
images at 2 % anything from none to four. What it costs: where an image of the copy is missing, one
other image of its class may come in. No image of another class or split is touched by it.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

DRAW: Final = "draw"
HOLDOUT: Final = "holdout"
ORDER: Final = "order"
MEAN: Final = "mean"

_RANKS = 1 << 64


def keys_of(release: str, split: str, names: Iterable[str]) -> list[bytes]:
    """The keys of images of one release and split, in UTF-8.

    >>> keys_of("ilsvrc2012", "train", ["n01440764_18"])
    [b'ilsvrc2012/train/n01440764_18']
    """
    head = f"{release}/{split}/"
    return [(head + name).encode() for name in names]


def ranks(keys: Iterable[bytes], *, seed: int, purpose: str = DRAW) -> npt.NDArray[np.uint64]:
    """The ranks of keys, as uint64 of shape (keys,).

    >>> ranks([b"ilsvrc2012/train/n01440764_18"], seed=0).tolist()
    [4370211652952435347]
    """
    # A copy of a keyed state costs three quarters of keying anew: 1.3 us a key, one core.
    keyed = blake2b(digest_size=8, key=_key(seed, purpose)).copy

    def rank(key: bytes) -> bytes:
        state = keyed()
        state.update(key)
        return state.digest()

    found: npt.NDArray[np.uint64] = np.frombuffer(b"".join(map(rank, keys)), "<u8")
    return found


def wanted(images: int, *, per_class: int | None, fraction: float | None) -> int:
    """How many are drawn from a class that has so many images in a split.

    >>> wanted(1300, per_class=None, fraction=0.01), wanted(20, per_class=None, fraction=0.01)
    (13, 1)
    """
    if per_class is not None:
        return min(images, per_class)
    if fraction is not None:
        return min(images, max(1, round(images * fraction)))
    return images


def highest_drawn(of: Sequence[npt.NDArray[np.uint64]], n: int) -> int:
    """The highest rank among the n lowest of several arrays; -1 where none is to be drawn."""
    together = np.concatenate(of) if of else np.zeros(0, np.uint64)
    if n <= 0 or not len(together):
        return -1
    if n >= len(together):
        return _RANKS - 1
    return int(np.partition(together, n - 1)[n - 1])


def under(share: float) -> int:
    """The highest rank that belongs to a share of all ranks; -1 for none.

    >>> under(0.5) == 2**63 - 1
    True
    """
    return min(int(share * _RANKS), _RANKS) - 1


def up_to(of: npt.NDArray[np.uint64], highest: int) -> npt.NDArray[np.bool_]:
    """Which ranks are at most this one, as bool of their shape; -1 is below all of them."""
    if highest < 0:
        return np.zeros(of.shape, np.bool_)
    found: npt.NDArray[np.bool_] = of <= np.uint64(highest)
    return found


def _key(seed: int, purpose: str) -> bytes:
    return f"{purpose} {seed}".encode()
