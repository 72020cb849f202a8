"""The seek index of a compressed tar: where its sections begin, in a file beside the catalogue.

Which file that is for an archive, imnet_data/seek_indexes.py says.
"""

from __future__ import annotations

import json
import os
import zlib
from array import array
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from imnet_data.archives.compressed.sections import Section
from imnet_data.lasting import written_whole

if TYPE_CHECKING:
    import numpy.typing as npt

_MAGIC: Final = b"imnet-data seek index 1\n"
_COLUMNS: Final = 4  # offset, first bit, bit behind the last, where its lead ends in the blob


class BadSeekIndex(Exception):
    """A file that is no seek index, or not a whole one."""


class SeekIndexWriter:
    """Takes the sections of an archive in their order, and writes them at the end."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._leads = bytearray()

    def __len__(self) -> int:
        return len(self._numbers) // _COLUMNS

    def add(self, section: Section) -> None:
        """Take the next section."""
        lead = zlib.compress(section.lead) if section.lead else b""
        self.add_packed(section.offset, section.start, section.stop, lead)

    def add_packed(self, offset: int, start: int, stop: int, lead: bytes) -> None:
        """Take the next section, its lead compressed by zlib."""
        self._leads += lead
        self._numbers.extend((offset, start, stop, len(self._leads)))

    def section(self, at: int) -> Section:
        """A section by its number; the last one's size is not known."""
        offset, start, stop, lead_end = self._numbers[at * _COLUMNS : (at + 1) * _COLUMNS]
        known = at + 1 < len(self)
        size = self._numbers[(at + 1) * _COLUMNS] - offset if known else None
        lead = self._leads[self._numbers[at * _COLUMNS - 1] if at else 0 : lead_end]
        return Section(offset, start, stop, size, zlib.decompress(lead) if lead else b"")

    def at(self, offset: int) -> int:
        """The number of the section that holds a byte."""
        offsets = np.array(self._numbers, np.int64)[::_COLUMNS]
        return max(int(np.searchsorted(offsets, offset, "right")) - 1, 0)

    def cut(self, count: int) -> None:
        """Forget all sections but so many."""
        del self._numbers[count * _COLUMNS :]
        del self._leads[self._numbers[-1] if count else 0 :]

    def write(self, path: str, *, size: int) -> None:
        """Write the index, whole or not at all; `size` is the archive's, decoded, in bytes."""
        numbers = np.array(self._numbers, "<i8")
        head = {
            "sections": len(self),
            "size": size,
            "leads": len(self._leads),
            "crc": zlib.crc32(numbers.tobytes()),
        }
        folder, name = os.path.split(path)
        os.makedirs(folder, exist_ok=True)
        beside = os.path.join(folder, f".{name}.{os.getpid()}.part")
        with written_whole(path, beside=beside) as file:
            file.write(_MAGIC + json.dumps(head).encode() + b"\n")
            file.write(numbers.tobytes())
            file.write(self._leads)


class SeekIndex:
    """A seek index on disk; its places are held in memory, 32 bytes a section, the leads are not.

    Raises:
        FileNotFoundError: it is not there.
        BadSeekIndex: it is damaged.
    """

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            self.size, table, self._leads_at = _read(self._fd)
        except (ValueError, KeyError, TypeError) as error:
            self.close()
            raise BadSeekIndex(str(error)) from None
        self._offsets = np.append(table[:, 0], self.size)
        self._starts, self._stops = table[:, 1], table[:, 2]
        self._lead_ends = np.insert(table[:, 3], 0, 0)

    def __len__(self) -> int:
        return len(self._starts)

    def at(self, offset: int) -> int:
        """The number of the section that holds a byte; how many there are, behind the end."""
        return int(np.searchsorted(self._offsets, offset, "right")) - 1

    def offset(self, at: int) -> int:
        """The first decoded byte of a section; behind the last one, the archive's size."""
        return int(self._offsets[at])

    def section(self, at: int) -> Section:
        """A section by its number."""
        begin, end = self._lead_ends[at : at + 2].tolist()
        lead = os.pread(self._fd, end - begin, self._leads_at + begin) if end > begin else b""
        offset, after = self._offsets[at : at + 2].tolist()
        return Section(
            offset,
            int(self._starts[at]),
            int(self._stops[at]),
            after - offset,
            zlib.decompress(lead) if lead else b"",
        )

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_sound(path: str) -> bool:
    """Whether a whole seek index is there."""
    try:
        SeekIndex(path).close()
    except (OSError, BadSeekIndex):
        return False
    return True


def _read(fd: int) -> tuple[int, npt.NDArray[np.int64], int]:
    """The decoded size, the table of sections, and where the leads begin in the file."""
    start = os.pread(fd, 4096, 0)
    if not start.startswith(_MAGIC):
        raise ValueError("it is no seek index")
    line = start[len(_MAGIC) :].partition(b"\n")[0]
    head = json.loads(line)
    at = len(_MAGIC) + len(line) + 1
    length = 8 * _COLUMNS * head["sections"]
    numbers = os.pread(fd, length, at)
    if zlib.crc32(numbers) != head["crc"]:
        raise ValueError("its checksum disagrees")
    if os.fstat(fd).st_size != at + length + head["leads"]:
        raise ValueError("it is cut off")
    table = np.frombuffer(numbers, "<i8").reshape(-1, _COLUMNS)
    return head["size"], table, at + length
