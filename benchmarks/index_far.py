"""Scanning tars that lie 20 ms away: requests, bytes and seconds; tarfile over the same reads.

Files of holes with real headers, a pause for each read: no store and no network is in it.

    python -m benchmarks.index_far --members 10000 --delay-ms 20
"""

from __future__ import annotations

import argparse
import io
import os
import random
import tarfile
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imnet_data.archives.compressed.source import FileSource
from imnet_data.archives.tars.ahead import HeadersAhead
from imnet_data.archives.tars.scan import TarScan

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

_BLOCK = 512
_OF_PEER = 150  # members that tarfile looks at: one after the other it would take minutes


def main() -> None:
    """Make the tars, scan them, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--tars", type=int, default=40, help="inner tars of the nested one")
    parser.add_argument("--delay-ms", type=float, default=20.0)
    asked = parser.parse_args()
    print(
        f"{'':16}{'members':>9}{'GB':>7}{'requests':>10}{'MB read':>9}"
        f"{'s':>8}{'CPU s':>7}{'tarfile':>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (("flat", _flat), ("tar of tars", _nested)):
            path = Path(folder, f"{name}.tar")
            with path.open("wb") as file:
                make(file, asked.members, asked.tars)
                file.truncate(file.tell())
            _race(name, path, asked.delay_ms / 1000)


def _race(name: str, path: Path, delay_s: float) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        size = os.fstat(fd).st_size

        def slow(count: int, offset: int) -> bytes:
            time.sleep(delay_s)
            return os.pread(fd, count, offset)

        source = HeadersAhead(slow, size)
        began, cpu = time.perf_counter(), time.process_time()
        found = _members(TarScan(source))
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        source.close()
        assert found == _members(TarScan(FileSource(fd))), "not the same as on the disk"
        ratio = _tarfile_s(slow, size) * len(found) / seconds
    finally:
        os.close(fd)
    print(
        f"{name:16}{len(found):9,}{size / 1e9:7.1f}{source.requests:10,}"
        f"{source.bytes_read / 1e6:9.1f}{seconds:8.1f}{cpu:7.1f}{ratio:8.0f}x"
    )


def _members(scan: TarScan) -> list[tuple[str, str, int, int]]:
    return [
        (run.directory, *one)
        for run in scan.runs()
        for one in zip(run.names.texts, run.offsets, run.sizes, strict=True)
    ]


def _tarfile_s(read: Callable[[int, int], bytes], size: int) -> float:
    """Seconds that tarfile takes for a member, at the top of the archive."""
    with tarfile.open(fileobj=_Stream(read, size), mode="r:") as tar:
        began = time.perf_counter()
        count = sum(1 for _ in islice(tar, _OF_PEER))
        return (time.perf_counter() - began) / count


class _Stream(io.RawIOBase):
    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read, self._size, self._at = read, size, 0

    def readinto(self, buffer: Any) -> int:
        data = self._read(len(buffer), self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {0: 0, 1: self._at, 2: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


# -- the tars


def _flat(file: BinaryIO, members: int, _tars: int) -> None:
    sizes = _sizes(members, mean=130_000)
    _members_of(file, [(f"ILSVRC2012_val_{n:08d}.JPEG", size) for n, size in enumerate(sizes, 1)])


def _nested(file: BinaryIO, members: int, tars: int) -> None:
    for at in range(tars):
        wnid = f"n{1440764 + at:08d}"
        inner = [(f"{wnid}_{n}.JPEG", size) for n, size in enumerate(_sizes(members // tars), 1)]
        length = sum(_BLOCK + _padded(size) for _, size in inner) + 2 * _BLOCK
        length += -length % (20 * _BLOCK)
        file.write(_header(f"{wnid}.tar", length))
        begin = file.tell()
        _members_of(file, inner)
        file.seek(begin + length)
    file.write(bytes(2 * _BLOCK))


def _members_of(file: BinaryIO, members: list[tuple[str, int]]) -> None:
    for name, size in members:
        file.write(_header(name, size))
        file.seek(_padded(size), os.SEEK_CUR)
    file.write(bytes(2 * _BLOCK))


def _sizes(count: int, mean: int = 110_000) -> list[int]:
    draw = random.Random(count)
    return [max(2_000, int(draw.gauss(mean, mean / 3))) for _ in range(count)]


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.GNU_FORMAT)


def _padded(size: int) -> int:
    return size + -size % _BLOCK


if __name__ == "__main__":
    main()
