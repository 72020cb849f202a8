"""What was seen of one image's bytes: the readers fill it in, the checks judge it.

What a finding is called and how grave it is: codes.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imnet_data.verification.images.exif import Exif
    from imnet_data.verification.images.jpeg_decode import Decoded
    from imnet_data.verification.images.jpeg_markers import JpegHeader


@dataclass(slots=True)
class Seen:
    """One image's bytes and what became known of them.

    `mode`, `width` and `height` (pixels) are None where its header does not tell. `end` is where
    the picture ends, None where that is not known. `truncated`, `corrupt`, `too_large` and
    `crashed` are the reason why it is, or None. `jpeg` is the header of a JPEG that can be decoded,
    `decoded` what that gave.
    """

    data: bytes
    member: str
    format: str | None = None
    mode: str | None = None
    width: int | None = None
    height: int | None = None
    end: int | None = None
    exif: Exif | None = None
    truncated: str | None = None
    corrupt: str | None = None
    too_large: str | None = None
    crashed: str | None = None
    jpeg: JpegHeader | None = None
    decoded: Decoded | None = None
    look: int | None = None

    @property
    def pixels(self) -> int:
        """How many pixels its header promises."""
        return (self.width or 0) * (self.height or 0)
