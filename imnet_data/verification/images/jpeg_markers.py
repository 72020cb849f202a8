"""A JPEG's header by its markers: size, components, Adobe's mark, EXIF, and where its scan begins.

No pixel is decoded here (jpeg_decode.py), and no entropy-coded byte is looked at but for the end.

A walk of some ten segments takes microseconds, where a general reader takes as long as decoding a
twentieth of the picture. Layout: ITU-T T.81, annex B.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

END_MARKER: Final = b"\xff\xd9"
_SOI, _EOI, _SOS, _TEM, _FILL = 0xD8, 0xD9, 0xDA, 0x01, 0xFF
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_APPLICATIONS = frozenset({_APP0, _APP1, _APP2, _APP14})
_WITHOUT_LENGTH = frozenset({_TEM, _FILL, *range(0xD0, 0xD8)})  # these are the restarts
_MISPLACED = frozenset({_SOI, _EOI, 0})
# Tables and notes, of which nothing is asked: most segments.
_PASSED_OVER = frozenset({0xC4, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)}) - _APPLICATIONS
# 0xC4, 0xC8 and 0xCC stand in the row of frames but are tables and a reserved number.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# In entropy-coded data 0xFF is followed by 0, a restart or more 0xFF; anything else is a marker.
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(slots=True)
class JpegHeader:
    """What stands before the first scan.

    `frame` is the marker that says how the picture is coded (0xC0 baseline, 0xC2 progressive, ...),
    None where there is none; `sampling` has a byte for each of its components: how often it is
    sampled across, times 16, and down.
    `coded` is where the first scan's data begin, and the other places those of segments (their
    0xFF). `cut` says that the header ends before its scan, `fault` what in it cannot be.
    """

    frame: int | None = None
    precision: int = 8
    width: int = 0
    height: int = 0
    components: int = 0
    sampling: bytes = b""
    exif: bytes | None = None
    jfif_at: int | None = None
    adobe_at: int | None = None
    several_pictures: bool = False
    coded: int | None = None
    first_scan_components: int = 0
    cut: bool = False
    fault: str = ""

    @property
    def mode(self) -> str | None:
        """Pillow's name for the pixels."""
        return _MODES.get(self.components)

    @property
    def several_scans(self) -> bool:
        """Whether the whole picture must be held to decode it: progressive, or scan by scan."""
        progressive = self.frame is not None and self.frame & 3 == 2
        return progressive or self.first_scan_components < self.components

    @property
    def samples(self) -> int:
        """Samples of all components, for the memory that several scans take."""
        factors = [(byte >> 4, byte & 15) for byte in self.sampling] or [(1, 1)]
        across, down = (max(1, *side, 1) for side in zip(*factors, strict=True))
        share = sum(h * v for h, v in factors) / (across * down)
        return int(self.width * self.height * share)


def read_header(data: bytes) -> JpegHeader:
    """The header of a JPEG, as far as it can be read; whatever the bytes, nothing is raised."""
    header = JpegHeader()
    at: int | None = 2
    last = len(data) - 4
    while at is not None and at <= last:
        if data[at] == 0xFF and data[at + 1] in _PASSED_OVER:
            at += 2 + (data[at + 2] << 8 | data[at + 3])
        else:
            at = _read_segment(header, data, at)
    header.cut = at is not None
    return header


def _read_segment(header: JpegHeader, data: bytes, at: int) -> int | None:
    """Where the next one is, or None where there is no next one to look at."""
    if data[at] != 0xFF:
        return _next_marker(header, data, at)
    marker = data[at + 1]
    if marker in _WITHOUT_LENGTH:
        return at + (1 if marker == _FILL else 2)
    length = data[at + 2] << 8 | data[at + 3]
    if marker in _MISPLACED or length < 2:
        header.fault = header.fault or f"marker {marker:#04x} where it cannot be"
        return None
    after = at + 2 + length
    if after > len(data):
        return after
    _take(header, data, marker, at, after)
    return after if marker != _SOS else None


def _next_marker(header: JpegHeader, data: bytes, at: int) -> int:
    found = data.find(b"\xff", at)
    found = len(data) if found < 0 else found
    header.fault = header.fault or f"{found - at:,} bytes between its segments"
    return found


def _take(header: JpegHeader, data: bytes, marker: int, at: int, after: int) -> None:
    start = at + 4
    if marker in _FRAMES:
        _take_frame(header, data, marker, start, after)
    elif marker == _SOS:
        header.coded = after
        header.first_scan_components = data[start] if after > start else 0
        if header.frame is None:
            header.fault = header.fault or "a scan without a frame"
    elif marker in _APPLICATIONS:
        _take_application(header, data, marker, at, after)


def _take_application(header: JpegHeader, data: bytes, marker: int, at: int, after: int) -> None:
    start = at + 4
    if marker == _APP0 and data.startswith(b"JFIF\0", start):
        header.jfif_at = at
    elif marker == _APP1 and header.exif is None and data.startswith(b"Exif\0", start):
        header.exif = data[start + 6 : after]
    elif marker == _APP2:
        header.several_pictures |= data.startswith(b"MPF\0", start)
    elif marker == _APP14 and after - start >= 12 and data.startswith(b"Adobe", start):
        header.adobe_at = at


def _take_frame(header: JpegHeader, data: bytes, marker: int, start: int, after: int) -> None:
    count = data[start + 5] if after - start >= 6 else 0
    if header.frame is not None or count == 0 or after - start < 6 + 3 * count:
        header.fault = header.fault or "a damaged frame header"
        return
    header.frame = marker
    header.precision = data[start]
    header.height = data[start + 1] << 8 | data[start + 2]
    header.width = data[start + 3] << 8 | data[start + 4]
    header.components = count
    header.sampling = data[start + 7 : start + 6 + 3 * count : 3]


def end_of_picture(data: bytes, header: JpegHeader) -> int | None:
    """Where the picture ends, behind its end marker; None where it has none.

    The end marker of a thumbnail within the header does not count. Where the data end in an end
    marker it is taken for the picture's: looking for an earlier one costs as much as hashing the
    whole, so that a second picture behind the first is seen only where the header announces one.
    """
    if header.coded is None:
        return None
    end = len(data)
    if data.endswith(END_MARKER) and end - 2 >= header.coded and not header.several_pictures:
        return end
    first = data.find(END_MARKER, header.coded)
    if first < 0:
        return None
    if first == end - 2 or not header.several_scans:
        return first + 2
    return _end_of_scans(data, header.coded)


def _end_of_scans(data: bytes, at: int) -> int | None:
    """Over the segments between scans, whose tables may hold the end marker's bytes."""
    while found := _MARKER_IN_SCAN.search(data, at):
        at = found.start()
        marker = data[at + 1]
        if marker == _EOI:
            return at + 2
        if marker == _TEM:
            at += 2
            continue
        at += 2 + max(int.from_bytes(data[at + 2 : at + 4]), 2)
    return None
