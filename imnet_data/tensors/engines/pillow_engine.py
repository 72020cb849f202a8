"""The engine for every machine: libjpeg-turbo decodes, Pillow resizes, a table normalises.

It gives to the last bit what the oracle gives (oracle.py), which has none of its shortcuts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import PIL
import simplejpeg
from PIL import features

from imnet_data.errors import PictureRefused
from imnet_data.tensors.engines.decoding import decode
from imnet_data.tensors.engines.resizing import cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image

    from imnet_data.tensors.engines.engine import EngineSpec


class PillowEngine:
    """Pictures one by one, on one core; see `Engine`."""

    name = "pillow"
    device = "cpu"
    rule = "pillow-1"

    def __init__(self, spec: EngineSpec) -> None:
        self._geometry = spec.geometry
        self._table = spec.normalisation.table(spec.dtype)
        self._channels = spec.normalisation.channels

    @property
    def versions(self) -> Mapping[str, str]:
        """The packages that have a part in it."""
        turbo = features.version_feature("libjpeg_turbo") or "none"
        found = {"pillow": PIL.__version__, "pillow's libjpeg-turbo": turbo}
        return found | {"simplejpeg": simplejpeg.__version__, "numpy": np.__version__}

    def fill(self, pictures: Sequence[tuple[str, bytes]], out: NDArray[Any]) -> list[str | None]:
        """See `Engine.fill()`."""
        copies = self._geometry.copies
        wrong: list[str | None] = []
        for at, (name, data) in enumerate(pictures):
            try:
                self._fill_one(name, data, out[at * copies : (at + 1) * copies])
            except PictureRefused as error:
                wrong.append(error.reason)
            else:
                wrong.append(None)
        return wrong

    def _fill_one(self, name: str, data: bytes, out: NDArray[Any]) -> None:
        geometry = self._geometry
        picture = decode(data, exif=geometry.exif)
        windows = geometry.windows(*picture.size, name)
        for window, tensor in zip(windows, out, strict=True):
            self._normalise(cut(picture, window, geometry.out_px, geometry.filter), tensor)

    def _normalise(self, picture: Image, tensor: NDArray[Any]) -> None:
        shape = tensor.shape[1:]
        for channel, table, plane in zip(self._channels, self._table, tensor, strict=True):
            values = np.frombuffer(picture.tobytes("raw", channel), np.uint8).reshape(shape)
            # Every value is in the table: "clip" spares the check, and so a copy.
            np.take(table, values, out=plane, mode="clip")

    def close(self) -> None:
        """It holds nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
