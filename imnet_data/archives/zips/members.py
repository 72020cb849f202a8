"""A zip's members by their local headers: where their data begins, and their bytes.

Which members there are is directory.py's.
"""

from __future__ import annotations

import zlib
from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple

from imnet_data.archives.zips.directory import DEFLATED, STORED
from imnet_data.archives.zips.end import LOCAL
from imnet_data.archives.zips.names import fields_of, may_be
from imnet_data.errors import ArchiveChanged, DamagedMember

if TYPE_CHECKING:
    from imnet_data.archives.reading import Place
    from imnet_data.archives.zips.end import ReadAt

_LOCAL = Struct("<4sHHHIIIIHH")
LOCAL_SIZE: Final = _LOCAL.size  # without the name and the extra bytes
_DESCRIPTOR = b"PK\x07\x08"
_FULL_32 = 0xFFFFFFFF
_AROUND = 512  # read beside a member's data for its header: nearly always enough
_LONGEST_HEADER: Final = LOCAL_SIZE + 2 * 0xFFFF
_AT_ONCE = 1 << 24  # an image is smaller: one read of the file gets it whole
SIZES_FOLLOW: Final = 0x8  # the flag that sizes and checksum stand behind the data


class LocalHeader(NamedTuple):
    """What stands before a member's data; `length` bytes, all told."""

    flags: int
    method: int
    crc: int
    packed: int
    size: int
    name: bytes
    extra: bytes
    length: int

    def is_of(self, base: str, size: int) -> bool:
        """Whether it can be that of the member of this base name and size."""
        own = self.size
        if own == _FULL_32:
            own = next((_number(it[:8]) for number, it in fields_of(self.extra) if number == 1), 0)
        if own != size and not (self.flags & SIZES_FOLLOW and not own):
            return False
        # The list may name it better: the local header then has a stand-in for what is no ASCII.
        return may_be(self.name, self.extra, base) or not base.isascii()


def parse_local(block: bytes, at: int = 0) -> LocalHeader | None:
    """The local header at a place of a block; None where none stands there whole."""
    if len(block) - at < LOCAL_SIZE or not block.startswith(LOCAL, at):
        return None
    _, _, flags, method, _, crc, packed, size, name, extra = _LOCAL.unpack_from(block, at)
    start = at + LOCAL_SIZE
    if start + name + extra > len(block):
        return None
    return LocalHeader(
        flags, method, crc, packed, size, block[start : start + name],
        block[start + name : start + name + extra], LOCAL_SIZE + name + extra,
    )  # fmt: skip


def local_header(read_at: ReadAt, offset: int) -> LocalHeader | None:
    """The local header at a byte of the file; None where none is there."""
    block = read_at(_AROUND, offset)
    if not block.startswith(LOCAL):
        return None
    return parse_local(block) or parse_local(read_at(_LONGEST_HEADER, offset))


def check_header_before(read_at: ReadAt, place: Place, before: bytes) -> None:
    """Whether the header that ends where a stored member's data begins is the member's own.

    `before` are some bytes before the data.

    Raises:
        ArchiveChanged: it isn't, or none is there.
    """
    member = place.member or ""
    if not _ends_with_header(before, member, place.size):
        start = max(0, place.offset - _LONGEST_HEADER)
        if not _ends_with_header(read_at(place.offset - start, start), member, place.size):
            raise _moved(place)


def header_room(offset: int) -> int:
    """How many bytes before data that begins at a byte are read along for its header."""
    return min(_AROUND, offset)


def _ends_with_header(before: bytes, base: str, size: int) -> bool:
    at = before.rfind(LOCAL)
    while at >= 0:
        header = parse_local(before, at)
        if header is not None and at + header.length == len(before):
            return header.method == STORED and header.is_of(base, size)
        at = before.rfind(LOCAL, 0, at + len(LOCAL) - 1)
    return False


def read_member(read_at: ReadAt, place: Place) -> bytes:
    """The bytes of the member whose local header stands at `place.offset`, stored or deflated.

    Raises:
        ArchiveChanged: another member's header is there, or none.
        DamagedMember: its data does not give `place.size` bytes of the checksum beside it.
    """
    ahead = _AROUND + place.size + (place.size >> 10)
    block = read_at(min(ahead, _AT_ONCE), place.offset)
    header = parse_local(block) or local_header(read_at, place.offset)
    if header is None or not header.is_of(place.member or "", place.size):
        raise _moved(place)
    data = _Data(read_at, place.offset, block, header)
    if header.method == DEFLATED:
        content = _inflate(data, place)
    elif header.method == STORED:
        content = data.take(place.size)
    else:
        raise _moved(place)
    if len(content) != place.size:
        raise _damaged(place, f"it breaks off after {len(content):,} of {place.size:,} bytes")
    if zlib.crc32(content) not in data.checksums():
        raise _damaged(place, "its checksum is not the one beside it")
    return content


class _Data:
    """A member's data as a stream: first what was read along with its header."""

    def __init__(self, read_at: ReadAt, offset: int, block: bytes, header: LocalHeader) -> None:
        self._read_at = read_at
        self._header = header
        self._ahead = block[header.length :]
        self._position = offset + header.length

    def take(self, most: int) -> bytes:
        """The next bytes, up to `most`; fewer at the end of the file alone."""
        taken = self._ahead[:most]
        self._ahead = self._ahead[most:]
        self._position += len(taken)
        while len(taken) < most:
            more = self._read_at(min(most - len(taken), _AT_ONCE), self._position)
            if not more:
                break
            taken += more
            self._position += len(more)
        return taken

    def next(self) -> bytes:
        """What was read ahead, or the next stretch of the file."""
        return self.take(len(self._ahead) or 1 << 16)

    def give_back(self, rest: bytes) -> None:
        """Put back bytes that were no part of the data."""
        self._ahead = rest + self._ahead
        self._position -= len(rest)

    def checksums(self) -> tuple[int, ...]:
        """What may be the checksum: the header's, or what stands behind the data."""
        if not self._header.flags & SIZES_FOLLOW or self._header.crc:
            return (self._header.crc,)
        behind = self.take(8)
        if behind.startswith(_DESCRIPTOR):  # it may be left out, and may be the checksum itself
            return (_number(behind[4:]), _number(behind[:4]))
        return (_number(behind[:4]),)


def _inflate(data: _Data, place: Place) -> bytes:
    """Deflated data, no more than one byte beyond the expected: a bomb fills no memory."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    parts: list[bytes] = []
    got = fed = 0
    # Empty blocks give no byte, however many are read.
    most = 2 * place.size + (1 << 16)
    try:
        while not stream.eof:
            chunk = stream.unconsumed_tail
            if not chunk:
                chunk = data.next()
                fed += len(chunk)
            if not chunk or fed > most or got > place.size:
                break
            parts.append(stream.decompress(chunk, place.size + 1 - got))
            got += len(parts[-1])
    except zlib.error as error:
        raise _damaged(place, f"it is no sound deflated data ({error})") from None
    if got > place.size or not stream.eof:
        found = "more" if got > place.size else "fewer"
        raise _damaged(place, f"{found} than {place.size:,} bytes come out of it")
    data.give_back(stream.unused_data)
    return b"".join(parts)


def _number(field: bytes) -> int:
    return int.from_bytes(field, "little")


def _moved(place: Place) -> ArchiveChanged:
    return ArchiveChanged(place.path, f"{place.member} is no longer at byte {place.offset:,}")


def _damaged(place: Place, reason: str) -> DamagedMember:
    return DamagedMember(place.path, place.member or "", reason)
