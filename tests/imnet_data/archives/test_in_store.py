"""Archives in a bucket, scanned and read in place: the same as of the same file on a disk."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.archives.containers import kind_of, open_scan
from imnet_data.archives.reading import Place, read
from imnet_data.archives.together import read_together
from imnet_data.errors import (
    ArchiveChanged,
    ArchiveMissing,
    ArchiveReplaced,
    LoginNeeded,
    NotAnArchive,
    StoreFailed,
)
from tests.factory import END, filled, flat, tar_bytes
from tests.imnet_data.archives.packing import KINDS, packed
from tests.s3_server import KEY, S3Server, s3
from tests.zip_factory import Entry, zip_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.archives.members import Position

BUCKET = "imagenet"


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3(BUCKET, {}) as running, pytest.MonkeyPatch.context() as patch:
        for name, value in running.environment.items():
            patch.setenv(name, value)
        yield running


def nested(classes: int, images: int, size: int = 900) -> bytes:
    inner = [
        (f"n{at:08d}.tar", flat([f"n{at:08d}_{n}.JPEG" for n in range(images)], size=size))
        for at in range(1, classes + 1)
    ]
    return _tarred(inner)


def _tarred(members: list[tuple[str, bytes]], form: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for at, (name, data) in enumerate(members):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), at + 0.5
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def seen(path: str, start: Position | None = None) -> tuple[Any, ...]:
    """All that a scan tells of an archive."""
    images = []
    kind = kind_of(path)
    with open_scan(path, kind, start=start) as scan:
        for run in scan.runs():
            images += list(
                zip(
                    [run.directory] * len(run.names), run.names, run.offsets, run.sizes, strict=True
                )
            )
        return kind, images, scan.findings, scan.inner_names


SHAPES = {
    "a tar of tars": nested(5, 30),
    "a flat tar": flat([f"a/{n}.jpg" for n in range(300)], size=3000),
    "pax headers and labels": _tarred(
        [(f"{n:04d}.{end}", b"7" * 9) for n in range(90) for end in ("jpg", "cls")],
        tarfile.PAX_FORMAT,
    ),
    "long names": _tarred([(f"{'d' * 120}/{n}.jpg", b"x" * 700) for n in range(5)]),
    "two tars, one behind the other": flat(["a.jpg"]) + flat(["b.jpg"]),
    "a tar that breaks off": nested(3, 10)[:-30_000],
    "a tar with damage": flat(["a.jpg", "b.jpg"], end=b"")
    + b"nothing of a tar".ljust(1024, b"!")
    + flat(["c.jpg"]),
    "an empty tar": END,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tar_in_a_bucket_scans_as_on_a_disk(shape: str, server: S3Server, tmp_path: Path) -> None:
    data = SHAPES[shape]
    (tmp_path / "a.tar").write_bytes(data)
    server.objects["a.tar"] = data
    here, there = seen(str(tmp_path / "a.tar")), seen(f"s3://{BUCKET}/a.tar")
    assert there == here


def test_a_scan_goes_on_in_the_middle_of_an_inner_tar(server: S3Server, tmp_path: Path) -> None:
    data = nested(2, 2100, size=9)
    (tmp_path / "a.tar").write_bytes(data)
    server.objects["deep.tar"] = data
    with open_scan(str(tmp_path / "a.tar"), "tar") as scan:
        position = next(iter(scan.runs())).next_position
    assert position is not None
    assert len(position.levels) == 2
    far, near = seen(f"s3://{BUCKET}/deep.tar", position), seen(str(tmp_path / "a.tar"), position)
    assert far[1:] == near[1:]
    assert len(far[1]) == 2 * 2100 - 2048


def test_only_headers_of_a_tar_are_asked_for(server: S3Server, counted: list[int]) -> None:
    server.objects["big.tar"] = flat([f"{n}.jpg" for n in range(50)], size=30_000)
    with open_scan(f"s3://{BUCKET}/big.tar", "tar") as scan:
        assert sum(len(run.names) for run in scan.runs()) == 50
    assert sum(counted) < 60 * 512 + 20_000
    assert len(counted) < 60


@pytest.fixture
def counted(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes of each range that the store was asked for."""
    from imnet_data.files.remote_file import RemoteFile

    asked: list[int] = []
    plain = RemoteFile.read_at

    def read_at(self: RemoteFile, size: int, offset: int, /) -> bytes:
        asked.append(size)
        return plain(self, size, offset)

    monkeypatch.setattr(RemoteFile, "read_at", read_at)
    return asked


@pytest.mark.parametrize("kind", ["zip", "zip-deflated", *KINDS])
def test_other_containers_scan_and_read_as_on_a_disk(
    kind: str, server: S3Server, tmp_path: Path
) -> None:
    if kind in KINDS:
        data = packed(kind, flat([f"a/{n}.jpg" for n in range(40)], size=5000))
    else:
        method = 0 if kind == "zip" else 8
        data = zip_bytes(
            *(Entry(f"a/{n}.jpg".encode(), filled(f"{n}.jpg", 900), method) for n in range(40))
        )
    name = f"set.{kind}"
    (tmp_path / name).write_bytes(data)
    server.objects[name] = data
    here, there = (
        _read_all(str(tmp_path / name), tmp_path),
        _read_all(f"s3://{BUCKET}/{name}", tmp_path),
    )
    assert there == here
    assert len(there[1]) == 40


def _read_all(path: str, beside: Path) -> tuple[str, dict[str, bytes]]:
    kind = kind_of(path)
    seek_index = str(beside / "index.seek") if kind in KINDS else None
    from imnet_data.files.status import status

    size, found = status(path).size, {}
    with open_scan(path, kind, seek_index=seek_index) as scan:
        for run in scan.runs():
            for name, offset, length in zip(run.names, run.offsets, run.sizes, strict=True):
                found[name] = Place(path, offset, length, size, name, kind, seek_index)
    return kind, {name: read(place) for name, place in found.items()}


def test_parquet_in_a_bucket_reads_as_on_a_disk(server: S3Server, tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [{"bytes": filled(f"{n}.jpg", 900), "path": f"{n}.jpg"} for n in range(30)]
    parquet.write_table(
        arrow.table({"image": rows, "label": list(range(30))}), tmp_path / "a.parquet"
    )
    server.objects["a.parquet"] = (tmp_path / "a.parquet").read_bytes()
    here = _read_all(str(tmp_path / "a.parquet"), tmp_path)
    assert _read_all(f"s3://{BUCKET}/a.parquet", tmp_path) == here
    assert len(here[1]) == 30


def test_images_below_a_prefix_are_a_folder(server: S3Server, tmp_path: Path) -> None:
    files = {f"tree/n0{c}/{n}.jpg": filled(str(n), 50 + n) for c in range(2) for n in range(3)}
    files |= {"tree/readme.txt": b"hello", "tree/n00/.hidden": b"", "tree/n01/more/x.JPEG": b"x"}
    server.objects.update(files)
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    here, there = seen(str(tmp_path / "tree")), seen(f"s3://{BUCKET}/tree/")
    assert there == here
    place = Place(f"s3://{BUCKET}/tree/n01/2.jpg", 0, 52, 52, container="folder")
    assert read(place) == files["tree/n01/2.jpg"]


# -- reading


def places_of(url: str) -> list[Place]:
    _, images, *_ = seen(url)
    from imnet_data.files.status import status

    size = status(url).size
    return [Place(url, offset, length, size, name) for _, name, offset, length in images]


def test_images_that_lie_together_are_one_request(server: S3Server, counted: list[int]) -> None:
    server.objects["t.tar"] = flat([f"{n}.jpg" for n in range(20)], size=3000)
    places = places_of(f"s3://{BUCKET}/t.tar")
    counted.clear()
    found = read_together(places[::-1])
    assert found == [filled(f"{n}.jpg", 3000) for n in reversed(range(20))]
    assert len(counted) == 1


def test_one_wrong_header_among_images_costs_that_image(server: S3Server) -> None:
    server.objects["w.tar"] = flat([f"{n}.jpg" for n in range(4)], size=600)
    places = places_of(f"s3://{BUCKET}/w.tar")
    other = Place(places[1].path, places[1].offset, 600, places[1].file_size, "other.jpg")
    found = read_together([places[0], other, places[2]])
    assert isinstance(found[1], ArchiveChanged)
    assert "other.jpg is no longer at byte" in str(found[1])
    assert [found[0], found[2]] == [filled("0.jpg", 600), filled("2.jpg", 600)]


def test_an_object_that_is_replaced_while_it_is_open_is_told(server: S3Server) -> None:
    server.objects["r.tar"] = flat(["0.jpg", "1.jpg"], size=600)
    place = places_of(f"s3://{BUCKET}/r.tar")[1]
    assert read(place) == filled("1.jpg", 600)
    server.objects["r.tar"] = flat(["0.jpg", "2.jpg"], size=600)
    with pytest.raises(ArchiveReplaced, match="another object came into its place"):
        read(place)
    with pytest.raises(ArchiveChanged, match=r"1\.jpg is no longer at byte"):
        read(place)
    server.objects["r.tar"] = flat(["0.jpg", "1.jpg", "2.jpg"], size=600)
    with pytest.raises(ArchiveChanged):
        read(place)
    del server.objects["r.tar"]
    with pytest.raises((ArchiveMissing, ArchiveReplaced)):
        read(place)
    with pytest.raises(ArchiveMissing, match=r"r\.tar does not exist"):
        read(place)


def test_an_object_that_is_replaced_while_it_is_scanned_is_told(server: S3Server) -> None:
    server.objects["s.tar"] = nested(2, 100, size=20_000)
    with open_scan(f"s3://{BUCKET}/s.tar", "tar") as scan:
        server.objects["s.tar"] = nested(2, 100, size=20_001)
        with pytest.raises(OSError, match="was replaced while it was read"):
            list(scan.runs())


def test_a_request_that_breaks_off_is_made_again(server: S3Server) -> None:
    server.objects["f.tar"] = flat([f"{n}.jpg" for n in range(5)])
    server.failures = 2
    assert len(seen(f"s3://{BUCKET}/f.tar")[1]) == 5


# -- refusals


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("page.tar", b"<!DOCTYPE html><html>" + bytes(600), "HTML page"),
        ("empty.tar", b"", "the file is empty"),
        ("cut.zip", zip_bytes(Entry(b"a.jpg", b"x"))[:-10], "before its list of contents"),
        ("cut.parquet", b"PAR1" + bytes(600), "before its footer"),
    ],
)
def test_what_is_no_archive_is_told_in_a_sentence(
    name: str, data: bytes, sentence: str, server: S3Server
) -> None:
    server.objects[name] = data
    with pytest.raises(NotAnArchive, match=sentence):
        kind_of(f"s3://{BUCKET}/{name}")


def test_nothing_there_and_no_bucket_are_told(server: S3Server) -> None:
    for url in (f"s3://{BUCKET}/none.tar", "s3://nobucket/a.tar"):
        with pytest.raises(ArchiveMissing, match=f"{url} does not exist"):
            kind_of(url)


def test_refused_keys_are_no_fault_of_an_archive(
    server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.objects["k.tar"] = flat(["0.jpg"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY[::-1])
    with pytest.raises(LoginNeeded):
        kind_of(f"s3://{BUCKET}/k.tar")


def test_a_store_that_fails_says_nothing_of_images(
    server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.objects["o.tar"] = tar_bytes([])
    place = Place(f"s3://{BUCKET}/o.tar", 512, 600, 10, "0.jpg")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("imnet_data.files.tries._FIRST_S", 0.0)
    with pytest.raises(StoreFailed):
        read_together([place])
