"""Tars compressed in every way that can be read at random, in pieces of a chosen size."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from typing import TYPE_CHECKING

from imnet_data.archives.compressed import zstd
from imnet_data.archives.containers import kind_of, open_scan
from imnet_data.archives.reading import Place

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("tar.gz", "tar.bz2", "tar.xz", "tar.zst")


def packed(kind: str, data: bytes, *, piece: int = 1 << 18, level: int = 1) -> bytes:
    """Data compressed; `piece` bytes go into each section where the compressor lets one choose."""
    if kind == "tar.gz":
        return gzip.compress(data, level, mtime=0)
    if kind == "tar.bz2":
        return bz2.compress(data, 1)
    parts = [data[at : at + piece] for at in range(0, len(data), piece)]
    if kind == "tar.xz":
        return b"".join(lzma.compress(part, preset=0) for part in parts)
    library = zstd.library()
    parameter = library.CompressionParameter
    options = {parameter.compression_level: level, parameter.checksum_flag: 1}
    return b"".join(library.compress(part, options=options) for part in parts)


def flushed(data: bytes, *, piece: int, mode: int) -> bytes:
    """A gzip file whose writer flushed after every piece: its blocks begin at any bit."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    parts = []
    for at in range(0, len(data), piece):
        parts += [packer.compress(data[at : at + piece]), packer.flush(mode)]
    return b"".join(parts) + packer.flush()


def index(path: Path) -> tuple[dict[str, Place], list[str]]:
    """Where every image of a compressed tar is, its seek index being written; and the faults."""
    kind = kind_of(str(path))
    seek_index = f"{path}.seek"
    size = path.stat().st_size
    places = {}
    with open_scan(str(path), kind, seek_index=seek_index) as scan:
        for run in scan.runs():
            head = f"{run.directory}/" if run.directory else ""
            for name, offset, length in zip(run.names, run.offsets, run.sizes, strict=True):
                places[head + name] = Place(str(path), offset, length, size, name, kind, seek_index)
        return places, [fault.sentence for fault in scan.findings.faults]
