from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.archives.containers import kind_of, open_scan
from imnet_data.archives.members import is_image
from imnet_data.errors import NotAnArchive
from imnet_data.indexing.stored_text import position_from_text, position_to_text
from tests.factory import filled
from tests.zip_factory import DEFLATED, Entry, end, local, zip_bytes

from .zip_scanning import look

if TYPE_CHECKING:
    from pathlib import Path


def image(name: str, size: int = 700, **more: object) -> Entry:
    raw = name.encode()
    return Entry(raw, filled(name, size), **more)  # type: ignore[arg-type]


def truth(path: Path) -> dict[str, bytes]:
    """Every image by zipfile's account; of a name that is there twice the last one."""
    with zipfile.ZipFile(path) as whole:
        infos = [info for info in whole.infolist() if is_image(info.filename.rpartition("/")[2])]
        return {info.filename.lstrip("/"): whole.read(info) for info in infos}


@pytest.fixture(scope="session")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file that every example writes anew."""
    return tmp_path_factory.mktemp("zips") / "images.zip"


NAMES = st.lists(
    st.text("ab/\xe9\u96ea -", min_size=1, max_size=12).map(lambda text: text + ".JPEG"),
    max_size=8,
    unique=True,
)


@settings(max_examples=25)
@given(NAMES, st.data())
def test_names_sizes_and_bytes_are_those_that_zipfile_wrote(
    where: Path, names: list[str], data: st.DataObject
) -> None:
    written = {}
    with zipfile.ZipFile(where, "w") as whole:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.compress_type = data.draw(
                st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
            )
            content = written[_from_the_top(name)] = data.draw(st.binary(max_size=300))
            with whole.open(info, "w", force_zip64=data.draw(st.booleans())) as member:
                member.write(content)
            if data.draw(st.booleans()):
                whole.writestr(f"{name}.txt", b"beside", zipfile.ZIP_DEFLATED)
        deflated = any(
            info.compress_type for info in whole.infolist() if info.filename.endswith(".JPEG")
        )
        # zipfile itself is led astray by an end within the comment.
        whole.comment = data.draw(st.binary(max_size=40) | st.just(b"PK\5\6" + bytes(18)))
    prefix = data.draw(st.just(b"") | st.binary(max_size=50).map(b"#!/bin/sh\n".__add__))
    where.write_bytes(prefix + where.read_bytes())
    found = look(where)
    assert len(found.names) == len(names)
    assert found.content() == written
    assert not found.faults
    assert found.kind == ("zip-deflated" if deflated else "zip")
    if not deflated:
        whole_file = where.read_bytes()
        for path, place in found.places:
            assert whole_file[place.offset : place.offset + place.size] == written[path]


def _from_the_top(name: str) -> str:
    while name.startswith(("./", "/")):
        name = name.removeprefix("./").lstrip("/")
    return name


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_written_as_a_stream_is_read(at: Path, method: int) -> None:
    """Its local headers have neither sizes nor checksums: those stand behind the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.written = bytearray()

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.written += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as whole:
        for name in ("n1/a.jpg", "n1/b.jpg", "n2/c.jpg"):
            whole.writestr(name, filled(name, 5000))
    found = look(at, bytes(pipe.written))
    assert found.content() == truth(at)
    assert len(found.places) == 3


def test_a_zip_is_direct_as_long_as_no_image_is_deflated(at: Path) -> None:
    stored = [image("a.jpg"), Entry(b"list.txt", b"text" * 50, method=DEFLATED)]
    assert look(at, zip_bytes(*stored)).kind == "zip"
    mixed = look(at, zip_bytes(*stored, image("b.jpg", method=DEFLATED)))
    assert mixed.kind == "zip-deflated"
    assert mixed.content() == {"a.jpg": filled("a.jpg", 700), "b.jpg": filled("b.jpg", 700)}


@pytest.mark.parametrize("kind", ["zip", "zip-deflated"])
@pytest.mark.parametrize("method", [0, DEFLATED])
def test_a_scan_reads_the_side_files_it_was_told_to_yield(at: Path, kind: str, method: int) -> None:
    images = image("val/a.jpg", method=DEFLATED if kind == "zip-deflated" else 0)
    text = Entry(b"val/list.txt", b"PK\3\4 a.jpg n01440764\n" * 9, method=method)
    at.write_bytes(zip_bytes(images, text, Entry(b"val/other.bin", b"no")))
    assert kind_of(str(at)) == kind
    with open_scan(str(at), kind, wanted=lambda base: base.endswith((".jpg", ".txt"))) as scan:
        (run,) = scan.runs()
        assert [scan.read(run, at) for at in (0, 1)] == [images.data, text.data]
        assert scan.findings.ignored == 1


def test_what_is_no_regular_file_is_passed_over_and_counted(at: Path) -> None:
    entries = [
        Entry(b"n1/", mode=0o040755),
        image("n1/a.jpg"),
        image("n1/link.jpg", mode=0o120777),
        image("n1/._a.jpg"),
        image("n1/c.jpg/"),
        image("readme.txt"),
        image("n1/b.jpg", host=0, mode=0),
    ]
    found = look(at, zip_bytes(*entries))
    assert (found.names, found.ignored) == (["n1/a.jpg", "n1/b.jpg"], 4)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (Entry(b"caf\x82/a.jpg"), "caf\xe9/a.jpg"),  # code page 437
        (Entry(b"caf\x82/a.jpg", flags=0x800), "caf\uef82/a.jpg"),  # no UTF-8, though it says so
        (Entry("caf\xe9/a.jpg".encode()), "caf\xe9/a.jpg"),  # macOS
        (Entry("caf\xe9/a.jpg".encode(), flags=0x800), "caf\xe9/a.jpg"),
        (Entry(b"n1\\a.jpg", host=0), "n1/a.jpg"),  # Windows
        (Entry(b"n1\\a.jpg"), "n1\\a.jpg"),  # a Unix file's own name
        (Entry(b"./n1/a.jpg"), "n1/a.jpg"),
        (Entry(b"/n1/a.jpg"), "n1/a.jpg"),
        (Entry(b"n1/a.jpg\0.exe"), "n1/a.jpg"),
        (Entry(b"n1/a\nb.jpg"), "n1/a\nb.jpg"),
    ],
)
@pytest.mark.parametrize("method", [0, DEFLATED])
def test_a_name_is_text_whatever_wrote_it(at: Path, entry: Entry, name: str, method: int) -> None:
    entry = Entry(entry.name, b"\xff\xd8", method, entry.flags, entry.host)
    assert look(at, zip_bytes(image("first.jpg"), entry)).content()[name] == b"\xff\xd8"


def test_a_name_in_a_field_of_its_own_goes_before_the_other(at: Path) -> None:
    """As Info-ZIP writes it where a file system's code page has no such letters."""
    name = "\u96ea.jpg".encode()
    field = b"\1" + zlib.crc32(b"?.jpg").to_bytes(4, "little") + name
    extra = b"up" + len(field).to_bytes(2, "little") + field
    found = look(at, zip_bytes(Entry(b"?.jpg", b"snow", extra=extra)))
    assert found.content() == {"\u96ea.jpg": b"snow"}
    stale = b"up" + len(field).to_bytes(2, "little") + b"\1\0\0\0\0" + name
    assert look(at, zip_bytes(Entry(b"a.jpg", extra=stale))).names == ["a.jpg"]


def test_a_listing_in_another_order_reads_the_right_bytes(at: Path) -> None:
    entries = [image(f"{number}.jpg", 300 + number) for number in range(20)]
    order = [7, 3, 19, 0, *range(8, 19), 6, 5, 4, 2, 1]
    found = look(at, zip_bytes(*entries, order=order))
    assert found.names == [f"{number}.jpg" for number in order]
    assert found.content() == {entry.name.decode(): entry.data for entry in entries}


def test_a_name_that_is_there_twice_is_found_twice(at: Path) -> None:
    found = look(at, zip_bytes(image("a.jpg", 10), Entry(b"a.jpg", b"second")))
    assert [place.size for _, place in found.places] == [10, 6]


def test_members_with_other_extra_bytes_in_their_own_headers_are_found(at: Path) -> None:
    """One header of each shape is read: padding as zipalign's differs from member to member."""
    entries = [
        image(f"{number}.jpg", 90 + number, local_extra=bytes(number % 5)) for number in range(40)
    ]
    assert look(at, zip_bytes(*entries)).content() == {
        entry.name.decode(): entry.data for entry in entries
    }


def test_bytes_between_members_are_no_part_of_them(at: Path) -> None:
    entries = [
        image("a.jpg", local_extra=b"\1\0\0\0"),
        image("b.jpg", behind=b"junk" * 4),
        image("c.jpg", behind=b"ju"),
    ]
    assert look(at, zip_bytes(*entries)).content() == {
        entry.name.decode(): entry.data for entry in entries
    }


def test_more_members_than_the_old_count_holds_are_all_found(at: Path) -> None:
    """They fill several windows of the list; without zip64's end the count begins anew."""
    names = [f"n{number // 900}/{number}.jpg" for number in range(65_600)]
    entries = (Entry(name.encode(), name.encode()) for name in names)
    found = look(at, zip_bytes(*entries))
    assert (found.kind, found.names, found.faults) == ("zip", names, [])
    data = at.read_bytes()
    for name, place in found.places:
        assert data[place.offset : place.offset + place.size] == name.encode()


@pytest.mark.parametrize("prefix", [b"", b"#!/bin/sh\n" * 9])
@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("wide_end", [False, True])
def test_zip64_and_bytes_before_the_archive_go_together(
    at: Path, prefix: bytes, *, wide: bool, wide_end: bool
) -> None:
    entries = [image(f"{number}.jpg", wide=wide) for number in range(4)]
    found = look(at, zip_bytes(*entries, prefix=prefix, wide_end=wide_end, comment=b"PK\5\6" * 9))
    assert found.content() == {entry.name.decode(): entry.data for entry in entries}
    assert found.faults == []


def test_a_scan_goes_on_where_an_earlier_one_stood(at: Path) -> None:
    entries = [
        image(f"n{number // 4}/{number}.{'jpg' if number % 3 else 'txt'}") for number in range(40)
    ]
    whole = look(at, zip_bytes(*entries))
    for done, position in whole.stops:
        assert position is not None
        rest = look(at, start=position_from_text(position_to_text(position)))
        assert rest.names == whole.names[done:]
        assert not rest.faults
    assert sum("txt" in entry.name.decode() for entry in entries) == whole.ignored


def test_offsets_beyond_four_gigabytes_are_found(at: Path) -> None:
    """A list whose offsets and sizes all stand in zip64's field, as Go writes it."""
    entries = [
        image(f"{number}.jpg", wide=number % 2 == 0, extra=b"UT\1\0\0" * (number % 3))
        for number in range(30)
    ]
    found = look(at, zip_bytes(*entries))
    assert found.content() == {entry.name.decode(): entry.data for entry in entries}


def test_an_archive_of_macos_beyond_four_gigabytes_is_read(at: Path) -> None:
    """Archive Utility writes no zip64: its offsets begin again from 0 every 4 GiB."""
    entries = [image(f"{number}.jpg") for number in range(5)]
    starts = [0, 1 << 31, (1 << 32) + 5000, 3 << 31, (1 << 33) + 300]
    listed = zip_bytes(*entries)
    listed = listed[listed.index(b"PK\1\2") : listed.index(b"PK\5\6")]
    with at.open("wb") as file:  # holes take no room on the disk
        directory = b""
        for entry, start, rest in zip(entries, starts, listed.split(b"PK\1\2")[1:], strict=True):
            file.seek(start)
            file.write(local(entry))
            low = (start % (1 << 32)).to_bytes(4, "little")
            directory += b"PK\1\2" + rest[:38] + low + rest[42:]
        file.write(directory + end(len(entries), len(directory), file.tell() % (1 << 32)))
    found = look(at)
    assert found.faults == []
    assert found.content() == {entry.name.decode(): entry.data for entry in entries}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"flags": 1}, "encrypted; unpack the archive and index the folder: unzip "),
        ({"flags": 1, "method": 99}, "encrypted; unpack the archive and index the folder: 7z x "),
        ({"method": 9}, "compressed by Deflate64; unpack the archive and index the folder: unzip "),
        ({"method": 12}, "compressed by bzip2; unpack the archive and index the folder: unzip "),
        ({"method": 14}, "compressed by LZMA; unpack the archive and index the folder: 7z x "),
        ({"method": 93}, "compressed by Zstandard; unpack the archive and index the folder: 7z x "),
        ({"method": 98}, "compressed by PPMd; unpack the archive and index the folder: 7z x "),
        ({"method": 77}, "compressed by method 77; unpack the archive and index the folder: 7z x "),
        ({"disk": 2}, "in another part of the archive; join them first: zip -s 0 "),
        ({"claimed": 9}, "damaged; its list of contents gives two sizes"),
    ],
)
def test_members_that_cannot_be_read_are_one_fault_and_stay_out(
    at: Path, more: dict[str, int], words: str
) -> None:
    odd = [image(f"n1/{number}.jpg", **more) for number in range(3)]
    found = look(at, zip_bytes(image("a.jpg"), *odd, image("list.txt", **more), image("z.jpg")))
    assert (found.kind, found.names, found.severe) == ("zip", ["a.jpg", "z.jpg"], True)
    (fault,) = found.faults
    what, advice = words.split("; ")
    assert fault.startswith(f"3 members are {what}, the first of them n1/0.jpg; {advice}")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_of_zipfile_are_told_and_not_read_wrongly(at: Path, method: int) -> None:
    with zipfile.ZipFile(at, "w", method) as whole:
        whole.writestr("a.jpg", filled("a", 900))
    found = look(at)
    assert found.names == []
    assert found.severe


def test_a_zip_with_an_archive_alone_says_how_to_take_it_out(tmp_path: Path) -> None:
    path = tmp_path / "kaggle download.zip"
    inner = "imagenet_object_localization_patched2019.tar.gz"
    path.write_bytes(zip_bytes(Entry(inner.encode()), Entry(b"LOC_synset_mapping.txt")))
    with pytest.raises(NotAnArchive) as caught:
        kind_of(str(path))
    command = f"unzip '{path}' {inner} -d '{tmp_path}/kaggle download'"
    assert caught.value.reason == (
        f"it holds no image but an archive, {inner}; take it out first: {command}"
    )
    path.write_bytes(zip_bytes(*(Entry(b"n%d.zip" % number) for number in range(1000))))
    with pytest.raises(NotAnArchive, match=r"1,000 archives, of which n0\.zip is the first"):
        kind_of(str(path))


def test_a_zip_of_boxes_or_of_nothing_is_a_zip(at: Path) -> None:
    boxes = look(at, zip_bytes(image("dogs/a.xml", method=DEFLATED)))
    assert (boxes.kind, boxes.names, boxes.ignored, boxes.faults) == ("zip", [], 1, [])
    nothing = look(at, zip_bytes())
    assert (nothing.names, nothing.faults) == ([], [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zip_bytes(image("a.jpg"))[:-40], "it ends before its list of contents: the download is"),
        (b"PK\3\4", "it ends before its list of contents"),
        (zip_bytes(image("a.jpg"))[:-14] + bytes(14), "it ends before its list of contents"),
        (b"PK\7\x08" + zip_bytes(image("a.jpg"))[:200], "one of several parts"),
        (zip_bytes(image("a.jpg"))[:-18] + b"\3\0\3\0" + zip_bytes(image("a.jpg"))[-14:],
         "the last of 4 parts of an archive; join them first: zip -s 0 "),
    ],
)  # fmt: skip
def test_a_zip_that_is_not_whole_is_refused_with_the_reason(
    at: Path, content: bytes, reason: str
) -> None:
    at.write_bytes(content)
    with pytest.raises(NotAnArchive, match=reason):
        kind_of(str(at))


def test_a_part_that_7_zip_cut_says_how_to_join_them(tmp_path: Path) -> None:
    part = tmp_path / "train.zip.001"
    part.write_bytes(zip_bytes(image("a.jpg"))[:100])
    with pytest.raises(NotAnArchive, match=r"cat \S+/train\.zip\.\* > \S+/train\.zip$"):
        kind_of(str(part))


@pytest.mark.parametrize(
    "arguments",
    [["-q", "-0"], ["-q"], ["-q", "-n", ".jpg"], ["-q", "-fz"], ["-q", "-fd"], ["-q", "-0", "-fz"]],
    ids=" ".join,
)
@pytest.mark.skipif(shutil.which("zip") is None, reason="no Info-ZIP here")
def test_what_info_zip_writes_is_read(tmp_path: Path, arguments: list[str]) -> None:
    for name in ("n1/a.jpg", "n1/b.jpg", "n2/\xe9\u96ea.jpg", "n2/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(filled(name, 3000))
    made = tmp_path / "made.zip"
    subprocess.run(["zip", "-r", *arguments, str(made), "n1", "n2"], cwd=tmp_path, check=True)
    found = look(made)
    assert found.content() == {
        name: filled(name, 3000) for name in ("n1/a.jpg", "n1/b.jpg", "n2/\xe9\u96ea.jpg")
    }
    assert (found.ignored, found.faults) == (1, [])
    assert found.kind == ("zip" if {"-0", "-n"} & set(arguments) else "zip-deflated")


@pytest.mark.skipif(shutil.which("7z") is None, reason="no 7z here")
@pytest.mark.parametrize("method", ["Copy", "Deflate"])
def test_what_7z_writes_is_read(tmp_path: Path, method: str) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(filled(name, 3000))
    made = tmp_path / "made.zip"
    command = ["7z", "a", f"-mm={method}", str(made), "a.jpg", "b.jpg"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert look(made).content() == {name: filled(name, 3000) for name in ("a.jpg", "b.jpg")}
