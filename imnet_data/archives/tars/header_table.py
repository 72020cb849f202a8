"""Thousands of plain tar headers at once, as a table of bytes: names, sizes, checksums.

Only what GNU tar, BSD tar and Python write for a regular file passes; headers.py reads the others.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.archives.members import IMAGE_SUFFIXES
from imnet_data.archives.names import Names
from imnet_data.archives.tars.headers import from_the_top
from imnet_data.archives.text import text_of

if TYPE_CHECKING:
    import numpy.typing as npt

_PLACES = 8 ** np.arange(10, -1, -1, dtype=np.int64)  # an octal field's digits, highest first


def names_in(table: npt.NDArray[np.uint8]) -> list[str]:
    """The name fields of a batch of headers; `./` in front is no part of a name."""
    raw = np.ascontiguousarray(table[:, :100]).view("S100").ravel().tolist()
    text = text_of(b"\n".join(raw))
    names = text.split("\n")
    if len(names) != len(raw) or "\0" in text:
        names = [text_of(name.split(b"\0", 1)[0]) for name in raw]
    if text.startswith((".", "/")) or "\n." in text or "\n/" in text:
        names = list(map(from_the_top, names))
    return names


def bare_image_names(table: npt.NDArray[np.uint8]) -> Names | None:
    """The names of a batch where all are images' in no folder and end alike; else None."""
    # Most names are short: the columns behind the longest hold zeros alone.
    width = 40 if not table[:, 40:100].any() else 100
    fields = np.ascontiguousarray(table[:, :width])
    filled = fields != 0
    odd = (fields == ord("/")).any() or (fields[:, 0] == ord(".")).any()
    if odd or (filled[:, 1:] & ~filled[:, :-1]).any():
        return None
    names = Names(table=fields)
    suffix = PurePosixPath(names[0]).suffix
    if suffix.lower() not in IMAGE_SUFFIXES:
        return None
    lengths = np.count_nonzero(filled, axis=1)
    columns = lengths[:, None] + np.arange(-len(suffix), 0)
    if columns.min() < 0:
        return None
    ends = np.take_along_axis(fields, columns, 1)
    return names if (ends == np.frombuffer(suffix.encode(), np.uint8)).all() else None


def files_before_others(names: list[str]) -> int:
    """How many names come before the first that is a folder's, a tar's, or empty."""
    for at, name in enumerate(names):
        if name[-4:].lower() == ".tar" or name[-1:] in ("/", ""):
            return at
    return len(names)


def sizes_in(table: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """The size fields in bytes, where they are eleven octal digits."""
    digits = (table[:, 124:135] - ord("0")).astype(np.int64)
    return digits @ _PLACES[-11:]


def sound_before_others(table: npt.NDArray[np.uint8]) -> int:
    """How many headers come before the first whose size or checksum is not plainly right.

    Plainly: as GNU tar, BSD tar and Python write them. The careful reading judges the others.
    """
    stored = (table[:, 148:154] - ord("0")).astype(np.int64) @ _PLACES[-6:]
    total = table.sum(axis=1, dtype=np.uint32) - table[:, 148:156].sum(axis=1, dtype=np.uint32)
    octal = (table[:, 124:135] - ord("0") < 8).all(axis=1) & (table[:, 148:154] - ord("0") < 8).all(
        axis=1
    )
    ended = (table[:, 135] == 0) | (table[:, 135] == ord(" "))
    bad = np.flatnonzero((total + 8 * ord(" ") != stored) | ~octal | ~ended)
    return int(bad[0]) if len(bad) else len(table)
