"""Formats and modes of pictures: their numbers in the catalogue, and telling a format by its bytes.

Nothing is decoded here, and no library of pictures is loaded.
"""

from __future__ import annotations

import os.path
from typing import Final

FORMATS: Final = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "JPEG2000", "AVIF", "PPM")
"""Pillow's names. The catalogue has place + 1, so new ones are only ever added at the end."""

MODES: Final = (
    *("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "LA", "PA", "RGBX"),
    *("RGBa", "La", "I;16", "I;16L", "I;16B", "I;16N"),
)
"""Pillow's names of pixels, numbered as FORMATS are."""

GREY_MODES: Final = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"})

_EXTENSIONS: Final = {
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif"), "JPEG"),
    **dict.fromkeys(("png", "apng"), "PNG"),
    **dict.fromkeys(("tif", "tiff"), "TIFF"),
    **dict.fromkeys(("jp2", "j2k", "jpx", "j2c"), "JPEG2000"),
    **dict.fromkeys(("ppm", "pgm", "pbm", "pnm"), "PPM"),
    "gif": "GIF",
    "bmp": "BMP",
    "webp": "WEBP",
    "avif": "AVIF",
}

# Beginnings that other files seldom have. BMP's and PPM's are two letters that any text may begin
# with, so a picture in these is one only when it can be opened.
_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"BM", "BMP"),
    *((b"P" + bytes([digit]) + space, "PPM") for digit in b"123456" for space in (b"\n", b" ")),
)
WEAK_FORMATS: Final = frozenset({"BMP", "PPM"})


def format_of(data: bytes) -> str | None:
    r"""The format that the first bytes tell, or None where they tell none.

    >>> format_of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    'PNG'
    >>> format_of(b"<html>") is None
    True
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in {b"avif", b"avis"}:
        return "AVIF"
    return next((name for start, name in _BEGINNINGS if data.startswith(start)), None)


def promised_format(member: str) -> str | None:
    """The format that a file's name promises, or None where it promises none that is known.

    >>> promised_format("n02105855/n02105855_2933.JPEG")
    'JPEG'
    """
    return _EXTENSIONS.get(os.path.splitext(member)[1][1:].lower())
