"""Whether a compressed file is a tar that can be read at random; and why another one cannot.

Nothing is decoded here but the first block.
"""

from __future__ import annotations

import shlex
import zlib
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from imnet_data.archives.compressed.section_source import codec
from imnet_data.archives.compressed.sections import BreaksOff, Broken, TooLong
from imnet_data.archives.compressed.windows import RANDOM, windowed
from imnet_data.archives.kinds import TAR_BZIP2, TAR_GZIP, TAR_XZ, TAR_ZSTD
from imnet_data.archives.tars.headers import BLOCK, begins_tar
from imnet_data.errors import NeedsExtra, NotAnArchive, StoreError
from imnet_data.extras import needed
from imnet_data.files.opened import open_file

if TYPE_CHECKING:
    from imnet_data.archives.compressed.sections import PRead


class _Compression(NamedTuple):
    name: str
    unpack: str
    endings: tuple[str, ...]


_COMPRESSIONS: Final = {
    TAR_GZIP: _Compression("gzip", "gunzip --keep", (".gz", ".tgz")),
    TAR_BZIP2: _Compression("bzip2", "bunzip2 --keep", (".bz2", ".tbz2", ".tbz")),
    TAR_XZ: _Compression("xz", "unxz --keep", (".xz", ".txz")),
    TAR_ZSTD: _Compression("zstd", "unzstd", (".zst", ".tzst")),
}
_BEGINNING: Final = 1 << 20  # holds a whole block of bzip2, which gives nothing before its end


def check(path: str, kind: str) -> None:
    """See that a compressed file can be indexed and read.

    Raises:
        NotAnArchive: it is no tar, cannot be read at random, or needs what is not installed.
    """
    name = _COMPRESSIONS[kind].name
    try:
        with closing(open_file(path)) as file:
            pread = windowed(file, RANDOM)
            _check_first(path, kind, pread)
            if kind == TAR_GZIP:
                needed("rapidgzip", extra="containers")
            else:
                _check_sections(path, kind, pread, file.size)
    except NeedsExtra as error:
        reason = f"it is {name}-compressed, and {error}; or unpack it: {_unpack(path, kind)}"
        raise NotAnArchive(path, reason) from None
    except ImportError as error:
        reason = f"it is {name}-compressed, and this Python was built without {error.name}"
        raise NotAnArchive(path, f"{reason}; unpack it: {_unpack(path, kind)}") from None


def _check_first(path: str, kind: str, pread: PRead) -> None:
    """See that it begins as a tar does."""
    name = _COMPRESSIONS[kind].name
    try:
        first = _first_block(kind, pread(_BEGINNING, 0))
    except (NeedsExtra, ImportError, StoreError):
        raise
    except Exception as error:  # noqa: BLE001 - each decoder raises its own
        reason = f"it is {name}-compressed, and damaged where it begins: {error}"
        raise NotAnArchive(path, reason) from None
    if len(first) < BLOCK:
        reason = f"it is {name}-compressed, and cut off or shorter than any tar"
        raise NotAnArchive(path, reason)
    if not begins_tar(first):
        raise NotAnArchive(path, f"it is a {name}-compressed file that is no tar")


def _check_sections(path: str, kind: str, pread: PRead, size: int) -> None:
    """Refuse what would have to be decoded from its start for every image."""
    name = _COMPRESSIONS[kind].name
    try:
        for _ in codec(kind).sections(pread, size):
            if kind != TAR_XZ:  # that lists them all at its end; others are walked
                break
    except TooLong as long:
        raise NotAnArchive(
            path,
            f"{name} wrote {long.size / 1e6:,.0f} MB in one go, and every image would cost "
            f"decoding what stands before it; unpack it once, and images are read directly: "
            f"{_unpack(path, kind)}",
        ) from None
    except BreaksOff:
        if kind == TAR_XZ:
            reason = "it ends before its list of blocks: the download is not complete"
            raise NotAnArchive(path, reason) from None
    except Broken as broken:
        reason = f"its {name} data is damaged at byte {broken.at:,}: {broken.reason}"
        raise NotAnArchive(path, reason) from None


def _first_block(kind: str, data: bytes) -> bytes:
    """The first decoded bytes, fewer than a tar's block where a short file ends before."""
    found = b""
    while data and len(found) < BLOCK:
        decoder = _decoder(kind)
        found += decoder.decompress(data, BLOCK - len(found))
        data = decoder.unused_data.lstrip(b"\0") if decoder.eof else b""
    return found


def _decoder(kind: str) -> Any:
    if kind == TAR_GZIP:
        return zlib.decompressobj(31)
    if kind == TAR_BZIP2:
        import bz2  # noqa: PLC0415 - a Python may be built without

        return bz2.BZ2Decompressor()
    if kind == TAR_XZ:
        import lzma  # noqa: PLC0415 - likewise

        return lzma.LZMADecompressor(lzma.FORMAT_XZ)
    from imnet_data.archives.compressed import zstd  # noqa: PLC0415 - it needs an extra

    return zstd.library().ZstdDecompressor()


def _unpack(path: str, kind: str) -> str:
    """The command that makes a plain tar beside it."""
    compression, quoted = _COMPRESSIONS[kind], shlex.quote(path)
    if path.lower().endswith(compression.endings):
        return f"{compression.unpack} {quoted}"
    return f"{compression.name} -dc < {quoted} > {shlex.quote(path + '.tar')}"
