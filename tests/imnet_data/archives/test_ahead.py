"""Headers read ahead: what a scan finds is what it finds without, whatever was guessed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.archives.tars import ahead
from imnet_data.archives.tars.ahead import HeadersAhead
from imnet_data.archives.tars.scan import TarScan
from tests.factory import Member, flat, tar_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.archives.members import Position


class _Bytes:
    """A Source of bytes at hand."""

    name = "it"

    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        self._data = data

    def read_at(self, size: int, offset: int, /) -> bytes:
        return self._data[offset : offset + size]

    read_ahead = read_at

    def reach(self, end: int) -> None:
        """Nothing."""


def _told(scan: TarScan) -> tuple[Any, ...]:
    images = [
        (run.directory, *one)
        for run in scan.runs()
        for one in zip(run.names.texts, run.offsets, run.sizes, strict=True)
    ]
    return images, scan.findings, scan.inner_names


def _plain(data: bytes, start: Position | None = None) -> tuple[Any, ...]:
    return _told(TarScan(_Bytes(data), start=start))


def _ahead(
    data: bytes, read: Callable[[int, int], bytes] | None = None, **bounds: Any
) -> tuple[Any, ...]:
    source = HeadersAhead(read or _Bytes(data).read_at, len(data), **bounds)
    try:
        return _told(TarScan(source))
    finally:
        source.close()


def _nested(classes: int = 4, images: int = 12) -> bytes:
    return tar_bytes(
        [
            Member(
                f"n{at:08d}.tar", flat([f"n{at:08d}_{n}.JPEG" for n in range(images)], size=9000)
            )
            for at in range(1, classes + 1)
        ]
    )


NESTED = _nested()
# A member's data is a tar, and neither its name nor the outer one's says so.
HIDDEN = flat([f"{n}.jpg" for n in range(40)], size=1500)
FLAT = tar_bytes(
    [Member(f"{n:03d}.jpg", HIDDEN if n % 9 == 5 else bytes(4000)) for n in range(120)]
)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flat tars are cut into parts of some members."""
    monkeypatch.setattr(ahead, "_LEAST_PART", 1 << 15)
    monkeypatch.setattr(ahead, "_PART", 1 << 15)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("data", [FLAT, NESTED], ids=["flat", "nested"])
@pytest.mark.parametrize(
    "bounds", [{}, {"at_once": 1}, {"most_held": 3}, {"at_once": 40, "most_held": 0}], ids=str
)
def test_guesses_that_are_wrong_change_nothing(data: bytes, bounds: dict[str, Any]) -> None:
    assert _ahead(data, **bounds) == _plain(data)


@given(
    st.sampled_from([NESTED, FLAT[: 1 << 17]]),
    st.lists(st.tuples(st.integers(0, 1 << 17), st.binary(min_size=1, max_size=40)), max_size=4),
    st.integers(0, 3000),
)
def test_damage_is_told_as_without(data: bytes, damage: list[tuple[int, bytes]], cut: int) -> None:
    spoilt = bytearray(data)
    for at, junk in damage:
        spoilt[at : at + len(junk)] = junk
    whole = bytes(spoilt[: len(spoilt) - cut])
    assert _ahead(whole, at_once=4) == _plain(whole)


def test_inner_tars_are_read_at_once() -> None:
    starts = {
        int(offset) - 512 for _, _, offset, _ in _plain(NESTED)[0][::12]
    }  # the first header of each
    together = threading.Barrier(len(starts), timeout=20)

    def read(size: int, offset: int) -> bytes:
        if offset in starts:
            starts.discard(offset)
            together.wait()  # breaks unless all of them are asked for before the first is answered
        return NESTED[offset : offset + size]

    assert _ahead(NESTED, read) == _plain(NESTED)
    assert not starts
    assert not together.broken


def test_a_header_is_asked_for_once() -> None:
    data, asked = _nested(6, 40), list[int]()

    def read(size: int, offset: int) -> bytes:
        asked.append(size)
        return data[offset : offset + size]

    assert _ahead(data, read) == _plain(data)
    headers = 6 * 40 + 6
    assert len(asked) < headers + 6 * 3 + 10
    assert sum(asked) < 512 * headers + 6 * 10_240 + 20_000


def test_a_read_that_fails_is_told_where_the_scan_comes_to_it() -> None:
    def read(size: int, offset: int) -> bytes:
        if offset > 60_000:
            raise OSError(5, "the store fails")
        return NESTED[offset : offset + size]

    with pytest.raises(OSError, match="the store fails"):
        _ahead(NESTED, read)
    assert not any(one.name.startswith("imnet-data-headers") for one in threading.enumerate())
