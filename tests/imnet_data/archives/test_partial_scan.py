"""A walk over the inner tars that are there of a tar of tars that was fetched in part."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from imnet_data.archives.containers import open_scan
from imnet_data.archives.kinds import TAR
from imnet_data.fetching.outer_members import MemberList, OuterWalk
from tests.factory import Member, flat, spans, tar_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.archives.members import Position, Run

INNER = [
    Member(f"n0000000{at}.tar", flat([f"n0000000{at}_{n}.JPEG" for n in range(at + 2)]))
    for at in range(5)
]
HERE = (1, 2, 4)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    """A tar of five tars, three of them here and holes in place of the others and of all heads."""
    path = tmp_path / "train.tar.part"
    data = tar_bytes(INNER)
    held = [spans(INNER)[at] for at in HERE]
    with path.open("wb") as file:
        file.truncate(len(data))
        for span in held:
            file.seek(span.data)
            file.write(data[span.data : span.end])
    (tmp_path / "train.tar.part.journal").touch()
    with closing(MemberList(str(path), "v1")) as kept:
        list(OuterWalk(lambda a, b: data[a:b], "it", len(data), kept).members())
        kept.note_whole([kept.members.listed[at] for at in HERE])
    return path


def runs(path: Path, start: Position | None = None) -> list[Run]:
    with open_scan(str(path), TAR, start=start) as scan:
        return list(scan.runs())


def images(found: list[Run]) -> list[tuple[str, str, int]]:
    return [
        (run.directory, name, offset)
        for run in found
        for name, offset in zip(run.names, run.offsets, strict=True)
    ]


def test_it_yields_what_the_whole_tar_yields_of_the_tars_that_are_here(
    part: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.tar"
    whole.write_bytes(tar_bytes(INNER))
    held = {INNER[at].name for at in HERE}
    assert images(runs(part)) == [one for one in images(runs(whole)) if one[0] in held]
    assert len(images(runs(part))) == 3 + 4 + 6


def test_it_goes_on_behind_any_run_where_an_earlier_walk_stopped(part: Path) -> None:
    found = runs(part)
    for at, run in enumerate(found):
        assert run.next_position is not None
        assert images(runs(part, run.next_position)) == images(found[at + 1 :])


def test_a_first_look_enters_so_many_and_names_all(part: Path) -> None:
    with open_scan(str(part), TAR, max_inner=2) as scan:
        assert {run.directory for run in scan.runs()} == {INNER[1].name, INNER[2].name}
        assert scan.inner_names == [member.name for member in INNER]


def test_damage_in_a_tar_that_is_here_is_told_beside_what_is_absent(part: Path) -> None:
    with part.open("r+b") as file:
        file.seek(spans(INNER)[2].data)
        file.write(b"!" * 512)
    with open_scan(str(part), TAR) as scan:
        assert len(images(list(scan.runs()))) == 3 + 6
        assert [fault.severe for fault in scan.findings.faults] == [False, True]
        assert scan.findings.faults[1].sentence.startswith("n00000002.tar is damaged at byte")
        assert scan.findings.absent == 2
