"""A download ends whole and right or not at all, and goes on where it stood."""

from __future__ import annotations

import hashlib
import os
import random
import threading
import time
import tracemalloc
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.errors import (
    LinkExpired,
    NotTheFile,
    PartTaken,
    PartUnknown,
    RemoteChanged,
    SourceFailed,
    WrongChecksum,
)
from imnet_data.fetching.download import Download, Downloaded
from imnet_data.fetching.http import HttpTransport
from imnet_data.fetching.journal import GRAIN_BYTES, digest_of
from imnet_data.fetching.rate import Limiter
from imnet_data.fetching.remote import Remote
from imnet_data.fetching.transport import Patience
from tests import fault_server as faults
from tests.fault_server import FaultServer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = random.Random(5).randbytes(12 * GRAIN_BYTES + 777)
SHA256 = hashlib.sha256(DATA).hexdigest()
MD5 = hashlib.md5(DATA).hexdigest()
CHUNKS = [DATA[at : at + GRAIN_BYTES] for at in range(0, len(DATA), GRAIN_BYTES)]
QUICK = Patience(tries=4, first_s=0.01, longest_s=0.05, stall_s=2)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with serving({"a.tar": DATA}) as server:
        yield server


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "a.tar"


def fetched(server: FaultServer, target: Path, query: str = "", **chosen: Any) -> Downloaded:
    facts = {name: chosen.pop(name) for name in ("md5", "sha256", "size") if name in chosen}
    remote = Remote(server.url(f"a.tar{query}"), "a.tar", **facts)
    with closing(HttpTransport(QUICK)) as transport:
        return Download(remote, str(target), transport, **chosen).run()


def broken_off(server: FaultServer, target: Path, **chosen: Any) -> None:
    """Half of it comes, and then the source is gone."""
    gone = faults.only_from(len(DATA) // 2, faults.reset_after(0, times=None))
    server.faults.append(gone)
    with pytest.raises(SourceFailed):
        fetched(server, target, **chosen)
    server.faults.remove(gone)
    assert not target.exists()


@pytest.mark.parametrize("connections", [1, 8])
def test_it_comes_whole_with_its_checksums_and_nothing_else_stays(
    server: FaultServer, target: Path, connections: int
) -> None:
    done = fetched(server, target, md5=MD5.upper(), sha256=SHA256, connections=connections)
    assert target.read_bytes() == DATA
    assert os.listdir(target.parent) == ["a.tar"]
    assert (done.path, done.size, done.whole) == (str(target), len(DATA), True)
    assert (done.md5, done.sha256) == (MD5, SHA256)
    assert done.chunk_digests == b"".join(map(digest_of, CHUNKS))
    assert done.fetched_bytes == len(DATA)


def test_without_a_published_checksum_its_sha256_is_told(server: FaultServer, target: Path) -> None:
    assert fetched(server, target).sha256 == SHA256


def test_a_bad_line_costs_time_and_no_byte_of_the_file(server: FaultServer, target: Path) -> None:
    server.faults += [
        faults.only_from(1, fault)
        for fault in (
            faults.reset_after(300_000, times=6),
            faults.cut_short(200_000, times=4),
            faults.status(503, times=3),
            faults.whole_for_range(times=2),
            faults.stall(5, sent=100_000, times=1),
        )
    ]
    done = fetched(server, target, sha256=SHA256)
    assert target.read_bytes() == DATA
    assert done.retries >= 12


def test_what_came_before_it_broke_off_is_not_fetched_again(
    server: FaultServer, target: Path
) -> None:
    broken_off(server, target)
    assert sorted(os.listdir(target.parent)) == ["a.tar.part", "a.tar.part.journal"]
    done = fetched(server, target, sha256=SHA256)
    assert target.read_bytes() == DATA
    assert done.fetched_bytes <= len(DATA) // 2 + 8 * GRAIN_BYTES
    assert done.chunk_digests == b"".join(map(digest_of, CHUNKS))


def test_what_the_disk_has_spoilt_since_is_fetched_again(server: FaultServer, target: Path) -> None:
    broken_off(server, target)
    part = target.with_name("a.tar.part")
    with part.open("r+b") as file:
        file.seek(GRAIN_BYTES + 5)
        file.write(b"spoilt")
    done = fetched(server, target)
    assert target.read_bytes() == DATA
    assert done.sha256 == SHA256


def test_a_part_that_was_cut_is_completed(server: FaultServer, target: Path) -> None:
    broken_off(server, target)
    os.truncate(target.with_name("a.tar.part"), GRAIN_BYTES // 2)
    fetched(server, target, sha256=SHA256)
    assert target.read_bytes() == DATA


def test_a_byte_flipped_on_its_way_is_found_and_the_name_does_not_appear(
    server: FaultServer, target: Path
) -> None:
    server.faults.append(faults.flip(3 * GRAIN_BYTES))
    with pytest.raises(WrongChecksum, match=f"sha256 of .*a.tar.part is .*should be {SHA256}"):
        fetched(server, target, sha256=SHA256)
    assert not target.exists()
    with pytest.raises(WrongChecksum):
        fetched(server, target, sha256=SHA256)
    fetched(server, target, sha256=SHA256, restart=True)
    assert target.read_bytes() == DATA


def test_a_byte_flipped_by_the_disk_meanwhile_is_mended(
    server: FaultServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest of a chunk is of what came; what lies on the disk is what the checksum reads."""
    spoilt = threading.Event()
    write = os.pwrite

    def pwrite(fd: int, data: memoryview, at: int) -> int:
        if at == 2 * GRAIN_BYTES and not spoilt.is_set():
            spoilt.set()
            data = memoryview(b"\0\0\0" + bytes(data)[3:])
        return write(fd, data, at)

    monkeypatch.setattr(os, "pwrite", pwrite)
    done = fetched(server, target, sha256=SHA256)
    assert target.read_bytes() == DATA
    assert done.fetched_bytes == len(DATA) + GRAIN_BYTES


def test_a_file_that_is_there_is_not_fetched_again(server: FaultServer, target: Path) -> None:
    fetched(server, target)
    before = len(server.requests)
    assert fetched(server, target, size=len(DATA)).was_there
    assert len(server.requests) == before
    assert fetched(server, target).was_there


def test_a_file_of_that_name_and_another_size_stays_as_it_is(
    server: FaultServer, target: Path
) -> None:
    target.write_bytes(b"mine")
    with pytest.raises(PartUnknown, match="has 4 bytes, where 12,583,689 are to come"):
        fetched(server, target)
    assert target.read_bytes() == b"mine"


def test_a_part_of_another_programs_is_not_written_over(server: FaultServer, target: Path) -> None:
    target.with_name("a.tar.part").write_bytes(b"mine")
    with pytest.raises(PartUnknown, match="no journal"):
        fetched(server, target)
    assert target.with_name("a.tar.part").read_bytes() == b"mine"
    fetched(server, target, restart=True)
    assert target.read_bytes() == DATA


def test_two_cannot_fetch_the_same_file(server: FaultServer, target: Path) -> None:
    server.bytes_per_s = 2_000_000
    thread = threading.Thread(target=fetched, args=(server, target))
    thread.start()
    while server.sent_bytes("a.tar") < 500_000:
        time.sleep(0.005)
    with pytest.raises(PartTaken, match=f"process {os.getpid()} on"):
        fetched(server, target)
    server.bytes_per_s = 0
    thread.join()
    assert target.read_bytes() == DATA


# -- sources that change


def test_a_file_that_changes_meanwhile_is_not_mixed_with_what_it_was(
    server: FaultServer, target: Path
) -> None:
    server.bytes_per_s = 20_000_000
    server.faults.append(faults.after(6, faults.described_as(ETag='"v2"')))
    with pytest.raises(RemoteChanged, match=r'its tag was .* is "v2"'):
        fetched(server, target, sha256=SHA256)


def test_a_file_that_changed_between_two_runs_is_told_unless_its_checksum_is_known(
    server: FaultServer, target: Path
) -> None:
    broken_off(server, target)
    server.faults.append(faults.described_as(ETag='"v2"'))
    with pytest.raises(RemoteChanged):
        fetched(server, target)
    fetched(server, target, sha256=SHA256)
    assert target.read_bytes() == DATA


def test_an_expired_link_goes_on_with_a_fresh_one(server: FaultServer, target: Path) -> None:
    expire = faults.after(5, faults.status(403, None))
    server.faults.append(expire)
    with pytest.raises(LinkExpired):
        fetched(server, target, query="?sig=1")
    with pytest.raises(LinkExpired):  # also when it has run out before the probe
        fetched(server, target, query="?sig=1")
    server.faults.remove(expire)
    done = fetched(server, target, query="?sig=2", sha256=SHA256)
    assert done.fetched_bytes < len(DATA)
    assert target.read_bytes() == DATA


def test_a_login_page_makes_no_file(server: FaultServer, target: Path) -> None:
    server.faults.append(faults.html())
    with pytest.raises(NotTheFile):
        fetched(server, target)
    assert os.listdir(target.parent) == []


def test_a_source_without_ranges_is_fetched_over_one_connection(
    server: FaultServer, target: Path
) -> None:
    server.faults += [faults.reset_after(5_000_000, times=2), faults.whole_for_range()]
    fetched(server, target, sha256=SHA256)
    assert target.read_bytes() == DATA


def test_a_source_that_bears_few_connections_is_fetched_over_those(
    server: FaultServer, target: Path
) -> None:
    busy = threading.BoundedSemaphore(2)

    def two_at_a_time(request: faults.Request) -> bool:
        if not busy.acquire(blocking=False):
            request.answer(503, b"busy")
            return True
        try:
            request.plainly()
        finally:
            busy.release()
        return True

    server.bytes_per_s = 30_000_000
    server.faults.append(two_at_a_time)
    fetched(server, target, sha256=SHA256)
    assert target.read_bytes() == DATA


# -- ranges, rates, memory


def test_only_the_chunks_that_are_wanted_come_and_the_rest_later(
    server: FaultServer, target: Path
) -> None:
    wanted = [(GRAIN_BYTES + 5, GRAIN_BYTES + 9), (2 * GRAIN_BYTES, 2 * GRAIN_BYTES + 1)]
    some = fetched(server, target, wanted=[*wanted, (len(DATA) - 3, len(DATA))])
    assert (some.path, some.whole) == (f"{target}.part", False)
    assert some.fetched_bytes == 2 * GRAIN_BYTES + 777
    held = [1, 2, 12]
    zeros = bytes(16)
    assert some.chunk_digests == b"".join(
        digest_of(chunk) if n in held else zeros for n, chunk in enumerate(CHUNKS)
    )
    rest = fetched(server, target, sha256=SHA256)
    assert rest.fetched_bytes + some.fetched_bytes == len(DATA)
    assert target.read_bytes() == DATA


def test_what_is_wanted_and_all_that_lacks_makes_the_file_whole(
    server: FaultServer, target: Path
) -> None:
    fetched(server, target, wanted=[(0, 6 * GRAIN_BYTES)])
    done = fetched(server, target, wanted=[(6 * GRAIN_BYTES, len(DATA))], sha256=SHA256)
    assert done.whole
    assert target.read_bytes() == DATA


def test_the_rate_is_kept_over_all_connections(server: FaultServer, target: Path) -> None:
    done = fetched(server, target, limiter=Limiter(8_000_000), sha256=SHA256)
    assert done.seconds >= 0.8 * len(DATA) / 8_000_000
    assert target.read_bytes() == DATA


def test_a_connection_that_is_far_slower_than_the_others_does_not_hold_them_up(
    server: FaultServer, target: Path
) -> None:
    crawling = threading.Event()

    def crawl(request: faults.Request) -> bool:
        if request.start < GRAIN_BYTES or crawling.is_set():
            return False
        crawling.set()
        request.head(206, request.described())
        for at in range(request.start, request.stop, 20_000):
            request.send(request.data[at : min(request.stop, at + 20_000)])
            time.sleep(0.05)
        return True

    server.faults.append(crawl)
    done = fetched(server, target, sha256=SHA256)
    assert done.seconds < 6


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(size: int) -> int:
        data = bytes(size)
        with serving({"a.tar": data}) as server:
            tracemalloc.start()
            try:
                fetched(server, tmp_path / f"{size}.tar", connections=2)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    assert peak(40 * GRAIN_BYTES) < peak(8 * GRAIN_BYTES) + 2 * GRAIN_BYTES
