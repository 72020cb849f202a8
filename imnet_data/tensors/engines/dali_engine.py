"""NVIDIA's engine: nvImageCodec decodes, DALI cuts, resizes and normalises; on the CPU or a GPU.

Windows are geometry.py's, given to DALI picture by picture: nothing here rounds or draws. The code
is the same for both devices; the CPU's is tested, and no GPU was there to run the other on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from imnet_data.errors import EngineFailed, PictureRefused
from imnet_data.extras import needed
from imnet_data.tensors.engines.cuda_driver import Gpu, driver_version, gpu_name
from imnet_data.tensors.engines.engine import device_number
from imnet_data.tensors.engines.nvidia_decoding import NvidiaDecoder
from imnet_data.tensors.engines.oracle import Oracle
from imnet_data.tensors.engines.resizing import check_size
from imnet_data.tensors.geometry import Filter
from imnet_data.tensors.normalisation import bfloat16_bits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from imnet_data.tensors.engines.engine import EngineSpec
    from imnet_data.tensors.geometry import Window

# Tensors that are made together: enough to keep a GPU busy, at 12 MB a megapixel of pictures.
_TOGETHER: Final = 64
_BOX: Final = ("first", "beyond")
_PART: Final = ("start", "end")


class DaliEngine:
    """Pictures in batches on one device; see `Engine`."""

    name = "dali"
    rule = "dali-1"

    def __init__(self, spec: EngineSpec) -> None:
        self._spec = spec
        self._number = device_number(spec.device)
        self._dali: Any = needed("nvidia.dali", extra="gpu")
        needed("nvidia.dali.fn", extra="gpu")
        self.device = "cpu" if self._number is None else gpu_name(self._number)
        self._gpu = None if self._number is None else Gpu(self._number)
        self._decoder = NvidiaDecoder(self._number, threads=spec.threads, exif=spec.geometry.exif)
        self._most = max(_TOGETHER, spec.geometry.copies)
        self._oracle = Oracle(spec)
        try:
            self._pipeline = self._built()
        except RuntimeError as error:
            raise EngineFailed("dali", spec.device, str(error)) from error

    @property
    def versions(self) -> Mapping[str, str]:
        """The packages that have a part in it, and the driver where there is a GPU."""
        found = {"nvidia-dali": str(self._dali.__version__), "nvimgcodec": self._decoder.version}
        if self._number is not None:
            found["cuda driver"] = driver_version()
        return found | {"numpy": np.__version__}

    def _built(self) -> Any:
        """The pipeline; it waits for every batch, so that no buffer is written to before its time.

        An antialiased `INTERP_LINEAR` is a triangle, as Pillow's BILINEAR is.
        """
        fn, types = self._dali.fn, self._dali.types
        geometry, said = self._spec.geometry, self._spec.normalisation
        device = "cpu" if self._number is None else "gpu"
        linear = geometry.filter == Filter.BILINEAR
        kind = types.INTERP_LINEAR if linear else types.INTERP_CUBIC
        pipeline = self._dali.Pipeline(
            batch_size=self._most, num_threads=self._spec.threads, device_id=self._number,
            prefetch_queue_depth=1, exec_async=False, exec_pipelined=False,
        )  # fmt: skip
        with pipeline:
            images = fn.external_source(name="images", device=device, layout="HWC")
            start, end = (fn.external_source(name=name) for name in _PART)
            if geometry.kind == "random":
                # What lies outside the box has no part in it, as in torchvision's crop.
                first, beyond = (fn.external_source(name=name) for name in _BOX)
                images = fn.slice(images, start=first, end=beyond, axes=(0, 1))
            resized = fn.resize(
                images, size=[geometry.out_px] * 2, roi_start=start, roi_end=end,
                interp_type=kind, antialias=True, dtype=types.UINT8,
            )  # fmt: skip
            # In the order of RGB here: rows are written in their own order of channels.
            turn = -1 if said.channels == "BGR" else 1
            as_it_is = self._spec.dtype == "uint8"
            tensors = fn.crop_mirror_normalize(
                resized,
                dtype=self._dtype(types),
                mean=[0.0] * 3 if as_it_is else [one / said.scale for one in said.mean[::turn]],
                std=[1.0] * 3 if as_it_is else [one / said.scale for one in said.std[::turn]],
            )
            pipeline.set_outputs(tensors)
        pipeline.build()
        return pipeline

    def _dtype(self, types: Any) -> Any:
        known = {"uint8": types.UINT8, "float16": types.FLOAT16}
        return known.get(self._spec.dtype, types.FLOAT)

    def fill(self, pictures: Sequence[tuple[str, bytes]], out: NDArray[Any]) -> list[str | None]:
        """See `Engine.fill()`."""
        copies = self._spec.geometry.copies
        step = max(self._most // copies, 1)
        wrong: list[str | None] = []
        for at in range(0, len(pictures), step):
            some = pictures[at : at + step]
            wrong += self._fill_some(some, out[at * copies : (at + len(some)) * copies])
        return wrong

    def _fill_some(
        self, pictures: Sequence[tuple[str, bytes]], out: NDArray[Any]
    ) -> list[str | None]:
        copies = self._spec.geometry.copies
        images = self._decoder.decode([data for _, data in pictures])
        if self._gpu is not None:
            # nvJPEG's hardware decoder does not keep to the order of a stream.
            self._gpu.wait()
        wrong: list[str | None] = []
        fed: list[tuple[Any, Window]] = []
        places: list[int] = []
        for at, ((name, _), image) in enumerate(zip(pictures, images, strict=True)):
            windows = self._windows(name, image)
            wrong.append(windows if isinstance(windows, str) else None)
            if not isinstance(windows, str):
                fed += [(image, window) for window in windows]
                places += range(at * copies, (at + 1) * copies)
        if fed:
            out[places] = self._made(fed)
        for at, (name, data) in enumerate(pictures):
            rows = out[at * copies : (at + 1) * copies]
            if wrong[at] is None and not self._is_plausible(name, data, rows):
                wrong[at] = "the decoder gave one even colour for it, and Pillow gives a picture"
        return wrong

    def _windows(self, name: str, image: Any) -> tuple[Window, ...] | str:
        """What is cut from a picture, or why nothing is."""
        if isinstance(image, PictureRefused):
            return image.reason
        height, width = image.shape[:2]
        windows = self._spec.geometry.windows(width, height, name)
        try:
            for window in windows:
                check_size(window)
        except PictureRefused as error:
            return error.reason
        return windows

    def _made(self, fed: Sequence[tuple[Any, Window]]) -> NDArray[Any]:
        """The tensors of some pictures on the device, in an array of the dtype that is stored."""
        told = [self._told_of(window) for _, window in fed]
        try:
            self._pipeline.feed_input("images", [image for image, _ in fed], layout="HWC")
            for name in told[0]:
                self._pipeline.feed_input(name, [one[name] for one in told])
            (tensors,) = self._pipeline.run()
            made = self._on_host(tensors)
        except RuntimeError as error:
            raise EngineFailed("dali", self._spec.device, str(error).partition("\n")[0]) from error
        if self._spec.normalisation.channels == "BGR":
            made = made[:, ::-1]
        return bfloat16_bits(made) if self._spec.dtype == "bfloat16" else made

    def _on_host(self, tensors: Any) -> NDArray[Any]:
        on_host = tensors if self._number is None else tensors.as_cpu()
        return np.array(on_host.as_array())

    def _told_of(self, window: Window) -> dict[str, NDArray[Any]]:
        """The part of a box that becomes a tensor, in pixels of it, and the box if it is drawn."""
        left, top, right, bottom = window.box
        across, down = (right - left) / window.size[0], (bottom - top) / window.size[1]
        (x, y), side = window.corner, self._spec.geometry.out_px
        start, end = (y * down, x * across), ((y + side) * down, (x + side) * across)
        told = {"start": np.array(start, np.float32), "end": np.array(end, np.float32)}
        if self._spec.geometry.kind == "random":
            told["first"] = np.array([top, left], np.int32)
            told["beyond"] = np.array([bottom, right], np.int32)
        return told

    def _is_plausible(self, name: str, data: bytes, rows: NDArray[Any]) -> bool:
        """Whether no row is of one colour, or Pillow's is, too.

        A hardware decoder has been seen to call black pictures decoded (nvImageCodec on RTX 50).
        """
        if not any(is_constant(row) for row in rows):
            return True
        expected = self._oracle.tensors(name, data)
        return expected is not None and all(
            is_constant(wanted) or not is_constant(row)
            for row, wanted in zip(rows, expected, strict=True)
        )

    def close(self) -> None:
        """Give the device back."""
        self._pipeline = None
        self._decoder.close()
        if self._gpu is not None:
            self._gpu.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_constant(tensor: NDArray[Any]) -> bool:
    """Whether each channel of (3, height, width) is one value; a few pixels tell it of most.

    >>> is_constant(np.zeros((3, 8, 8), np.float16))
    True
    """
    first = tensor[:, :1, :1]
    few = tensor[:, ::16, ::16]
    return bool((few == first).all() and (tensor == first).all())
