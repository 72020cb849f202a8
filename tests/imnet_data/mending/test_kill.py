"""Killed wherever it is, a repair ends as if it had not been, and fetches nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imnet_data.fetching.journal import GRAIN_BYTES
from imnet_data.progress import Silent

from .client import repair_in_a_process
from .damaged import NAME, PROBE_BYTES, Case, origin_of, pictures, whole

if TYPE_CHECKING:
    from tests.fault_server import FaultServer


@pytest.fixture
def case(spoilt: Case, server: FaultServer) -> Case:
    """Damage in three chunks far apart in one archive."""
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(0, 5, 9).verify()
    return spoilt


def assert_mended(case: Case) -> None:
    assert case.is_right
    assert case.left == []
    assert case.broken == []
    assert case.catalogue.index(case.path).archives[0].outcome == "unchanged"
    done = case.catalogue.verify(level="decode", workers=0)
    assert (done.looked_at, done.unchanged) == (0, len(pictures()))


def test_killed_while_it_fetches_it_goes_on_with_what_came(case: Case, server: FaultServer) -> None:
    server.bytes_per_s = 8_000_000  # else all of it has come before the first of it is told
    repair_in_a_process(case.catalogue.path, NAME, GRAIN_BYTES)
    server.bytes_per_s = 0
    assert not case.is_right
    assert case.left == [f"{NAME}.part.claim", f"{NAME}.repair.part", f"{NAME}.repair.part.claim",
                         f"{NAME}.repair.part.journal"]  # fmt: skip
    came = server.sent_bytes(NAME)
    report = case.repair()
    assert report.is_well
    assert server.sent_bytes(NAME) - came <= 2 * GRAIN_BYTES + PROBE_BYTES
    assert_mended(case)


def test_killed_while_it_writes_the_archive_it_finishes_without_asking_anybody(
    case: Case, server: FaultServer
) -> None:
    repair_in_a_process(case.catalogue.path, "writing", GRAIN_BYTES)
    assert not case.is_right
    came = server.sent_bytes(NAME)
    (offered,) = case.repair(dry_run=True).outcomes
    assert offered.item.is_begun
    assert case.repair().is_well
    assert server.sent_bytes(NAME) == came
    assert_mended(case)


def test_what_was_begun_is_not_written_into_a_file_that_took_its_place(
    case: Case, server: FaultServer
) -> None:
    interrupted_writing(case)
    assert f"{NAME}.repair.applying" in case.left
    fresh = case.path.with_name("fresh")
    fresh.write_bytes(whole()[:-512])
    fresh.replace(case.path)
    case.catalogue.index(case.path)
    assert case.verify().repair().outcomes == []
    assert case.path.read_bytes() == whole()[:-512]
    assert case.left == []


def interrupted_writing(case: Case) -> None:
    with pytest.raises(KeyboardInterrupt):
        case.catalogue.repair(workers=0, progress=InterruptedWriting())


class InterruptedWriting(Silent):
    """A progress that raises Ctrl-C once the archive is being written."""

    is_writing = False

    def begin(self, what: str, total: int | None, unit: str) -> None:
        self.is_writing = what.startswith("writing")

    def advance(self, n: int) -> None:
        if self.is_writing:
            raise KeyboardInterrupt


def test_interrupted_at_any_moment_it_ends_the_same(case: Case, server: FaultServer) -> None:
    moments = 0
    while moments < 60 and is_interrupted(case, moments):
        moments += 1
    assert 8 < moments < 60
    assert server.sent_bytes(NAME) < 4 * GRAIN_BYTES + (moments + 1) * PROBE_BYTES
    assert_mended(case)


def is_interrupted(case: Case, moment: int) -> bool:
    """Repair up to a moment; gives whether that came before the end."""
    try:
        case.catalogue.repair(workers=0, connections=1, progress=Interrupting(moment))
    except KeyboardInterrupt:
        return True
    return False


class Interrupting(Silent):
    """A progress that raises Ctrl-C when it was told of so many things."""

    def __init__(self, after: int) -> None:
        self.left = after

    def begin(self, what: str, total: int | None, unit: str) -> None:
        self.advance(0)

    def advance(self, n: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
