"""A picture's bytes as RGB pixels: exactly Pillow's, or a reason why there are none.

Resizing is resizing.py's; NVIDIA's decoder is nvidia_decoding.py's.

libjpeg-turbo is asked directly, through simplejpeg: it gives the pixels that Pillow gives, which
asks the same library, with a copy less, and stops at damage that Pillow decodes as if it were none.
"""

from __future__ import annotations

import io
import threading
import warnings
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

import simplejpeg
from PIL import Image, ImageFile, UnidentifiedImageError, features

from imnet_data.errors import PictureRefused
from imnet_data.tensors.engines.engine import MOST_PIXELS
from imnet_data.verification.images.jpeg_decode import decode_jpeg as decode_strictly
from imnet_data.verification.images.jpeg_markers import read_header
from imnet_data.verification.images.pictures import format_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ONE_AT_A_TIME: Final = threading.Lock()
# Colours that libjpeg-turbo turns into RGB by itself; the others are Pillow's to turn.
_TURNED_TO_RGB: Final = frozenset({"YCbCr", "RGB", "Gray"})


def decode(data: bytes, *, exif: bool = False) -> Image.Image:
    """A picture in RGB, as `Image.open(…).convert("RGB")` gives it.

    Grey, CMYK, palettes, 16 bits and transparency become RGB as Pillow makes them. With `exif` the
    picture is turned upright.

    Raises:
        PictureRefused: it does not decode whole, is damaged, or is too large.
    """
    if not data:
        raise PictureRefused("it has no bytes")
    picture = _fast(data) if data.startswith(b"\xff\xd8\xff") else None
    if picture is None:
        picture = _by_pillow(data)
    return _upright(picture, data) if exif else picture


def plain(data: bytes, *, exif: bool = False) -> Image.Image:
    """The same through Pillow alone, with no shortcut of ours: the oracle's.

    Raises:
        PictureRefused: Pillow does not decode it.
    """
    picture = _by_pillow(data)
    return _upright(picture, data) if exif else picture


def _fast(data: bytes) -> Image.Image | None:
    """A JPEG that is whole and of a usual kind; None where Pillow is to be asked."""
    if not _same_library():
        _check_whole(data)
        return None
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
        if colours in _TURNED_TO_RGB:
            _check_pixels(width, height)
            return _picture(simplejpeg.decode_jpeg(data, "RGBX", strict=True))
    except ValueError:
        pass
    _check_whole(data)
    return None


def _picture(pixels: NDArray[np.uint8]) -> Image.Image:
    """RGBX of shape (height, width, 4) as a picture in RGB.

    Pillow keeps RGB in four bytes a pixel, too. Through the Arrow interface of Pillow 11.2 and
    later the same memory is taken as that; else it is copied.
    """
    size = pixels.shape[1], pixels.shape[0]
    mapped = Image.frombuffer("RGBX", size, pixels, "raw", "RGBX", 0, 1)
    if hasattr(Image, "fromarrow"):
        return Image.fromarrow(mapped, "RGB", size)
    return mapped.convert("RGB")


@cache
def _same_library() -> bool:
    """Whether this Pillow asks libjpeg-turbo: with another library its pixels are others."""
    return bool(features.check_feature("libjpeg_turbo"))


def _check_whole(data: bytes) -> None:
    """That a JPEG has no damage, as verification looks at it: what does no harm is passed over.

    Raises:
        PictureRefused: it has.
    """
    header = read_header(data)
    _check_pixels(header.width, header.height)
    if header.components == 4:
        return  # CMYK has no way to grey there
    try:
        seen = decode_strictly(data, header)
    except MemoryError:
        raise PictureRefused("there was not enough memory to decode it") from None
    if seen.complaint and not seen.unknown:
        raise PictureRefused(seen.complaint)


def _by_pillow(data: bytes) -> Image.Image:
    form = format_of(data)
    if form is None:
        raise PictureRefused("it is no picture of a known format")
    with _strict_pillow():
        try:
            with Image.open(io.BytesIO(data), formats=(form,)) as picture:
                _check_pixels(*picture.size)
                return picture.convert("RGB")
        except PictureRefused:
            raise
        except MemoryError:
            raise PictureRefused("there was not enough memory to decode it") from None
        except Exception as error:  # damaged pictures raise anything in Pillow
            raise PictureRefused(_words(error)) from error


def _words(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "its header cannot be read"  # Pillow names an object in memory
    if isinstance(error, Image.DecompressionBombError):
        return "it has too many pixels to decode"  # Pillow speaks of an attack
    return str(error).partition("\n")[0][:200] or type(error).__name__


@contextmanager
def _strict_pillow() -> Iterator[None]:
    """Pillow as it is when it starts, whatever the caller made of it.

    Its settings and Python's warnings are the whole process's, so one thread at a time.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PictureRefused(f"it has {width:,} x {height:,} pixels: too many to decode")


def _upright(picture: Image.Image, data: bytes) -> Image.Image:
    """Turned and mirrored as its EXIF says, as `ImageOps.exif_transpose` does."""
    with _strict_pillow():
        try:
            with Image.open(io.BytesIO(data), formats=(format_of(data) or "",)) as opened:
                turn = _TURNS.get(opened.getexif().get(_ORIENTATION, 1))
        except Exception:  # noqa: BLE001 - broken EXIF raises anything, and asks for no turn
            return picture
    return picture if turn is None else picture.transpose(turn)
