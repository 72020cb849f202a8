"""Every form of header that people's tars hold, one at a time."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from imnet_data.archives.text import text_of
from tests.factory import (
    CHECKSUM,
    END,
    KIND,
    PREFIX,
    SIZE,
    Member,
    base256,
    blocks_of,
    filled,
    flat,
    header,
    padded,
    patched,
    spans,
    tar_bytes,
    truth,
)

from .scanning import scan

if TYPE_CHECKING:
    from pathlib import Path

LONG = "/".join(["n02084071", "a" * 90, "b" * 90, "n02084071_1.JPEG"])
FORMS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
AFTER = Member("after.jpg", b"after")


def sized(name: str, data: bytes, field: bytes, *, resum: bool = True) -> bytes:
    """A member whose size field is written in another way."""
    return patched(header(name, len(data)), SIZE, field, resum=resum) + padded(data)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "name",
    [
        "n02084071_1.JPEG",
        "./n02084071_1.JPEG",
        "./././n02084071/n02084071_1.JPEG",
        "/data/n02084071_1.JPEG",
        "a folder/ümlaut 雪.jpg",
        "x" * 95 + ".jpeg",
        LONG,
    ],
)
def test_a_name_is_found_in_every_form_that_writes_it(at: Path, form: int, name: str) -> None:
    if form == tarfile.USTAR_FORMAT and name == LONG:
        name = name[50:]  # what prefix and name together hold
    data = tar_bytes([Member(name, b"picture", form=form), AFTER])
    found = scan(at, data=data)
    assert (found.images, found.ignored) == truth(data)
    assert not found.faults


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_long_name_holds_for_its_own_member_only(at: Path, form: int) -> None:
    members = [
        Member(LONG, b"1", form=form),
        Member("short.jpg", b"2"),
        Member(LONG + ".png", b"3"),
    ]
    data = tar_bytes(members)
    assert scan(at, data=data).images == truth(data)[0]


def test_pax_records_with_fractional_times_hide_nothing(at: Path) -> None:
    names = [f"n02084071_{number}.JPEG" for number in range(20)]
    data = tar_bytes(
        Member(name, filled(name, 900), form=tarfile.PAX_FORMAT, records={"mtime": "1.5"})
        for name in names
    )
    found = scan(at, data=data)
    assert found.names == names
    assert found.images == truth(data)[0]


def test_a_pax_size_counts_and_the_header_does_not(at: Path) -> None:
    """As GNU tar writes members of 8 GiB and more."""
    content = filled("big", 3000)
    head = blocks_of(Member("big.jpg", form=tarfile.PAX_FORMAT, records={"size": "3000"}))
    data = head + padded(content) + tar_bytes([AFTER])
    assert [(name, size) for name, _, size in scan(at, data=data).images] == [
        ("big.jpg", 3000),
        ("after.jpg", 5),
    ]


def test_a_global_pax_header_is_no_member(at: Path) -> None:
    """As `git archive` begins its tars."""
    comment = b"52 comment=0123456789012345678901234567890123456789\n"
    start = header("pax_global_header", len(comment), kind=b"g") + padded(comment)
    found = scan(at, data=start + flat(["a.jpg"]))
    assert (found.names, found.ignored) == (["a.jpg"], 0)


@pytest.mark.parametrize(
    "field",
    [base256(700), b"    1274 ", b"00000001274 ", b"1274\0", b"000000001274"],
    ids=["base-256", "spaces", "ended by a space", "short", "twelve digits"],
)
def test_a_size_is_read_however_written(at: Path, field: bytes) -> None:
    assert int("1274", 8) == 700
    data = sized("a.jpg", filled("a", 700), field) + tar_bytes([AFTER])
    found = scan(at, data=data)
    assert found.images == [("a.jpg", 512, 700), ("after.jpg", 2048, 5)]
    assert not found.faults


def test_a_member_of_more_than_8_gib_is_passed(at: Path) -> None:
    size = 9 << 30
    with at.open("wb") as file:
        file.write(patched(header("huge.jpg"), SIZE, base256(size)))
        file.seek(512 + size)
        file.write(tar_bytes([AFTER]))
    assert scan(at).images == [("huge.jpg", 512, size), ("after.jpg", size + 1024, 5)]


def test_a_prefix_goes_before_the_name_in_posix_headers_only(at: Path) -> None:
    posix = patched(header("a.jpg"), PREFIX, b"folder/deeper")
    gnu_times = patched(header("b.jpg"), (257, 8), b"ustar  \0")
    gnu_times = patched(gnu_times, PREFIX, b"14371235632\x0014371235632\0")
    assert scan(at, data=posix + gnu_times + END).names == ["folder/deeper/a.jpg", "b.jpg"]


def test_a_header_of_the_oldest_form_is_read(at: Path) -> None:
    old = patched(header("a.jpg", 3), (257, 8), bytes(8))
    old = patched(old, KIND, b"\0")
    assert scan(at, data=old + padded(b"old") + END).images == [("a.jpg", 512, 3)]


def test_a_checksum_of_signed_bytes_is_right(at: Path) -> None:
    block = header("ä.jpg", 3)
    signed = patched(block, CHECKSUM, b"", signed=True)
    assert signed != block
    found = scan(at, data=signed + padded(b"old") + tar_bytes([AFTER]))
    assert found.names == ["ä.jpg", "after.jpg"]
    assert not found.faults


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_wrong_checksum_is_a_fault_that_loses_nothing(at: Path, place: int) -> None:
    names = ["a.jpg", "b.jpg", "c.jpg"]
    parts = [blocks_of(Member(name, filled(name, 600))) for name in names]
    parts[place] = patched(parts[place], CHECKSUM, b"000001\0 ", resum=False)
    found = scan(at, data=b"".join(parts) + END)
    assert found.names == names
    (fault,) = found.faults
    assert names[place] in fault
    assert not found.severe


def test_a_wrong_checksum_before_garbage_is_damage(at: Path) -> None:
    first = blocks_of(Member("a.jpg", b"1"))
    wrong = patched(header("b.jpg", 600), CHECKSUM, b"000001\0 ", resum=False)
    found = scan(at, data=first + wrong + b"garbage " * 500)
    assert found.names == ["a.jpg"]
    assert found.severe
    assert "byte 1,024" in found.faults[0]


def test_garbage_after_members_is_damage_that_names_its_byte(at: Path) -> None:
    found = scan(at, data=flat(["a.jpg", "b.jpg"], end=b"garbage " * 200))
    assert found.names == ["a.jpg", "b.jpg"]
    assert found.severe
    assert "damaged at byte 3,072" in found.faults[0]


@pytest.mark.parametrize("name", ["/", "./", "n02084071/", "folder.jpg/"])
def test_a_folder_is_no_image_and_not_counted(at: Path, name: str) -> None:
    folder = header(name, kind=tarfile.DIRTYPE)
    found = scan(at, data=folder + flat(["a.jpg"]))
    assert (found.names, found.ignored, found.faults) == (["a.jpg"], 0, [])


def test_a_folder_may_state_a_size_that_is_not_there(at: Path) -> None:
    folder = header("n02084071", 4096, kind=tarfile.DIRTYPE)
    assert scan(at, data=folder + flat(["a.jpg"])).names == ["a.jpg"]


@pytest.mark.parametrize("kind", [tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.FIFOTYPE])
def test_a_link_has_no_bytes_of_its_own_and_is_ignored(at: Path, kind: bytes) -> None:
    link = blocks_of(Member("link.jpg", kind=kind, link="a.jpg"))
    stated = patched(link[:512], SIZE, b"00000007777\0")  # some writers state the target's size
    found = scan(at, data=link + stated + flat(["a.jpg"]))
    assert (found.names, found.ignored, found.faults) == (["a.jpg"], 2, [])


def test_a_link_with_a_long_name_does_not_rename_what_follows(at: Path) -> None:
    data = tar_bytes([Member("l.jpg", kind=tarfile.SYMTYPE, link=LONG), AFTER])
    assert scan(at, data=data).names == ["after.jpg"]


def test_names_that_are_no_utf8_stay_apart(at: Path) -> None:
    raw = [b"caf\xe9.jpg", b"caf\xea.jpg", b"caf\xc3\xa9.jpg"]
    data = b"".join(patched(header("x"), (0, 100), name) for name in raw) + END
    assert scan(at, data=data).names == [text_of(name) for name in raw]
    assert len(set(map(text_of, raw))) == 3


def test_a_line_break_in_a_name_shifts_no_other(at: Path) -> None:
    names = ["a.jpg", "b\nc.jpg", "d.jpg", "folder/e\n.jpg"]
    data = flat(names)
    assert scan(at, data=data).images == truth(data)[0]


def test_an_empty_image_is_an_image(at: Path) -> None:
    found = scan(at, data=flat(["a.jpg", "b.jpg"], size=0))
    assert found.images == [("a.jpg", 512, 0), ("b.jpg", 1024, 0)]


def test_what_is_no_image_is_counted(at: Path) -> None:
    names = ["a.jpg", "readme.txt", "._a.jpg", "b.PNG", "labels.csv"]
    found = scan(at, data=flat(names))
    assert (found.names, found.ignored) == (["a.jpg", "b.PNG"], 3)


def old_gnu_sparse(name: str) -> bytes:
    """As `tar --format=gnu --sparse`: a map in the header and one more block of it."""
    block = header(name, 512, kind=tarfile.GNUTYPE_SPARSE)
    block = patched(block, (257, 8), b"ustar  \0")
    block = patched(block, (482, 1), b"\1")  # the map goes on in a block of its own
    return block + bytes(512) + filled("s", 512)


def pax_sparse(name: str) -> bytes:
    """As `tar --format=posix --sparse`: a regular member whose data begins with a map."""
    records = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": name,
        "GNU.sparse.realsize": "100000",
    }
    content = padded(b"1\n0\n512\n") + filled("s", 512)
    fake = f"GNUSparseFile.0/{name}"
    return blocks_of(Member(fake, content, form=tarfile.PAX_FORMAT, records=records))


@pytest.mark.parametrize("sparse", [old_gnu_sparse, pax_sparse])
def test_a_sparse_image_is_never_read_as_plain_bytes_and_is_said(at: Path, sparse: object) -> None:
    assert callable(sparse)
    found = scan(at, data=sparse("holes.jpg") + flat(["a.jpg"]))
    assert (found.names, found.ignored) == (["a.jpg"], 1)
    assert found.severe
    assert "holes.jpg" in found.faults[0]


@pytest.mark.parametrize("end", [b"", bytes(512), END, bytes(10240), bytes(3 << 20)])
def test_any_amount_of_zeros_ends_an_archive(at: Path, end: bytes) -> None:
    found = scan(at, data=flat(["a.jpg", "b.jpg"], end=end))
    assert found.names == ["a.jpg", "b.jpg"]
    assert not found.faults


@pytest.mark.parametrize("zeros", [512, 1024, 10240, (1 << 20) - 512, (1 << 20) + 512])
def test_archives_written_one_behind_the_other_are_all_read(at: Path, zeros: int) -> None:
    data = flat(["a.jpg"], end=bytes(zeros)) + flat(["b.jpg"], end=bytes(zeros)) + flat(["c.jpg"])
    found = scan(at, data=data)
    assert found.images == truth(data)[0]
    assert found.names == ["a.jpg", "b.jpg", "c.jpg"]


def test_data_that_looks_like_a_header_is_data(at: Path) -> None:
    inside = header("fake.jpg", 512) + bytes(512)
    data = tar_bytes([Member("a.jpg", inside), Member("readme.txt", inside), AFTER])
    assert scan(at, data=data).names == ["a.jpg", "after.jpg"]


def test_the_last_members_padding_may_be_missing(at: Path) -> None:
    members = [Member("a.jpg", b"1"), Member("b.jpg", b"2")]
    whole = spans(members)[-1].end
    found = scan(at, data=tar_bytes(members)[:whole])
    assert found.names == ["a.jpg", "b.jpg"]
    assert not found.faults
