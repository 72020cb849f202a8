"""Zips cut, flipped or made to deceive: never a traceback, never another picture's bytes."""

from __future__ import annotations

import os
import pickle
import tracemalloc
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.archives.reading import read
from imnet_data.archives.zips.troubles import MISPLACED
from imnet_data.errors import ArchiveChanged, ArchiveError, ArchiveMissing, DamagedMember
from tests.factory import filled
from tests.zip_factory import DEFLATED, Entry, zip_bytes

from .zip_scanning import look, read_or_error

if TYPE_CHECKING:
    from pathlib import Path

IMAGES = {f"n{number % 2}/{number}.jpg": filled(str(number), 100 + number) for number in range(6)}
STORED = zip_bytes(*(Entry(name.encode(), data) for name, data in IMAGES.items()))
PACKED = zip_bytes(
    *(
        Entry(name.encode(), data, DEFLATED, sizes_follow=at % 2 == 0, wide=at % 3 == 0)
        for at, (name, data) in enumerate(IMAGES.items())
    )
)


@pytest.fixture(scope="session")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file that every example writes anew."""
    return tmp_path_factory.mktemp("damaged-zips") / "images.zip"


def whose(data: bytes) -> str | None:
    """Whose image's bytes these are; None for nobody's, as where one of them was flipped."""
    return next((name for name, content in IMAGES.items() if content == data), None)


def ends_well(where: Path, data: bytes) -> None:
    """Index bytes and read every image: refused or told, and nobody's bytes under another name."""
    where.write_bytes(data)
    with suppress(ArchiveError):
        found = look(where)
        lost = set(IMAGES) - set(found.names)
        assert found.severe or not lost or len(found.names) + found.ignored >= len(IMAGES)
        for path, place in found.places:
            content = read_or_error(place)
            if isinstance(content, bytes) and path in IMAGES:
                assert len(content) == place.size
                assert whose(content) in (path, None)
                # What is deflated is checked: it is right or refused.
                assert found.kind == "zip" or content == IMAGES[path]


@settings(max_examples=40)
@given(
    st.sampled_from([STORED, PACKED]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=5),
)
def test_flipped_bytes_never_give_another_image(
    where: Path, whole: bytes, flips: list[tuple[float, int]]
) -> None:
    data = bytearray(whole)
    for at, byte in flips:
        data[int(at * len(data))] = byte
    ends_well(where, bytes(data))


@settings(max_examples=30)
@given(st.sampled_from([STORED, PACKED]), st.data())
def test_bytes_lost_or_put_in_never_give_another_image(
    where: Path, whole: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, len(whole)))
    ends_well(where, whole[:start] + data.draw(st.binary(max_size=300)) + whole[stop:])


@pytest.mark.parametrize("whole", [STORED, PACKED], ids=["stored", "deflated"])
def test_images_before_and_behind_lost_or_added_bytes_are_found(at: Path, whole: bytes) -> None:
    header = whole.index(b"PK\3\4", whole.index(b"n1/3.jpg") - 60)
    lost = look(at, whole[: header - 4] + whole[header + 4 :])
    contents = lost.content()
    hurt = {"n0/2.jpg", "n1/3.jpg"}
    assert lost.faults == [
        "8 bytes of it are missing before its list of contents",
        f"n1/3.jpg is {MISPLACED.what}; {MISPLACED.advice}",
    ]
    assert all(contents[name] == data for name, data in IMAGES.items() if name not in hurt)
    added = look(at, whole[:header] + b"junk" * 9 + whole[header:])
    assert added.content() == IMAGES
    assert added.faults == []


def test_a_list_damaged_midway_gives_what_comes_before(at: Path) -> None:
    data = bytearray(STORED)
    entries = [place for place in range(len(data)) if data[place : place + 4] == b"PK\1\2"]
    data[entries[3]] ^= 0xFF
    found = look(at, bytes(data))
    assert found.names == list(IMAGES)[:3]
    (fault,) = found.faults
    assert fault.startswith(f"its list of contents is damaged at byte {entries[3]:,}; what it has")
    assert found.severe


def test_a_list_shorter_than_its_end_says_is_told(at: Path) -> None:
    data = bytearray(STORED)
    data[-12:-10] = (7).to_bytes(2, "little")
    found = look(at, bytes(data))
    assert found.names == list(IMAGES)
    assert found.faults == ["its list of contents has 6 members, and should have 7"]


def test_bytes_behind_the_end_are_passed_over(at: Path) -> None:
    assert look(at, STORED + bytes(3000)).content() == IMAGES


def test_a_member_whose_header_is_gone_stays_out_or_is_refused(at: Path) -> None:
    first = bytearray(STORED)
    first[0:4] = bytes(4)
    found = look(at, bytes(first))
    assert "n0/0.jpg" not in found.names
    assert found.severe
    later = bytearray(STORED)
    header = STORED.index(b"PK\3\4", 10)
    later[header : header + 4] = bytes(4)
    content = look(at, bytes(later)).content()["n1/1.jpg"]
    assert isinstance(content, ArchiveChanged)


@pytest.mark.parametrize("method", [0, DEFLATED])
@pytest.mark.parametrize("sizes_follow", [False, True])
def test_damaged_data_of_a_checked_kind_is_refused(
    at: Path, method: int, *, sizes_follow: bool
) -> None:
    """A stored image lies in an archive of the deflated kind, and is checked there as well."""
    victim = Entry(b"a.jpg", os.urandom(900), method, sizes_follow=sizes_follow)
    other = Entry(b"b.jpg", b"other", DEFLATED)
    data = bytearray(zip_bytes(victim, other))
    assert look(at, bytes(data)).content()["a.jpg"] == victim.data
    data[400] ^= 0x10
    content = look(at, bytes(data)).content()["a.jpg"]
    assert isinstance(content, DamagedMember)
    assert str(content).startswith(f"the data of a.jpg in {at} is damaged: ")
    over = pickle.loads(pickle.dumps(content))  # as from a worker's process
    assert isinstance(over, DamagedMember)
    assert (over.path, over.member, str(over)) == (str(at), "a.jpg", str(content))


@pytest.mark.parametrize("claimed", [0, 10, 2000])
def test_data_of_another_size_than_listed_is_refused(at: Path, claimed: int) -> None:
    entry = Entry(b"a.jpg", filled("a", 900), DEFLATED, claimed=claimed)
    content = look(at, zip_bytes(entry)).content()["a.jpg"]
    assert isinstance(content, DamagedMember)


@pytest.mark.parametrize("sizes_follow", [False, True])
def test_a_bomb_fills_no_memory(at: Path, *, sizes_follow: bool) -> None:
    bomb = Entry(b"a.jpg", bytes(40 << 20), DEFLATED, claimed=5000, sizes_follow=sizes_follow)
    ((_, place),) = look(at, zip_bytes(bomb)).places
    del bomb
    tracemalloc.start()
    with pytest.raises(DamagedMember, match="more than 5,000 bytes"):
        read(place)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def test_blocks_that_hold_nothing_are_not_read_for_ever(at: Path) -> None:
    deflater = zlib.compressobj(wbits=-15)
    empty = b"".join(deflater.flush(zlib.Z_FULL_FLUSH) or b"\0\0\0\xff\xff" for _ in range(200_000))
    whole = bytearray(zip_bytes(Entry(b"a.jpg", b"1234", DEFLATED, sizes_follow=True)))
    data = 30 + len(b"a.jpg")
    ((_, place),) = look(at, bytes(whole[:data] + empty + whole[data:])).places
    before = _bytes_read()
    with pytest.raises(ArchiveError):
        read(place)
    assert _bytes_read() - before < 300_000


def _bytes_read() -> int:
    """What this process has read so far; 0 where the system does not say."""
    with suppress(OSError), open("/proc/self/io") as counts:
        return int(counts.readline().split()[1])
    return 0


@pytest.mark.parametrize("whole", [STORED, PACKED], ids=["stored", "deflated"])
def test_a_place_of_an_archive_that_was_replaced_is_refused(
    at: Path, tmp_path: Path, whole: bytes
) -> None:
    places = dict(look(at, whole).places)
    one = places["n0/2.jpg"]
    assert read(one) == IMAGES["n0/2.jpg"]
    new = tmp_path / "new.zip"
    new.write_bytes(whole.replace(b"2.jpg", b"9.jpg"))
    new.rename(at)  # of the same size, and the one that is still open is another
    with pytest.raises(ArchiveChanged, match=r"2\.jpg is no longer at byte"):
        read(one)
    assert read(places["n1/3.jpg"]) == IMAGES["n1/3.jpg"]
    at.write_bytes(whole[:-1])
    with pytest.raises(ArchiveChanged, match="bytes, and had"):
        read(places["n1/3.jpg"])
    at.unlink()
    with pytest.raises(ArchiveMissing):
        read(places["n1/3.jpg"])


def test_a_header_with_long_extra_bytes_is_found_before_its_data(at: Path) -> None:
    entry = Entry(b"x/" * 200 + b"a.jpg", b"picture", local_extra=b"PK\3\4" + bytes(60_000))
    ((_, place),) = look(at, zip_bytes(Entry(b"b.jpg", b"PK\3\4"), entry)).places[1:]
    assert read(place) == b"picture"


@given(st.binary(max_size=400), st.binary(max_size=60))
def test_any_bytes_around_an_end_are_refused_or_told(
    where: Path, before: bytes, fields: bytes
) -> None:
    ends_well(where, b"PK\3\4" + before + b"PK\1\2" + before + b"PK\5\6" + fields)


def test_an_image_is_read_in_threads_and_in_forked_children_alike(at: Path) -> None:
    places = dict(look(at, PACKED).places)
    assert read(places["n0/0.jpg"]) == IMAGES["n0/0.jpg"]
    child = os.fork()
    if not child:
        right = all(read(place) == IMAGES[name] for name, place in places.items())
        os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_zipfile_reads_what_the_hand_made_archives_hold(at: Path) -> None:
    """The archives of these tests are zips by another's account too."""
    for whole in (STORED, PACKED):
        at.write_bytes(whole)
        with zipfile.ZipFile(at) as opened:
            assert {name: opened.read(name) for name in opened.namelist()} == IMAGES
            assert opened.testzip() is None
