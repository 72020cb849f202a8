"""One tar header at a time: checksum, size, name, and the pax and GNU records that change them.

The fast walk over plain headers is scan.py's; this is the careful reading of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

from imnet_data.archives.text import text_of

BLOCK = 512
ZERO_BLOCK = bytes(BLOCK)

REGULAR = b"0\x007"  # regular, regular in the oldest tars, contiguous
LONG_NAME = ord("L")
LONG_LINK = ord("K")
PAX = ord("x")
PAX_GLOBAL = ord("g")
RECORDS = (LONG_NAME, LONG_LINK, PAX, PAX_GLOBAL)
SPARSE = ord("S")
FOLDERS = b"5D"  # a folder; GNU tar's incremental archives list its names as data
WITHOUT_DATA = b"123456"  # links, devices, folders, pipes: whatever size they state, none follows


class BadHeader(Exception):
    """The block is no tar header."""


@dataclass(frozen=True, slots=True)
class Header:
    """A tar header as it stands, before pax and GNU records are applied.

    `sound` is false where the checksum disagrees though the rest reads as a header.
    """

    name: str
    size: int
    kind: int
    sound: bool


def padded(size: int) -> int:
    """Bytes that a member's data takes in the archive: its size, rounded up to whole blocks."""
    return (size + BLOCK - 1) & -BLOCK


def parse(block: bytes) -> Header:
    """Read one header block.

    Raises:
        BadHeader: the block is short, or is no tar header.
    """
    if len(block) < BLOCK:
        raise BadHeader("short block")
    sound = _checksum_agrees(block)
    ustar = block[257:262] == b"ustar"
    if not sound and not ustar:
        raise BadHeader("no header")
    name = block[:100].split(b"\0", 1)[0]
    if block[257:263] == b"ustar\0":  # POSIX: the name may go on before; GNU keeps times there
        prefix = block[345:500].split(b"\0", 1)[0]
        if prefix:
            name = prefix + b"/" + name
    return Header(text_of(name), number(block[124:136]), block[156], sound)


def begins_tar(block: bytes) -> bool:
    """Whether a file's first block is a tar's: a header, or an empty tar's zeros.

    A header that says `ustar` will do, whatever its checksum: the scan judges that.
    """
    try:
        return block == ZERO_BLOCK or bool(parse(block))
    except BadHeader:
        return False


def heads(block: bytes, base: str, size: int) -> bool:
    """Whether a block can be the header of the member of this base name and size.

    Quick, for every read of an image: no checksum. A name that is long or no ASCII may stand in a
    record before, and then only the size is compared.
    """
    try:
        if number(block[124:136]) != size:
            return False
    except BadHeader:
        return False
    name = block[:100].split(b"\0", 1)[0]
    # A long path is cut to 100 bytes, or to 99 and an end, and then any part of it stands here.
    if len(name) >= 99 or not base.isascii() or name.endswith(base.encode()):
        return True
    # libarchive's bsdtar cuts a long base name to 98 bytes, behind whatever folder it puts first.
    last = name.rpartition(b"/")[2]
    return len(last) >= 90 and base.encode().startswith(last)


def number(field: bytes) -> int:
    """A number field: octal text, or base-256 where the first bit is set (sizes from 8 GiB up).

    Raises:
        BadHeader: the field holds neither.
    """
    if field[0] & 0x80:
        if field[0] & 0x40:
            raise BadHeader("a negative number")
        return int.from_bytes(field, "big") & ~(0x80 << 8 * (len(field) - 1))
    text = field.split(b"\0", 1)[0].strip()
    if not text:
        return 0
    try:
        value = int(text, 8)
    except ValueError:
        raise BadHeader("a number that is not octal") from None
    if value < 0:
        raise BadHeader("a negative number")
    return value


def from_the_top(name: str) -> str:
    """A member's path without the `./` and `/` in front that some writers put there.

    >>> from_the_top("././n02084071/a.jpg"), from_the_top("/")
    ('n02084071/a.jpg', '')
    """
    while name.startswith(("./", "/")):
        name = name.removeprefix("./").lstrip("/")
    return name


def pax_records(payload: bytes) -> dict[str, bytes]:
    r"""The `length key=value` records of a pax header.

    Raises:
        BadHeader: a record's length does not fit.

    >>> pax_records(b"21 path=images/a.jpg\n")
    {'path': b'images/a.jpg'}
    """
    records: dict[str, bytes] = {}
    start = 0
    payload = payload.rstrip(b"\0")
    while start < len(payload):
        space = payload.find(b" ", start, start + 20)
        try:
            length = int(payload[start:space])
        except ValueError:
            raise BadHeader("a pax record without a length") from None
        if space < 0 or length <= space - start:
            raise BadHeader("a pax record that does not fit its length")
        record = payload[space + 1 : start + length]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n"):
            raise BadHeader("a pax record that does not fit its length")
        records[text_of(key)] = value[:-1]
        start += length
    return records


def _checksum_agrees(block: bytes) -> bool:
    try:
        stored = number(block[148:156])
    except BadHeader:
        return False
    body = block[:148] + b"        " + block[156:]
    if sum(body) == stored:
        return True
    # The oldest tars added the bytes as signed numbers.
    return sum(byte - 256 if byte > 127 else byte for byte in body) == stored
