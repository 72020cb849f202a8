"""zstd's frames, found by walking the headers of their blocks; each decodes alone.

`zstd` writes one frame, however long; pzstd and t2sz write many.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.compressed.sections import (
    LONGEST,
    BreaksOff,
    Broken,
    Section,
    TooLong,
    decoded,
    fed,
)
from imnet_data.extras import needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.compressed.sections import PRead

_FRAME: Final = 0xFD2FB528
_SKIPPABLE: Final = 0x184D2A50  # and the fifteen numbers behind it
_LONGEST_HEADER: Final = 18
_WINDOW_LOG: Final = 31  # `zstd --long=31` needs 2 GiB of memory; the library refuses 27 and up


def sections(pread: PRead, size: int) -> Iterator[Section]:
    """The frames of a zstd file in their order; size None where a frame does not say it.

    Raises:
        Broken: something else stands between them; BreaksOff where the file ends within one;
            TooLong.
    """
    at = 0
    while at < size:
        header = pread(_LONGEST_HEADER, at)
        magic = int.from_bytes(header[:4], "little")
        if magic & 0xFFFFFFF0 == _SKIPPABLE and len(header) >= 8:
            at += 8 + int.from_bytes(header[4:8], "little")
            continue
        if magic != _FRAME or len(header) < 6:
            raise BreaksOff(size) if len(header) < 6 else Broken("no frame begins there", at)
        length, content, has_checksum = _header(header)
        if content is not None and content > LONGEST:
            raise TooLong(content, at)
        stop = _behind_blocks(pread, at + length, size) + (4 if has_checksum else 0)
        if stop - at > LONGEST:
            raise TooLong(size - at, at)  # at least that far it goes, as far as anybody can say
        yield Section(0, 8 * at, 8 * min(stop, size), content)
        at = stop
    if at > size:
        raise BreaksOff(size)


def unpack(pread: PRead, section: Section) -> Iterator[bytes]:
    """What one frame decodes to.

    Raises:
        Broken: the data is damaged; BreaksOff where it is not whole.
    """
    zstd = library()
    options = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
    decoder = zstd.ZstdDecompressor(options=options)
    start, stop = section.start // 8, section.stop // 8
    yield from decoded(decoder, fed(pread, start, stop), (zstd.ZstdError, EOFError), start)
    if not decoder.eof:
        raise BreaksOff(stop)


def library() -> Any:
    """Python's zstd, which came with 3.14, or what brings it to earlier versions.

    Raises:
        NeedsExtra: it is not installed.
    """
    if sys.version_info >= (3, 14):
        return needed("compression.zstd", extra="containers")
    return needed("backports.zstd", extra="containers")


def _header(header: bytes) -> tuple[int, int | None, bool]:
    """A frame header's length, the content's where it is said, and whether a checksum follows."""
    flags = header[4]
    single = flags >> 5 & 1
    at = 5 + (not single) + (0, 1, 2, 4)[flags & 3]
    width = (single, 2, 4, 8)[flags >> 6]
    content = int.from_bytes(header[at : at + width], "little") + (256 if width == 2 else 0)
    return at + width, content if width else None, bool(flags & 4)


def _behind_blocks(pread: PRead, at: int, size: int) -> int:
    """The byte behind a frame's last block; beyond the file's end where it is cut off."""
    last = False
    start = at
    while not last and at - start <= LONGEST:
        header = int.from_bytes(pread(3, at), "little")
        last = bool(header & 1) or at + 3 > size
        is_repeat = header >> 1 & 3 == 1
        at += 3 + (1 if is_repeat else header >> 3)
    return at
