"""Pax headers that say nothing of a member but its times and owners, so that they are hopped over.

WebDataset's writer, bsdtar and GNU tar's POSIX format put one before every member. Those that
rename a member or give its size are headers.py's.
"""

from __future__ import annotations

import re
from typing import Final

from imnet_data.archives.tars.headers import BLOCK, padded

# A window that holds the pax header, its records, the member's own header, and most often the
# label and metadata beside an image with theirs.
WINDOW: Final = 1 << 13
_LONGEST: Final = 1 << 12

_RECORDS: Final = re.compile(
    rb"(?:[0-9]+ (?:[acm]time|[ug]id|[ug]name|SCHILY\.(?:dev|ino|nlink|fflags)"
    rb"|LIBARCHIVE\.creationtime)=[^\n]*\n)+\Z"
)


def gap_before(window: bytes, at: int) -> int:
    """The bytes that a pax header at a place of a window takes before the member's own header.

    0 where its records may change what a scan tells, -1 where the window ends too early to see.

    Raises:
        ValueError: its size is no number.
    """
    size = int(window[at + 124 : at + 135], 8)
    gap = BLOCK + padded(size)
    if not 0 < size <= _LONGEST:
        return 0
    if at + gap + BLOCK > len(window):
        return -1
    return gap if _RECORDS.match(window, at + BLOCK, at + BLOCK + size) else 0
