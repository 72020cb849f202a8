"""Of a large archive only what is damaged is fetched, and never much of it held."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, cast

from imnet_data.fetching.journal import GRAIN_BYTES, digest_of
from imnet_data.origins import ChunkDigests, Origin
from tests.factory import END, header, tar_bytes
from tests.fault_server import serving

from .client import repair_in_a_process
from .damaged import NAME, PROBE_BYTES, case, pictures

if TYPE_CHECKING:
    from pathlib import Path

LARGE = 200 << 20


def write_large(path: Path) -> None:
    """Four pictures, something of 200 MiB that takes no disk, and four pictures."""
    before = tar_bytes(pictures()[:4], end=header("notes.bin", LARGE))
    after = tar_bytes(pictures()[4:8], end=END)
    with path.open("wb") as file:
        file.write(before)
        file.seek(len(before) + LARGE)
        file.write(after)


def digests_of(path: Path) -> bytes:
    """The digests of its parts; those of the large middle are all the same."""
    nothing, last = digest_of(bytes(GRAIN_BYTES)), path.stat().st_size // GRAIN_BYTES
    with path.open("rb") as file:
        first = digest_of(file.read(GRAIN_BYTES))
        file.seek((last - 1) * GRAIN_BYTES)
        ends = [digest_of(file.read(GRAIN_BYTES)) for _ in range(2)]
    return first + nothing * (last - 2) + b"".join(ends)


def test_only_the_damaged_parts_of_a_large_archive_are_fetched_and_held(tmp_path: Path) -> None:
    published = tmp_path / "published.tar"
    write_large(published)
    digests = digests_of(published)
    with published.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as data:
        served = cast("bytes", data)  # a server needs no more than slices of it
        with serving({NAME: served}) as server, case(tmp_path) as large:
            write_large(large.path)
            large.catalogue.index(large.path, release="mine")
            origin = Origin(server.url(NAME), None, ChunkDigests(GRAIN_BYTES, digests))
            large.catalogue.note_origin(large.path, origin)
            large.spoil(900, LARGE // 2, LARGE + 200_000).verify("digest")
            is_well, kib = repair_in_a_process(large.catalogue.path)
            assert is_well
            assert server.sent_bytes(NAME) <= 3 * GRAIN_BYTES + PROBE_BYTES
            assert kib << 10 < LARGE
            assert large.path.stat().st_blocks * 512 < 8 * GRAIN_BYTES
