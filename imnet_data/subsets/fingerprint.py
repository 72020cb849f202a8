"""A fingerprint of a set of lines, whatever order they come in; nothing of them is held.

It is the sum, modulo 2^256, of the SHA-256 of each line as a little-endian number: a line twice
counts twice, and adding two fingerprints gives that of both sets together.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

_MODULUS = 1 << 256


class Fingerprint:
    """The fingerprint of the lines added so far.

    >>> one, other = Fingerprint(), Fingerprint()
    >>> _ = one.add([b"a", b"b"]), other.add([b"b"]), other.add([b"a"])
    >>> one.text == other.text, one.text[:13]
    (True, 'sha256sum:584')
    """

    def __init__(self, total: int = 0) -> None:
        self._total = total

    def add(self, lines: Iterable[bytes]) -> npt.NDArray[np.uint64]:
        """Add lines; gives the first 8 bytes of each one's SHA-256, as uint64 of shape (lines,)."""
        digests = b"".join([sha256(line).digest() for line in lines])
        limbs = np.frombuffer(digests, "<u4").reshape(-1, 8).sum(axis=0, dtype=np.uint64)
        for place, limb in enumerate(limbs.tolist()):
            self._total += limb << (32 * place)
        self._total %= _MODULUS
        return np.frombuffer(digests, "<u8")[::4]

    def __add__(self, other: Fingerprint) -> Fingerprint:
        return Fingerprint((self._total + other._total) % _MODULUS)

    @property
    def text(self) -> str:
        """The fingerprint as text: `sha256sum:` and 64 hexadecimal digits."""
        return f"sha256sum:{self._total:064x}"
