"""Walking whole archives: against tarfile, cut off anywhere, and taken up again anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.factory import BLOCK, Member, filled, flat, spans, tar_bytes, truth

from .archives_at_random import BATCHES, WINDOWS, members, strides
from .scanning import scan

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file that every example writes anew."""
    return tmp_path_factory.mktemp("random") / "images.tar"


@settings(max_examples=20)
@given(inside=members(depth=2), batch=BATCHES, window=WINDOWS)
def test_a_scan_finds_what_tarfile_finds(
    where: Path, inside: list[Member], batch: int, window: int
) -> None:
    data = tar_bytes(inside)
    with strides(batch, window):
        found = scan(where, data=data)
    assert (found.images, found.ignored) == truth(data)
    assert not found.faults


@settings(max_examples=30)
@given(inside=members(), share=st.floats(0, 1), batch=BATCHES)
def test_of_a_cut_archive_all_is_found_that_is_whole_and_nothing_else(
    where: Path, inside: list[Member], share: float, batch: int
) -> None:
    whole = tar_bytes(inside)
    cut = round(share * len(whole))
    with strides(batch, 1024):
        found = scan(where, data=whole[:cut])
    assert found.images == [one for one in truth(whole)[0] if one[1] + one[2] <= cut]
    assert found.severe == any(span.start < cut < span.end for span in spans(inside))
    assert all(f"byte {cut:,}" in fault or "damaged" in fault for fault in found.faults)


@settings(max_examples=20)
@given(inside=members(depth=2), share=st.floats(0, 1), batch=BATCHES)
def test_of_a_cut_archive_of_tars_all_is_found_that_is_whole_and_nothing_else(
    where: Path, inside: list[Member], share: float, batch: int
) -> None:
    whole = tar_bytes(inside)
    cut = round(share * len(whole))
    with strides(batch, 1024):
        found = scan(where, data=whole[:cut])
    assert found.images == [one for one in truth(whole)[0] if one[1] + one[2] <= cut]
    assert found.severe == any(span.start < cut < span.end for span in spans(inside))


@settings(max_examples=10)
@given(inside=members(depth=2), batch=BATCHES, share=st.floats(0.5, 1))
def test_taken_up_after_any_run_a_scan_gives_exactly_the_rest(
    where: Path, inside: list[Member], batch: int, share: float
) -> None:
    whole = tar_bytes(inside)
    with strides(batch, 1024):
        once = scan(where, data=whole[: round(share * len(whole))])
        assume(once.stops)
        for stop in once.stops:
            rest = scan(where, start=stop.position)
            assert rest.images == once.images[stop.images :]
            assert stop.ignored + rest.ignored == once.ignored
            assert stop.faults + len(rest.faults) == len(once.faults)


@pytest.mark.parametrize("size", [100, 3000, 20_000], ids=["small", "middling", "large"])
def test_thousands_of_members_are_found_whatever_their_size(at: Path, size: int) -> None:
    """More than two batches: small members are then read in windows, large ones hopped over."""
    names = [f"n02084071_{number}.JPEG" for number in range(7, 4207)]
    at.write_bytes(flat(names, size=size))
    found = scan(at)
    step = BLOCK + -(-size // BLOCK) * BLOCK
    assert found.images == [(name, BLOCK + i * step, size) for i, name in enumerate(names)]


def test_small_and_large_members_may_take_turns(at: Path) -> None:
    sizes = [300, 90_000, 0, 40_000, 512] * 500
    inside = [Member(f"n02084071_{at}.JPEG", filled("x", size)) for at, size in enumerate(sizes)]
    found = scan(at, data=tar_bytes(inside))
    assert [size for _, _, size in found.images] == sizes
    assert found.images[-1][1] == spans(inside)[-1].data


def nested(depth: int, names: list[str]) -> bytes:
    data = flat(names)
    for level in range(depth):
        data = tar_bytes([Member(f"level{level}.tar", data), Member(f"beside{level}.jpg", b"1")])
    return data


@pytest.mark.parametrize("depth", [1, 2, 3, 6])
def test_tars_are_entered_to_any_depth(at: Path, depth: int) -> None:
    data = nested(depth, ["a.jpg", "folder/b.jpg"])
    found = scan(at, data=data)
    assert found.images == truth(data)[0]
    path = "/".join(f"level{level}.tar" for level in reversed(range(depth)))
    assert found.names[:2] == [f"{path}/a.jpg", f"{path}/folder/b.jpg"]


@pytest.mark.parametrize("content", [b"", b"no tar", b"no tar " * 200, b"\x1f\x8b" + bytes(600)])
def test_a_file_called_tar_that_is_none_is_ignored(at: Path, content: bytes) -> None:
    data = tar_bytes([Member("x.tar", content), Member("a.jpg", b"1")])
    found = scan(at, data=data)
    assert (found.names, found.ignored, found.faults) == (["a.jpg"], 1, [])


def test_a_truncated_tar_packed_whole_costs_its_own_rest_alone(at: Path) -> None:
    """A class tar whose download broke off, packed with the others."""
    broken = flat(["a.jpg", "b.jpg"], size=2000)[:4000]
    inside = [Member("n1.tar", broken), Member("n2.tar", flat(["c.jpg"]))]
    found = scan(at, data=tar_bytes(inside))
    assert found.names == ["n1.tar/a.jpg", "n2.tar/c.jpg"]
    assert found.severe
    (fault,) = found.faults
    assert "n1.tar ends at byte 4,512, in the middle of n1.tar/b.jpg" in fault


def test_damage_in_an_inner_tar_costs_its_own_rest_alone(at: Path) -> None:
    damaged = flat(["a.jpg"], end=b"garbage " * 512)
    inside = [Member("n1.tar", damaged), Member("n2.tar", flat(["c.jpg"]))]
    found = scan(at, data=tar_bytes(inside))
    assert found.names == ["n1.tar/a.jpg", "n2.tar/c.jpg"]
    (fault,) = found.faults
    assert fault.startswith("n1.tar is damaged at byte ")


def test_an_inner_tar_that_begins_with_a_wrong_checksum_is_no_silent_loss(at: Path) -> None:
    inner = bytearray(flat(["a.jpg", "b.jpg"]))
    inner[148:154] = b"000001"
    found = scan(at, data=tar_bytes([Member("n1.tar", bytes(inner))]))
    assert found.names == ["n1.tar/a.jpg", "n1.tar/b.jpg"]
    assert "wrong checksum" in found.faults[0]


def test_every_truncated_inner_tar_is_said(at: Path) -> None:
    broken = flat(["a.jpg", "b.jpg"], size=2000)[:4000]
    last = flat(["c.jpg", "d.jpg"], size=2000)
    data = tar_bytes([Member("n1.tar", broken), Member("n2.tar", last)])
    cut = len(data) - 4096
    found = scan(at, data=data[:cut])
    assert found.names == ["n1.tar/a.jpg", "n2.tar/c.jpg"]
    assert len(found.faults) == 2
    assert f"byte {cut:,}" in found.faults[1]


@pytest.mark.parametrize("names", [["a.jpg", "readme.txt"], ["a.jpg", "x/b.txt", "c.txt", "d.jpg"]])
def test_taken_up_again_a_scan_counts_no_ignored_member_twice(at: Path, names: list[str]) -> None:
    once = scan(at, data=flat(names))
    for stop in once.stops:
        assert stop.ignored + scan(at, start=stop.position).ignored == once.ignored
