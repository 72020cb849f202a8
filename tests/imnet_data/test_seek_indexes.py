"""The seek indexes beside a catalogue: made with it, found by it, healed and removed with it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.archives.reading import read
from imnet_data.errors import SeekIndexMissing
from imnet_data.progress import Silent
from tests.factory import Member, tar_bytes

from .archives.packing import KINDS, packed

if TYPE_CHECKING:
    from imnet_data import Catalogue
    from tests.postgres_server import PostgresServer

TENCH = "n01440764"


def write(path: Path, kind: str = "tar.gz", *, count: int = 40, seed: int = 0) -> Path:
    """A compressed tar of pictures, sorted by class."""
    path.parent.mkdir(exist_ok=True)
    pictures = [
        Member(f"train/{TENCH}/{TENCH}_{seed + number}.JPEG", content(seed + number))
        for number in range(count)
    ]
    path.write_bytes(packed(kind, tar_bytes(pictures), piece=50_000))
    return path


def content(number: int) -> bytes:
    return f"{TENCH}_{number}\n".encode() * (100 + number % 7)


def check_readable(catalogue: Catalogue, count: int) -> None:
    images = list(catalogue.images(release="*"))
    assert len(images) == count
    for image in images[::7]:
        assert image.read() == content(int(image.name.rpartition("_")[2]))


def seek_indexes(folder: Path) -> list[str]:
    where = folder / "imagenet.db.seek"
    return sorted(os.listdir(where)) if where.exists() else []


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A catalogue of two compressed tars, in a folder beside it."""
    folder = tmp_path / "data"
    write(folder / "a.tar.gz")
    write(folder / "b.tar.bz2", "tar.bz2", seed=1000)
    path = folder / "imagenet.db"
    with imnet_data.open(path, create=True) as opened:
        assert opened.index([folder / "a.tar.gz", folder / "b.tar.bz2"], release="mine").well
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_indexed_is_read_with_its_seek_index(tmp_path: Path, kind: str) -> None:
    archive = write(tmp_path / f"images.{kind}", kind)
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        report = opened.index(archive)
        assert report.well
        assert opened.archives()[0].container == kind
        check_readable(opened, 40)
        (name,) = seek_indexes(tmp_path)
        assert name.startswith(f"images.{kind}-")


def test_a_catalogue_moved_with_its_folder_reads_on(catalogue: Path, tmp_path: Path) -> None:
    shutil.move(catalogue.parent, tmp_path / "elsewhere")
    with imnet_data.open(tmp_path / "elsewhere" / "imagenet.db") as opened:
        check_readable(opened, 80)


def test_a_place_reads_without_its_catalogue(catalogue: Path) -> None:
    with imnet_data.open(catalogue) as opened:
        places = [image.place for image in list(opened.images(release="*"))[:3]]
    catalogue.unlink()
    assert all(len(read(place)) == place.size for place in places)


def test_a_seek_index_goes_with_the_archive_that_is_relocated(catalogue: Path) -> None:
    folder, new = catalogue.parent, catalogue.parent / "moved"
    new.mkdir()
    shutil.move(folder / "a.tar.gz", new / "c.tar.gz")
    with imnet_data.open(catalogue) as opened:
        opened.relocate(folder / "a.tar.gz", new / "c.tar.gz")
        check_readable(opened, 80)
    assert len(seek_indexes(folder)) == 2


def test_a_seek_index_goes_with_the_archive_that_is_removed(catalogue: Path) -> None:
    with imnet_data.open(catalogue) as opened:
        opened.remove_archive(catalogue.parent / "a.tar.gz")
        check_readable(opened, 40)
        (left,) = seek_indexes(catalogue.parent)
        assert left.startswith("b.tar.bz2-")
        opened.remove_archive(catalogue.parent / "b.tar.bz2")
    assert not (catalogue.parent / "imagenet.db.seek").exists()


def test_an_archive_indexed_anew_leaves_no_old_seek_index(catalogue: Path) -> None:
    archive = write(catalogue.parent / "a.tar.gz", count=50)
    (catalogue.parent / "imagenet.db.seek" / ".x.1.part").write_bytes(b"of a killed run")
    with imnet_data.open(catalogue) as opened:
        (report,) = opened.index(archive, release="mine").archives
        assert report.outcome == "changed"
        check_readable(opened, 90)
    assert len(seek_indexes(catalogue.parent)) == 2


class Heard(Silent):
    """What was begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def begin(self, what: str, total: int | None, unit: str) -> None:
        self.begun.append(what)


@pytest.mark.parametrize("harm", ["gone", "damaged"])
def test_a_seek_index_that_is_lost_is_made_again_by_indexing_the_unchanged_archive(
    catalogue: Path, harm: str
) -> None:
    archive = catalogue.parent / "a.tar.gz"
    (lost,) = (catalogue.parent / "imagenet.db.seek").glob("a.*")
    if harm == "gone":
        lost.unlink()
    else:
        lost.write_bytes(lost.read_bytes()[:-9])
    with imnet_data.open(catalogue) as opened:
        image = opened.image(f"{TENCH}_3")
        with pytest.raises(SeekIndexMissing) as caught:
            image.read()
        assert caught.value.path == str(archive)
        heard = Heard()
        (report,) = opened.index(archive, progress=heard).archives
        assert report.outcome == "unchanged"
        assert heard.begun == ["reading a.tar.gz for its seek index"]
        check_readable(opened, 80)
        assert opened.index(archive, progress=(again := Heard())).well
        assert again.begun == []


def test_a_catalogue_that_can_only_be_read_is_read(catalogue: Path) -> None:
    changed = [catalogue, catalogue.parent, catalogue.parent / "imagenet.db.seek"]
    for path in changed:
        path.chmod(0o555)
    try:
        with imnet_data.open(catalogue) as opened:
            check_readable(opened, 80)
    finally:
        for path in changed:
            path.chmod(0o755)


def test_progress_counts_bytes_of_the_compressed_file(tmp_path: Path) -> None:
    class Counted(Heard):
        total: int | None = 0
        done = 0

        def begin(self, what: str, total: int | None, unit: str) -> None:
            super().begin(what, total, unit)
            self.total = total

        def advance(self, n: int) -> None:
            self.done += n

    archive = write(tmp_path / "a.tar.gz", count=3000)
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        counted = Counted()
        opened.index(archive, progress=counted)
    assert counted.total == archive.stat().st_size
    assert 0 < counted.done <= counted.total


# -- killed

_INDEXER = """
import sys
from imnet_data.indexing import load
load._COMMIT_S = 0.001
import imnet_data
with imnet_data.open(sys.argv[1], create=True) as catalogue:
    catalogue.index(sys.argv[2])
"""


def test_indexing_that_was_killed_goes_on_to_a_whole_seek_index(tmp_path: Path) -> None:
    archive = write(tmp_path / "a.tar.gz", count=9000)
    path = tmp_path / "imagenet.db"
    command = [sys.executable, "-c", _INDEXER, str(path), str(archive)]
    while not images_in(path):
        process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
        while not images_in(path) and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:  # it was quicker than this test
            path.unlink()
    with imnet_data.open(path) as opened:
        assert opened.archives()[0].is_loading
        with pytest.raises(SeekIndexMissing):
            next(iter(opened.images(release="*"))).read()
        report = opened.index(archive)
        assert (report.well, report.archives[0].outcome) == (True, "resumed")
        images = list(opened.images(release="*"))
        assert len(images) == 9000
        for image in images[:: len(images) // 20]:
            assert image.read() == content(int(image.name.rpartition("_")[2]))
    assert len(seek_indexes(tmp_path)) == 1


def images_in(path: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as plain:
            count: int = plain.execute("SELECT count(*) FROM image").fetchone()[0]
            return count
    except sqlite3.OperationalError:  # it is not there yet
        return 0


# -- without the extra

_WITHOUT = """
import sys
sys.modules["rapidgzip"] = None
import imnet_data
with imnet_data.open(sys.argv[1], create=True) as catalogue:
    if sys.argv[2:]:
        print(*catalogue.index(sys.argv[2]).refused.values())
    else:
        print(sum(len(image.read()) for image in catalogue.images(release="*")))
"""


def without_rapidgzip(*arguments: Path) -> str:
    command = [sys.executable, "-c", _WITHOUT, *map(str, arguments)]
    where = Path(__file__).parents[2]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=where).stdout


def test_without_the_extra_a_gzip_is_refused_with_what_to_install_and_the_other_way(
    tmp_path: Path,
) -> None:
    archive = write(tmp_path / "a file.tar.gz", count=3)
    said = without_rapidgzip(tmp_path / "new.db", archive)
    assert "pip install 'imnet-data[containers]'; or unpack it: gunzip --keep '" in said


def test_without_the_extra_what_was_indexed_is_read(catalogue: Path) -> None:
    with imnet_data.open(catalogue) as opened:
        total = opened.stats().bytes
    assert int(without_rapidgzip(catalogue)) == total


def test_those_of_a_catalogue_on_a_server_lie_where_the_user_says(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMNET_DATA_SEEK_INDEXES", str(tmp_path / "seek"))
    archive = write(tmp_path / "data" / "a.tar.gz")
    with imnet_data.open(postgres.database(), create=True) as opened:
        assert opened.index(archive, release="mine").well
        (made,) = (tmp_path / "seek" / f"{opened.uuid}.seek").iterdir()
        assert made.name.startswith("a.tar.gz-")
        check_readable(opened, 40)
        # It may be another writer's, who has not said so yet.
        old, young = made.with_name("old.seek"), made.with_name("young.seek")
        for stale in (old, young):
            stale.touch()
        os.utime(old, (0, 0))
        assert opened.index(archive).well
        assert {path.name for path in made.parent.iterdir()} == {made.name, young.name}
