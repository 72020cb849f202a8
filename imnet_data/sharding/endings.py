"""A picture's ending by what its first bytes say it is, whatever its name says."""

from __future__ import annotations

from typing import Final

# The bytes that are looked at.
LOOKED_AT: Final = 16

_STARTS: Final = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\0\0\0\x0cjP  ", "jp2"),
)
_AVIF: Final = (b"avif", b"avis")


def ending_of(start: bytes) -> str:
    r"""The ending, without its dot; `jpg` for what is none of these, as damaged images are.

    >>> ending_of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), ending_of(b"")
    ('png', 'jpg')
    """
    for magic, ending in _STARTS:
        if start.startswith(magic):
            return ending
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[4:8] == b"ftyp" and start[8:12] in _AVIF:
        return "avif"
    return "jpg"
