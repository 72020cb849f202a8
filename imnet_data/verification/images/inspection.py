"""What inspecting one image gives: plain data, which loads nothing.

The inspecting is inspect.py's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A code and what is particular about it here, such as what the decoder said."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one image's bytes tell.

    `format` and `mode` are Pillow's names, `width_px` and `height_px` pixels as the header has
    them, before any turning; each is None where the bytes do not tell. `digest` is the first 16
    bytes of their SHA-256. `look` is the perceptual hash of look.py, None unless decoded whole.
    """

    format: str | None
    mode: str | None
    width_px: int | None
    height_px: int | None
    digest: bytes
    look: int | None
    found: tuple[Found, ...]
