"""JPEGs decoded by nvImageCodec, on the CPU or a GPU; what it does not take is Pillow's.

Resizing is dali_engine.py's. A picture that does not decode is told apart from a machine on which
none does: nvImageCodec gives None for both.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.errors import EngineFailed, PictureRefused
from imnet_data.extras import needed
from imnet_data.tensors.engines.decoding import decode
from imnet_data.tensors.engines.engine import MOST_PIXELS
from imnet_data.verification.images.jpeg_markers import read_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_VERBOSITY: Final = "PYNVIMGCODEC_VERBOSITY"


class NvidiaDecoder:
    """Decodes on one device; `number` is a GPU's, None for the CPU.

    Raises:
        NeedsExtra: nvImageCodec is not installed.
        EngineFailed: it does not start on this device.
    """

    def __init__(self, number: int | None, *, threads: int, exif: bool) -> None:
        with _quiet():
            self._codec: Any = needed("nvidia.nvimgcodec", extra="gpu")
            self._device = "cpu" if number is None else f"cuda:{number}"
            self._exif = exif
            try:
                self._decoder = self._codec.Decoder(**self._arguments(number, threads))
            except RuntimeError as error:
                raise EngineFailed("dali", self._device, str(error)) from error
        # As Pillow and torchvision do: EXIF is left alone unless asked for.
        self._params = self._codec.DecodeParams(
            apply_exif_orientation=exif, color_spec=self._codec.ColorSpec.SRGB
        )

    def _arguments(self, number: int | None, threads: int) -> dict[str, Any]:
        codec = self._codec
        if number is not None:
            # Fancy upsampling is libjpeg's own: without it chroma is the nearest pixel's.
            options = ":fancy_upsampling=1"
            return {"device_id": number, "max_num_cpu_threads": threads, "options": options}
        # Both are needed: without `backends` it starts, and gives None for every picture.
        return {
            "device_id": codec.NVIMGCODEC_DEVICE_CPU_ONLY,
            "max_num_cpu_threads": threads,
            "backends": [codec.Backend(codec.BackendKind.CPU_ONLY)],
        }

    @property
    def version(self) -> str:
        """The version of nvImageCodec."""
        return str(self._codec.__version__)

    def decode(self, pictures: Sequence[bytes]) -> list[Any]:
        """The pixels of each picture on the device, of shape (height, width, 3), or its refusal.

        New memory every time: nothing of an earlier batch is written over.

        Raises:
            EngineFailed: the decoder decodes nothing here.
        """
        found: list[Any] = [None] * len(pictures)
        its_own = [at for at, data in enumerate(pictures) if _is_usual(data)]
        if its_own:
            with _quiet():
                given = self._decoder.decode([pictures[at] for at in its_own], params=self._params)
            for at, image in zip(its_own, given, strict=True):
                # On the CPU a view of it, for DALI takes an image to lie on a GPU.
                on_cpu = image is not None and self._device == "cpu"
                found[at] = np.asarray(image) if on_cpu else image
        missed = [at for at in its_own if found[at] is None]
        for at in (at for at, image in enumerate(found) if image is None):
            found[at] = self._by_pillow(pictures[at])
        if missed == its_own and any(not isinstance(found[at], PictureRefused) for at in missed):
            raise EngineFailed(
                "dali", self._device, "nvImageCodec decodes no picture here, and Pillow does"
            )
        return found

    def _by_pillow(self, data: bytes) -> Any:
        try:
            pixels = np.asarray(decode(data, exif=self._exif))
        except PictureRefused as error:
            return error
        if self._device == "cpu":
            return pixels
        return self._codec.as_image(pixels).cuda()

    def close(self) -> None:
        """Let the device go."""
        self._decoder = None


def _is_usual(data: bytes) -> bool:
    """Whether it is a JPEG in grey or three colours, of a size that may be decoded."""
    if not data.startswith(b"\xff\xd8\xff"):
        return False
    header = read_header(data)
    return header.components in (1, 3) and 0 < header.width * header.height <= MOST_PIXELS


@contextmanager
def _quiet() -> Iterator[None]:
    """Without its words on standard error, on what it gives as None and which parts it lacks."""
    before = os.environ.get(_VERBOSITY)
    os.environ.setdefault(_VERBOSITY, "0")
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_VERBOSITY, None)
