"""The oracle: Pillow with no shortcut, which says what a tensor ought to be.

What is made of a disagreement is the caller's. The bounds are measured: docs/parity.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.errors import OracleDisagrees, PictureRefused
from imnet_data.tensors.engines.decoding import plain
from imnet_data.tensors.engines.engine import CPU
from imnet_data.tensors.engines.resizing import plainly
from imnet_data.tensors.geometry import Filter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from imnet_data.tensors.engines.engine import EngineSpec

CHECKED: Final = 4
"""Pictures of a shard that are decoded again."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The most that may be between an engine's pixels and Pillow's, in grey levels.

    `most` holds for every pixel, `mean` for the mean over all. The outermost `edge` pixels are not
    looked at: engines think otherwise of what lies outside a picture.
    """

    most: float
    mean: float
    edge: int = 0


_EXACT: Final = Bound(0.0, 0.0)
_DALI: Final = {
    Filter.BILINEAR: Bound(1.0, 0.5, edge=3),
    # Pillow cuts to 0..255 between its two passes, and DALI doesn't: a picture of black and white
    # dots is as far off as this, a photograph by some 20.
    Filter.BICUBIC: Bound(96.0, 4.0, edge=3),
}
# NVIDIA's decoders round otherwise than libjpeg-turbo. Not measured: no GPU was there.
_ON_GPU: Final = 4.0


def bound_of(spec: EngineSpec) -> Bound:
    """What is expected of an engine, before normalisation and the rounding of its dtype."""
    if spec.engine == "pillow":
        return _EXACT
    bound = _DALI[spec.geometry.filter]
    if spec.device == CPU:
        return bound
    return Bound(bound.most + _ON_GPU, bound.mean + _ON_GPU / 4, bound.edge)


def checked(names: Sequence[str], many: int = CHECKED) -> list[int]:
    """Which of a shard's pictures are decoded again: places in `names`, by a hash of the name.

    >>> checked(["a", "b", "c"], 2) == sorted(checked(["a", "b", "c"], 2))
    True
    """

    def draw(at: int) -> bytes:
        name = names[at].encode("utf-8", "surrogatepass")
        return blake2b(name, digest_size=8, person=b"oracle").digest()

    return sorted(sorted(range(len(names)), key=draw)[:many])


class Oracle:
    """What a spec's tensors ought to be."""

    def __init__(self, spec: EngineSpec) -> None:
        self._spec = spec
        self._bound = bound_of(spec)
        self._table = spec.normalisation.table(spec.dtype)
        self._slack = self._rounding()

    def levels(self, name: str, data: bytes) -> NDArray[np.uint8]:
        """The grey levels of every copy: (copies, height, width, 3) in RGB.

        Raises:
            PictureRefused: Pillow does not decode it.
        """
        geometry = self._spec.geometry
        picture = plain(data, exif=geometry.exif)
        windows = geometry.windows(*picture.size, name)
        cut = [plainly(picture, one, geometry.out_px, geometry.filter) for one in windows]
        return np.stack([np.asarray(one) for one in cut])

    def tensors(self, name: str, data: bytes) -> NDArray[Any] | None:
        """The tensors of every copy: (copies, 3, height, width); None if Pillow has no picture."""
        try:
            levels = self.levels(name, data)
        except PictureRefused:
            return None
        turned = levels[..., ::-1] if self._spec.normalisation.channels == "BGR" else levels
        planes = np.moveaxis(turned, -1, 1)
        return np.stack([self._table[one][planes[:, one]] for one in range(3)], axis=1)

    def agree(self, name: str, data: bytes, tensors: NDArray[Any]) -> None:
        """Check the tensors that an engine made of a picture: (copies, 3, height, width).

        Raises:
            OracleDisagrees: they are further off than they may be.
        """
        try:
            levels = self.levels(name, data)
        except PictureRefused:
            # The engine has a picture where Pillow has none: as far off as can be.
            raise OracleDisagrees(
                name, engine=self._spec.engine, difference=math.inf, bound=self._bound.most
            ) from None
        off = np.abs(self._spec.normalisation.levels(tensors) - levels)
        edge = self._bound.edge
        inner = off[:, edge:-edge, edge:-edge] if edge else off
        if inner.size:
            self._hold(name, float(inner.max()), self._bound.most)
            self._hold(name, float(inner.mean()), self._bound.mean, mean=True)

    def _hold(self, name: str, difference: float, bound: float, *, mean: bool = False) -> None:
        bound += self._slack
        # Written so that NaN is within no bound.
        if not difference <= bound:
            raise OracleDisagrees(
                name, engine=self._spec.engine, difference=difference, bound=bound, mean=mean
            )

    def _rounding(self) -> float:
        """How far a value may be off by its dtype alone, in grey levels, and by one step of it."""
        if self._spec.dtype == "uint8":
            return 0.0
        planes = np.broadcast_to(self._table[None, :, :, None], (1, 3, 256, 1))
        values = self._spec.normalisation.levels(np.ascontiguousarray(planes))
        off = np.abs(values - np.arange(256)[None, :, None, None]).max()
        return float(3 * off + 1e-4)
