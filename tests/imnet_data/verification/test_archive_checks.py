"""What is told of an archive's file by a look at it, and by reading its bytes."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.db import findings, inspections
from imnet_data.db.engine import writing
from imnet_data.errors import RegistryRefused
from imnet_data.origins import ChunkDigests, Origin
from imnet_data.verification.archives.checks import check_archives
from imnet_data.verification.archives.digests import bad_stretches
from imnet_data.verification.levels import Level
from tests.factory import Member, flat, tar_bytes
from tests.imnet_data.fetching.tars_of_tars import DOGS, tar_of_tars
from tests.imnet_data.indexing.test_partial import fetched_in_part
from tests.imnet_data.verification.looking import storage_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from imnet_data.catalogue import Catalogue

GRAIN = 4096
NAMES = [f"ILSVRC2012_val_{number:08d}.JPEG" for number in range(1, 21)]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as made:
        yield made


@pytest.fixture
def val(tmp_path: Path, catalogue: Catalogue) -> Path:
    path = tmp_path / "ILSVRC2012_img_val.tar"
    path.write_bytes(flat(NAMES))
    catalogue.index(path)
    return path


def told(catalogue: Catalogue, level: Level = Level.QUICK) -> dict[str, str]:
    """Codes with their details, of the one archive there is."""
    (info,) = catalogue.archives()
    found = check_archives(storage_of(catalogue), [info], level=level)
    return {one.code: one.detail for one in found[info.id]}


def rotten(path: Path, *places: int) -> None:
    """Other bytes at some places, as a failing disk has them: neither size nor time changes."""
    status = path.stat()
    with path.open("r+b") as file:
        for place in places:
            file.seek(place)
            (byte,) = file.read(1)
            file.seek(place)
            file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def fetched(catalogue: Catalogue, path: Path, *, holes: tuple[int, ...] = ()) -> None:
    """Note an archive's present bytes as those that were fetched, stretch by stretch."""
    data = path.read_bytes()
    stretches = [data[at : at + GRAIN] for at in range(0, len(data), GRAIN)]
    digests = [
        bytes(16) if number in holes else hashlib.sha256(part).digest()[:16]
        for number, part in enumerate(stretches)
    ]
    chunks = ChunkDigests(GRAIN, b"".join(digests))
    catalogue.note_origin(path, Origin("https://host.example.org/val.tar", None, chunks))


def test_nothing_is_told_of_an_archive_that_lies_as_it_was_indexed(
    catalogue: Catalogue, val: Path
) -> None:
    assert told(catalogue, Level.DECODE) == {}
    assert val.exists()


def _gone(path: Path) -> None:
    path.unlink()


def _grown(path: Path) -> None:
    path.write_bytes(path.read_bytes() + bytes(512))


def _cut(path: Path) -> None:
    os.truncate(path, 5000)


def _rewritten(path: Path) -> None:
    os.utime(path, ns=(0, 0))


def _made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (_gone, "archive-missing", "nothing is there"),
        (_grown, "archive-changed", "bytes, and had"),
        (_cut, "archive-truncated", "it has 5,000 bytes, and had"),
        (_rewritten, "archive-changed", "its size is the same"),
        (_made_a_folder, "archive-changed", "it was a file"),
    ],
)
def test_what_became_of_a_file_since_it_was_indexed_is_told_once(
    catalogue: Catalogue, val: Path, change: Callable[[Path], None], code: str, words: str
) -> None:
    change(val)
    found = told(catalogue, Level.DIGEST)
    assert list(found) == [code]
    assert words in found[code]


def test_a_folder_is_changed_when_a_file_in_it_is(tmp_path: Path, catalogue: Catalogue) -> None:
    files = [tmp_path / "photos" / wnid / f"{wnid}_1.JPEG" for wnid in ("n01440764", "n01443537")]
    for file in files:
        file.parent.mkdir(parents=True)
        file.write_bytes(b"tench")
    catalogue.index(tmp_path / "photos")
    assert told(catalogue) == {}
    os.utime(files[0], ns=(0, 0))
    assert list(told(catalogue)) == ["archive-changed"]
    files[0].unlink()
    assert "its images have 5 bytes, and had 10" in told(catalogue)["archive-changed"]


def test_a_tar_that_broke_off_before_it_was_indexed_is_truncated_and_not_faulty_too(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "ILSVRC2012_img_val.tar"
    path.write_bytes(flat(NAMES)[:10_000])
    catalogue.index(path)
    found = told(catalogue)
    assert list(found) == ["archive-truncated"]
    assert "ends at byte 10,000, in the middle of" in found["archive-truncated"]


def test_a_tar_with_a_damaged_header_is_faulty(tmp_path: Path, catalogue: Catalogue) -> None:
    data = bytearray(flat(NAMES))
    data[3 * 1536 : 3 * 1536 + 512] = b"\xff" * 512
    (tmp_path / "ILSVRC2012_img_val.tar").write_bytes(data)
    catalogue.index(tmp_path / "ILSVRC2012_img_val.tar")
    found = told(catalogue)
    assert list(found) == ["archive-faulty"]
    assert "damaged at byte 4,608" in found["archive-faulty"]


def test_a_tar_of_which_some_classes_were_fetched_is_a_part(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    catalogue.index(fetched_in_part(tmp_path, tar_of_tars(), DOGS))
    found = told(catalogue, Level.DIGEST)
    assert list(found) == ["archive-partial"]
    assert "inner tars are here" in found["archive-partial"]


def test_a_name_that_comes_twice_in_one_archive_is_named(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    twice = tmp_path / "ILSVRC2012_img_val.tar"
    names = [NAMES[0], NAMES[1], NAMES[0], NAMES[1], NAMES[1]]
    twice.write_bytes(tar_bytes(Member(name, bytes([at])) for at, name in enumerate(names)))
    catalogue.index(twice)
    assert told(catalogue) == {"name-twice": "ILSVRC2012_val_00000001, and 2 more"}


def test_a_second_archive_of_the_same_images_has_no_name_twice(
    tmp_path: Path, catalogue: Catalogue, val: Path
) -> None:
    copy = tmp_path / "copy" / val.name
    copy.parent.mkdir()
    copy.write_bytes(val.read_bytes())
    catalogue.index(copy)
    found = check_archives(storage_of(catalogue), catalogue.archives(), level=Level.QUICK)
    assert list(found.values()) == [[], []]


# -- bytes


def test_rotten_bytes_are_found_by_their_stretches_and_named(
    catalogue: Catalogue, val: Path
) -> None:
    fetched(catalogue, val)
    size = val.stat().st_size
    rotten(val, GRAIN + 7, 2 * GRAIN, size - 1)
    (info,) = catalogue.archives()
    last = size // GRAIN * GRAIN
    assert told(catalogue) == {}
    assert (
        f"{GRAIN:,} to {3 * GRAIN - 1:,}, {last:,} to {size - 1:,}"
        in told(catalogue, Level.DIGEST)["archive-checksum"]
    )
    for workers in (0, 2):
        assert bad_stretches(storage_of(catalogue), info, workers=workers) == [
            (GRAIN, 2 * GRAIN),
            (last, size - last),
        ]


def test_a_stretch_that_was_never_fetched_is_not_judged(catalogue: Catalogue, val: Path) -> None:
    fetched(catalogue, val, holes=(1,))
    rotten(val, GRAIN + 7)
    assert told(catalogue, Level.DIGEST) == {}


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_the_whole_file_is_held_against_the_checksum_that_it_came_with(
    catalogue: Catalogue, val: Path, algorithm: str
) -> None:
    right = hashlib.new(algorithm, val.read_bytes()).hexdigest()
    catalogue.note_origin(val, Origin("https://host.example.org/", f"{algorithm}:{right}"))
    assert told(catalogue, Level.DIGEST) == {}
    rotten(val, 700)
    wrong = hashlib.new(algorithm, val.read_bytes()).hexdigest()
    assert told(catalogue, Level.DIGEST) == {
        "archive-checksum": f"its {algorithm} is {wrong}, and when it was fetched it was {right}"
    }


def test_a_file_of_a_published_name_and_size_is_held_against_what_is_published(
    tmp_path: Path, catalogue: Catalogue, val: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = tmp_path / "archives.toml"
    monkeypatch.setenv("IMNET_DATA_REGISTRY", str(registry))
    entry = '[ilsvrc2012.val]\nfile = "{}"\nbytes = {}\nmd5 = "{}"\nsha256 = "{}"\n'
    other = "0" * 64
    for file, size, is_found in (
        (val.name, val.stat().st_size, True),
        (val.name, val.stat().st_size + 1, False),
        ("other.tar", val.stat().st_size, False),
    ):
        registry.write_text(entry.format(file, size, "0" * 32, other))
        assert ("archive-checksum" in told(catalogue, Level.DIGEST)) is is_found
    registry.write_text("nonsense")
    with pytest.raises(RegistryRefused):
        told(catalogue, Level.DIGEST)


def test_bytes_that_were_compared_are_not_read_again_until_the_file_changes(
    catalogue: Catalogue, val: Path
) -> None:
    fetched(catalogue, val)
    rotten(val, 700)
    first = told(catalogue, Level.DIGEST)
    (info,) = catalogue.archives()
    signature = str(val.stat().st_mtime_ns)
    with writing(storage_of(catalogue)) as connection:
        inspections.note_archive(connection, info.id, signature, Level.DIGEST)
        findings.replace_archive_findings(connection, info.id, first, first.items())
    rotten(val, 700)  # right again, unseen
    assert told(catalogue, Level.DIGEST) == told(catalogue, Level.QUICK) == first
    os.utime(val, ns=(0, 0))
    assert list(told(catalogue, Level.DIGEST)) == ["archive-changed"]
