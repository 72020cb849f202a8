"""Archives that nobody wrote so: flipped bytes, absurd numbers, members of unknown kinds.

A scan of one always ends, and with a fault at most: it never raises.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.archives.containers import kind_of, open_scan
from imnet_data.archives.tars.headers import BadHeader, number, pax_records
from imnet_data.errors import NotAnArchive
from tests.factory import (
    END,
    KIND,
    SIZE,
    Member,
    base256,
    blocks_of,
    filled,
    flat,
    header,
    padded,
    patched,
    tar_bytes,
)

from .archives_at_random import members
from .scanning import Scanned, scan

if TYPE_CHECKING:
    from pathlib import Path

LONG = "n02084071/" * 12 + "a.jpg"
SMALL = tar_bytes(
    [
        Member("n1.tar", tar_bytes([Member("a.jpg", b"1"), Member(LONG, b"2", form=1)])),
        Member(LONG, filled("x", 600), form=2, records={"mtime": "1.5"}),
        Member("b.jpg", b"3"),
        Member("folder/readme.txt", b"4"),
    ]
)


@pytest.fixture(scope="session")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file that every example writes anew."""
    return tmp_path_factory.mktemp("damaged") / "images.tar"


def ends_well(where: Path, data: bytes) -> Scanned | None:
    """Scan bytes as an index would; each run lies in the file, and more of them would be a loop."""
    where.write_bytes(data)
    with suppress(NotAnArchive):
        kind_of(str(where))
        with open_scan(str(where), "tar") as opened:
            runs = list(islice(opened.runs(), len(data) // 512 + 2))
        assert len(runs) <= len(data) // 512
        assert all(
            0 <= offset <= offset + size <= len(data)
            for run in runs
            for offset, size in zip(run.offsets, run.sizes, strict=True)
        )
        return scan(where)
    return None


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), max_size=6))
def test_flipped_bytes_never_stop_a_scan(where: Path, flips: list[tuple[int, int]]) -> None:
    data = bytearray(SMALL)
    for at, byte in flips:
        data[at] = byte
    ends_well(where, bytes(data))


@settings(max_examples=20)
@given(members(depth=1, most=4), st.data())
def test_blocks_lost_or_torn_never_stop_a_scan(
    where: Path, inside: list[Member], data: st.DataObject
) -> None:
    whole = tar_bytes(inside)
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, len(whole)))
    ends_well(where, whole[:start] + data.draw(st.binary(max_size=600)) + whole[stop:])


# The checksum's digits end at its sixth byte; what stands behind them says nothing.
@pytest.mark.parametrize("at", sorted(set(range(0, 512, 7)) - {154}))
def test_one_wrong_byte_in_a_header_loses_no_image_in_silence(where: Path, at: int) -> None:
    whole = flat(["n1_1.JPEG", "n1_2.JPEG", "n1_3.JPEG"], size=600)
    middle = 512 + 1024 + at
    found = ends_well(where, whole[:middle] + bytes([whole[middle] ^ 0x15]) + whole[middle + 1 :])
    assert found is not None
    assert found.faults
    assert found.severe or len(found.images) + found.ignored == 3


@pytest.mark.parametrize("size", [(1 << 63) - 1, 1 << 63, (1 << 86) - 1])
@pytest.mark.parametrize("name", ["a.jpg", "a.tar", "readme.txt"])
def test_a_size_beyond_every_file_is_a_member_cut_off(where: Path, name: str, size: int) -> None:
    in_header = patched(header(name), SIZE, base256(size))
    in_record = blocks_of(Member(name, form=2, records={"size": str(size)}))
    for start in (in_header, in_record):
        found = ends_well(where, flat(["before.jpg"], end=b"") + start + flat(["after.jpg"]))
        assert found is not None
        assert found.severe
        assert found.names[0] == "before.jpg"


@pytest.mark.parametrize(
    "field",
    [
        b"-0000000001\0",
        b"        -12 ",
        b"0o000000012\0",
        b"99999999999\0",
        b"12 34\0",
        b"\xff" * 12,
    ],
)
def test_a_size_that_is_no_octal_number_is_damage_or_read_as_tarfile_does(
    where: Path, field: bytes
) -> None:
    odd = patched(header("odd.jpg"), SIZE, field)
    found = ends_well(where, flat(["before.jpg"], end=b"") + odd + bytes(512) + END)
    assert found is not None
    assert found.names[0] == "before.jpg"
    assert found.severe or found.images[1][2] == int("12", 8)


@pytest.mark.parametrize("kind", [b"A", b"M", b"N", b"V", b"Z", b"9", b"\xff"])
def test_a_member_of_unknown_kind_is_counted_and_its_data_passed(where: Path, kind: bytes) -> None:
    odd = patched(header("odd.jpg", 700), KIND, kind) + padded(flat(["fake.jpg"])[:700])
    found = scan(where, data=flat(["a.jpg"], end=b"") + odd + flat(["b.jpg"]))
    assert (found.names, found.ignored, found.faults) == (["a.jpg", "b.jpg"], 1, [])


@pytest.mark.parametrize(
    "records",
    [
        b"0 path=a.jpg\n",
        b"-9 path=a.jpg\n",
        b"-5 a=b\n" + b"12345",
        b"9999 path=a.jpg\n",
        b"path=a.jpg\n",
        b"17 path=a.jpg",
        b"\xff\xfe\n",
        b"15 path=a.jp\0g\n",
        b"18 size=123456789\n" * 3,
        b"13 size=many\n",
    ],
)
def test_odd_pax_records_end_the_reading_of_them(where: Path, records: bytes) -> None:
    record = header("pax", len(records), kind=b"x") + padded(records)
    found = ends_well(where, flat(["before.jpg"], end=b"") + record + flat(["a.jpg"]))
    assert found is not None
    assert found.names[0] == "before.jpg"
    assert not any("\0" in name for name in found.names)


@given(st.binary(max_size=60) | st.text("0123456789-+ ab=\n", max_size=60).map(str.encode))
def test_any_bytes_are_pax_records_or_refused(payload: bytes) -> None:
    with suppress(BadHeader):
        assert all(isinstance(value, bytes) for value in pax_records(payload).values())


@given(st.binary(min_size=1, max_size=12))
def test_a_number_field_is_never_negative(field: bytes) -> None:
    with suppress(BadHeader):
        assert number(field) >= 0


def test_a_record_before_the_end_marker_names_nothing_behind_it(where: Path) -> None:
    record = blocks_of(Member(LONG, form=1))[:-512]
    found = scan(where, data=record + END + flat(["a.jpg"]))
    assert found.names == ["a.jpg"]
