"""What verification sees of a JPEG in three steps: its header and end, its decode, its look.

The header's walk is jpeg_markers.py's, the strict decoding jpeg_decode.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.verification.images.bounds import MOST_JPEG_PIXELS, over_pixels, over_scans
from imnet_data.verification.images.exif import read_exif
from imnet_data.verification.images.jpeg_decode import decode_jpeg
from imnet_data.verification.images.jpeg_markers import end_of_picture, read_header
from imnet_data.verification.images.look import look_of

if TYPE_CHECKING:
    from imnet_data.verification.images.jpeg_markers import JpegHeader
    from imnet_data.verification.images.seen import Seen

_SOS = b"\xff\xda"


def read_jpeg(seen: Seen) -> None:
    """Fill in what a JPEG's header and end tell; whatever the bytes, nothing is raised."""
    header = read_header(seen.data)
    if header.width and header.height:
        seen.width, seen.height = header.width, header.height
    seen.mode = header.mode
    if header.exif is not None:
        seen.exif = read_exif(header.exif)
    seen.end = end_of_picture(seen.data, header)
    if header.cut:
        seen.truncated = "it ends within its header"
    elif header.fault:
        seen.corrupt = header.fault
    elif not seen.pixels:
        seen.corrupt = f"a picture of {header.width} x {header.height} pixels"
    elif seen.end is None:
        seen.truncated = _missing_end(seen.data)
    if not header.cut:
        seen.jpeg = header


def take_look(seen: Seen) -> None:
    """Hash the small picture of a JPEG that was decoded whole."""
    header, decoded = seen.jpeg, seen.decoded
    if header is not None and decoded is not None and decoded.small is not None:
        seen.look = look_of(decoded.small[:, :, 0], header.width, header.height, decoded.cell)


def _missing_end(data: bytes) -> str:
    zeros = len(data) - len(data.rstrip(b"\0"))
    padded = f", and its last {zeros:,} bytes are zero" if zeros > 1 else ""
    return f"it has no end marker{padded}"


def decode(seen: Seen) -> None:
    """Decode a JPEG that has been read, where its header allows it.

    Raises:
        MemoryError: there is not enough memory for it.
    """
    header = seen.jpeg
    if header is None:
        return
    if seen.pixels > MOST_JPEG_PIXELS:
        seen.too_large = over_pixels(MOST_JPEG_PIXELS)
    elif header.several_scans:
        seen.too_large = over_scans(header.samples, seen.data.count(_SOS))
    if seen.too_large is not None:
        return
    decoded = decode_jpeg(seen.data, header)
    seen.decoded = decoded
    if not decoded.complaint:
        return  # whole, or a legal kind that no decoder here reads
    if decoded.unknown and seen.corrupt is None:
        _decode_by_pillow(seen)
    else:
        _complain(seen, header, decoded.complaint)


def _decode_by_pillow(seen: Seen) -> None:
    """Uncommon sampling of colours, which the strict decoder does not take."""
    from imnet_data.verification.images import pillow_decode  # noqa: PLC0415 - Pillow with it

    pillow_decode.decode(seen)


def _complain(seen: Seen, header: JpegHeader, complaint: str) -> None:
    """Only a JPEG without an end ran out of bytes; elsewhere damage swallowed the end marker.

    In one of several scans it may have run out within tables, which the decoder then calls wrong.
    """
    ran_out = complaint.startswith("Premature end") or header.several_scans
    if seen.truncated is not None and ran_out:
        seen.truncated = f"{seen.truncated} ({complaint})"
    elif seen.corrupt is None:
        seen.corrupt = complaint
