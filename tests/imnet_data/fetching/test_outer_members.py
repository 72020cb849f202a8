"""Walking the outer headers of a tar of tars at its source, and the list that is kept of them."""

from __future__ import annotations

import tarfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.archives.tars.partial import Members, members_of
from imnet_data.errors import NotTarOfTars
from imnet_data.fetching.outer_members import MemberList, OuterWalk
from tests.factory import END, Member, flat, spans, tar_bytes

if TYPE_CHECKING:
    from imnet_data.archives.tars.partial import OuterMember


class Source:
    """A file's bytes, and which ranges of it were asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.asked: list[tuple[int, int]] = []

    def __call__(self, start: int, stop: int) -> bytes:
        self.asked.append((start, stop))
        return self.data[start:stop]


def walked(
    source: Source, part: Path, *, most: int | None = None, version: str = "v1"
) -> list[OuterMember]:
    """The members that a walk meets, which breaks off after so many."""
    met = []
    with closing(MemberList(str(part), version)) as kept:
        for member in OuterWalk(source, "the tar", len(source.data), kept).members():
            met.append(member)
            if len(met) == most:
                break
    return met


def held(part: Path) -> Members:
    found = members_of(str(part))
    assert found is not None
    return found


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "train.tar.part"


def inner(name: str, images: int = 2) -> Member:
    return Member(name, flat([f"{at}.JPEG" for at in range(images)]))


def three() -> list[Member]:
    return [inner(f"n0144076{at}.tar", images=at) for at in (1, 2, 3)]


def test_a_walk_asks_for_a_header_a_member_and_for_nothing_else(part: Path) -> None:
    source = Source(tar_bytes(three()))
    found = walked(source, part)
    assert [(one.name, one.data, one.size) for one in found] == [
        (span.member.name, span.data, span.end - span.data) for span in spans(three())
    ]
    places = [*(one.start for one in found), found[-1].after]
    assert source.asked == [(at, at + 512) for at in places]


def test_a_second_walk_asks_for_nothing_that_the_first_met(part: Path) -> None:
    source = Source(tar_bytes(three()))
    first = walked(source, part, most=2)
    again = Source(source.data)
    assert walked(again, part)[:2] == first
    assert not set(again.asked) & set(source.asked)
    last = Source(source.data)
    walked(last, part)
    assert last.asked == []


def test_what_a_kill_cut_off_in_the_list_is_asked_for_again(part: Path) -> None:
    source = Source(tar_bytes(three()))
    found = walked(source, part)
    listed = Path(f"{part}.members")
    for size in range(len(listed.read_bytes()), 0, -97):
        listed.write_bytes(listed.read_bytes()[:size])
        assert walked(Source(source.data), part) == found
        assert held(part).at_end


def test_the_list_of_another_version_of_the_file_is_not_believed(part: Path) -> None:
    walked(Source(tar_bytes(three())), part)
    other = Source(tar_bytes(three()[1:]))
    assert [one.name for one in walked(other, part, version="v2")] == [
        "n01440762.tar",
        "n01440763.tar",
    ]
    assert len(other.asked) == 3


def test_names_in_pax_and_gnu_records_are_read_and_their_bytes_remembered(part: Path) -> None:
    long = "/".join(["a" * 60] * 3)
    members = [
        Member(f"{long}/n01440761.tar", flat(["a.JPEG"]), form=tarfile.PAX_FORMAT),
        Member(f"{long}/n01440762.tar", flat(["a.JPEG"]), form=tarfile.GNU_FORMAT),
        inner("n01440763.tar"),
    ]
    data = tar_bytes(members)
    found = walked(Source(data), part)
    assert [(one.name, one.data) for one in found] == [
        (span.member.name, span.data) for span in spans(members)
    ]
    assert all(data[one.start : one.data] == one.head for one in found)
    assert all(data[at : at + len(head)] == head for at, head in held(part).known)


@given(
    sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=8),
    end=st.sampled_from([END, b"", bytes(10240)]),
)
def test_the_members_are_those_that_tarfile_would_list(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], end: bytes
) -> None:
    members = [Member(f"n{at:08}.tar", bytes(size)) for at, size in enumerate(sizes)]
    part = tmp_path_factory.mktemp("walk") / "x.tar.part"
    found = walked(Source(tar_bytes(members, end=end)), part)
    assert [(one.start, one.data, one.data + one.size) for one in found] == [
        (span.start, span.data, span.end) for span in spans(members)
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x1f\x8b" + bytes(600), "it is compressed (tar.gz)"),
        (b"BZh9" + bytes(600), "it is compressed (tar.bz2)"),
        (b"GIF89a" + bytes(600), "does not begin with a tar header"),
        (bytes(1024), "it is empty"),
        (flat(f"ILSVRC2012_val_{at:08}.JPEG" for at in range(40)), "there are no tars in it"),
        (flat(["a.JPEG"]), "there are no tars in it"),
        (tar_bytes(three(), end=b"")[:-100], "it ends in the middle of n01440763.tar"),
        (tar_bytes(three(), end=b"not a header".ljust(512, b"!")), "it is damaged at byte"),
    ],
)
def test_what_is_no_tar_of_tars_is_refused_with_the_reason(
    part: Path, data: bytes, reason: str
) -> None:
    source = Source(data)
    with pytest.raises(NotTarOfTars) as refusal:
        walked(source, part)
    assert reason in str(refusal.value)
    assert len(source.asked) <= 16  # a tar of 50,000 images is told by its first
