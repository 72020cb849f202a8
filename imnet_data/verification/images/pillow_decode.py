"""What Pillow tells of a picture that is no JPEG: its header by a lazy open, then its full load.

JPEGs go through read_jpeg.py, but for kinds that its decoder does not take.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import warnings
from contextlib import ExitStack, contextmanager, redirect_stderr
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFile

from imnet_data.verification.images.bounds import UNUSUAL_PIXELS, over_pixels
from imnet_data.verification.images.exif import read_exif
from imnet_data.verification.images.look import SMALLEST_SIDE, look_of
from imnet_data.verification.images.pictures import WEAK_FORMATS
from imnet_data.verification.images.png_chunks import read_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.verification.images.seen import Seen

_ONE_AT_A_TIME = threading.Lock()
# Pillow's words for data that end too early.
_CUT_SHORT: Final = ("truncated", "not enough image data", "unexpected end", "bytes not processed")
_CELLS: Final = (8, 4, 2, 1)


def read_other(seen: Seen, *, decode_too: bool) -> None:
    """Fill in what the bytes of a PNG, GIF, WebP, ... tell.

    Raises:
        MemoryError: there is not enough memory for it.
    """
    if seen.format == "PNG":
        _read_png(seen, checksums=decode_too)
    elif seen.format == "WEBP":
        _read_webp(seen)
    if seen.too_large is None and _open(seen) and decode_too and seen.truncated is None:
        decode(seen)


def decode(seen: Seen) -> None:
    """Load every pixel, within a bound, and take the look of it.

    Raises:
        MemoryError: there is not enough memory for it.
    """
    if seen.pixels > UNUSUAL_PIXELS:
        seen.too_large = over_pixels(UNUSUAL_PIXELS)
        return
    with _quiet(seen.format):
        try:
            with Image.open(io.BytesIO(seen.data), formats=(seen.format or "",)) as picture:
                picture.load()
                seen.look = _look(picture)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - damaged pictures raise anything in Pillow
            _complain(seen, _words(error))


def _open(seen: Seen) -> bool:
    with _quiet(seen.format):
        try:
            with Image.open(io.BytesIO(seen.data), formats=(seen.format or "",)) as picture:
                seen.mode, (seen.width, seen.height) = picture.mode, picture.size
                exif = picture.info.get("exif")
        except MemoryError:
            raise
        except Image.DecompressionBombError as error:
            seen.too_large = f"not decoded: {error}"
            return False
        except Exception:  # noqa: BLE001 - damaged pictures raise anything in Pillow
            return _refuse(seen)
    if isinstance(exif, bytes) and exif:
        seen.exif = read_exif(exif.removeprefix(b"Exif\0\0"))
    return True


def _refuse(seen: Seen) -> bool:
    if seen.format in WEAK_FORMATS:
        seen.format = None  # two letters that any text may begin with
    elif seen.truncated is None and seen.corrupt is None:
        seen.corrupt = "its header cannot be read"
    return False


def _read_png(seen: Seen, *, checksums: bool) -> None:
    png = read_chunks(seen.data, checksums=checksums)
    seen.end, seen.corrupt = png.end, png.fault
    if png.width and png.height:
        seen.width, seen.height = png.width, png.height
        if seen.pixels > UNUSUAL_PIXELS:
            seen.too_large = over_pixels(UNUSUAL_PIXELS)
    if png.end is None and png.fault is None:
        seen.truncated = "its last chunk, IEND, is missing"


def _read_webp(seen: Seen) -> None:
    told = 8 + int.from_bytes(seen.data[4:8], "little")
    if told > len(seen.data):
        seen.truncated = f"{told - len(seen.data):,} bytes are missing"
    else:
        seen.end = min(told + told % 2, len(seen.data))  # padded to an even length


def _look(picture: Image.Image) -> int:
    width, height = picture.size
    cell = next(c for c in _CELLS if c == 1 or min(width, height) >= c * SMALLEST_SIDE)
    grey = picture.convert("L")
    return look_of(np.asarray(grey.reduce(cell) if cell > 1 else grey), width, height, cell)


def _complain(seen: Seen, words: str) -> None:
    if any(sign in words.lower() for sign in _CUT_SHORT) and seen.end is None:
        seen.truncated = seen.truncated or words
    elif seen.corrupt is None:
        seen.corrupt = words


def _words(error: Exception) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__


@contextmanager
def _quiet(form: str | None) -> Iterator[None]:
    """Pillow as it is when it starts, whatever the caller made of it, and not a word from it.

    Its settings are the whole process's, so one thread at a time.
    """
    with _ONE_AT_A_TIME, ExitStack() as stack:
        stack.callback(setattr, ImageFile, "LOAD_TRUNCATED_IMAGES", ImageFile.LOAD_TRUNCATED_IMAGES)
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message="(?i).*(truncated|corrupt)")
        if form == "TIFF":
            stack.enter_context(_no_standard_error())
        yield


@contextmanager
def _no_standard_error() -> Iterator[None]:
    """For libtiff, which writes to the process's standard error, past Python's."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
