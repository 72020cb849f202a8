"""Whole runs: what is planted is found, once is enough, and what cannot be reached is said."""

from __future__ import annotations

import os
import shutil
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

import imnet_data
from imnet_data.errors import WorkersDie
from imnet_data.progress import Silent
from imnet_data.verification import looking, recording, verify, walk
from imnet_data.verification.levels import Level
from tests.imnet_data.indexing.trees import GOLDFISH, TENCH
from tests.imnet_data.verification.making import jpeg
from tests.imnet_data.verification.planted import (
    AT_DIGEST,
    PACKINGS,
    PLANTED,
    files,
    pack_folder,
    pack_tar,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.catalogue import Catalogue
    from imnet_data.verification.spans import Looked


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        yield opened


def found(catalogue: Catalogue, **asked: object) -> dict[str, str]:
    """Codes by image, of what was found in the images' own bytes."""
    return {
        one.image: one.code
        for one in catalogue.findings(**asked)  # type: ignore[arg-type]
        if one.image is not None
    }


def of_archives(catalogue: Catalogue) -> list[str]:
    return [one.code for one in catalogue.findings() if one.archive and one.image is None]


def overwrite(path: Path, at: int, data: bytes) -> None:
    """Damage a file so that neither its size nor its time tells."""
    status = path.stat()
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("packing", PACKINGS)
def test_the_planted_faults_and_no_others_are_found_in_every_container(
    packing: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    catalogue.index(PACKINGS[packing](tmp_path, files()))
    quick = catalogue.verify()
    assert (quick.images, found(catalogue)) == (16, {})
    report = catalogue.verify(level="digest", workers=0)
    assert found(catalogue) == AT_DIGEST
    assert (report.looked_at, report.unchanged, report.out_of_reach) == (16, 0, 0)
    report = catalogue.verify(level="decode", workers=0)
    assert found(catalogue) == PLANTED
    assert (report.looked_at, report.broken_images) == (16, 5)
    again = catalogue.verify(level="decode", workers=0)
    assert (again.looked_at, again.unchanged, again.codes) == (0, 16, report.codes)


def test_a_level_includes_what_a_cheaper_one_would_look_at(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    catalogue.index(pack_tar(tmp_path, files()))
    catalogue.verify(level="decode", workers=0)
    assert catalogue.verify(level="digest", workers=0).unchanged == 16


def test_only_what_is_asked_for_is_looked_at(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.index(pack_tar(tmp_path, files()))
    report = catalogue.verify(TENCH, level="decode", workers=0)
    assert (report.images, report.looked_at, report.broken_images) == (8, 8, 2)
    assert set(found(catalogue)) == {name for name in PLANTED if name.startswith(TENCH)}
    report = catalogue.verify(level="decode", workers=0)
    assert (report.looked_at, report.unchanged) == (8, 8)
    with pytest.raises(ValueError, match="quick, digest, decode"):
        catalogue.verify(level="deep")


@pytest.mark.parametrize("packing", ["tar", "zip", "zip-deflated"])
def test_quick_sees_that_headers_are_no_longer_where_they_were(
    packing: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = PACKINGS[packing](tmp_path, {f"{TENCH}/{TENCH}_{n}.JPEG": jpeg(n) for n in range(8)})
    catalogue.index(path)
    catalogue.verify(level="decode", workers=0)
    places = [one.place.offset for one in catalogue.images()]
    before = {"tar": 512, "zip": 120, "zip-deflated": 0}  # where its header stands
    overwrite(path, places[5] - before[packing], bytes(120))
    report = catalogue.verify()
    assert found(catalogue) == {f"{TENCH}_5": "moved"}
    assert (report.codes["moved"], report.broken_images) == (1, 1)
    # Its digest was of bytes that it may no longer have.
    assert catalogue.verify(level="digest", workers=0).looked_at == 1


def test_an_archive_that_is_gone_is_said_once_and_the_others_are_looked_at(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    for part in ("a", "b"):
        (tmp_path / part).mkdir()
        members = {f"{TENCH}/{TENCH}_{part}{n}.JPEG": jpeg(n) for n in range(4)}
        catalogue.index(pack_tar(tmp_path / part, members), release="own")
    (tmp_path / "a" / "train.tar").unlink()
    report = catalogue.verify(level="decode", workers=0)
    assert (report.looked_at, report.out_of_reach, report.archives) == (4, 4, 2)
    assert of_archives(catalogue) == ["archive-missing"]


def test_an_archive_that_goes_away_meanwhile_is_said_once(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walk._IMAGES, Level.DIGEST, 2)
    path = pack_tar(tmp_path, files())
    catalogue.index(path)

    class Unplugs(Silent):
        def advance(self, n: int) -> None:
            path.unlink(missing_ok=True)

    report = catalogue.verify(level="digest", workers=0, progress=Unplugs())
    assert of_archives(catalogue) == ["archive-missing"]
    assert report.looked_at + report.out_of_reach == 16


def test_a_changed_file_makes_what_was_found_void(catalogue: Catalogue, tmp_path: Path) -> None:
    path = pack_tar(tmp_path, files())
    catalogue.index(path)
    catalogue.verify(level="decode", workers=0)
    pack_tar(tmp_path, {name: jpeg(at + 40) for at, name in enumerate(files())})
    report = catalogue.verify(level="decode", workers=0)
    assert (report.looked_at, report.out_of_reach) == (0, 16)
    assert of_archives(catalogue)[0] in ("archive-changed", "archive-truncated")
    catalogue.index(path)
    assert (found(catalogue), of_archives(catalogue)) == ({}, [])
    report = catalogue.verify(level="decode", workers=0)
    assert (report.looked_at, report.broken_images) == (16, 0)


def test_changed_only_passes_by_archives_that_were_verified_so_deep(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    old = pack_tar(tmp_path, files())
    catalogue.index(old, release="own")
    catalogue.verify(level="digest", workers=0)
    newer = {f"{TENCH}/{TENCH}_new{n}.JPEG": jpeg(n + 50) for n in range(3)}
    catalogue.index(pack_tar(tmp_path / "new", newer), release="own")
    report = catalogue.verify(level="digest", changed_only=True, workers=0)
    assert (report.looked_at, report.unchanged) == (3, 16)
    assert catalogue.verify(level="decode", changed_only=True, workers=0).looked_at == 19


def test_a_file_of_a_folder_that_is_gone_is_that_images_fault(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    root = pack_folder(tmp_path, {f"{TENCH}/{TENCH}_{n}.JPEG": jpeg(n) for n in range(4)})
    catalogue.index(root)
    (root / TENCH / f"{TENCH}_1.JPEG").unlink()
    (root / TENCH / f"{TENCH}_2.JPEG").write_bytes(jpeg(2) + b"more")
    report = catalogue.verify(level="digest", workers=0)
    assert found(catalogue) == {f"{TENCH}_1": "unreadable", f"{TENCH}_2": "moved"}
    assert report.out_of_reach == 0
    # What could not be read is tried again.
    (root / TENCH / f"{TENCH}_1.JPEG").write_bytes(jpeg(1))
    catalogue.verify(level="digest", workers=0)
    assert found(catalogue) == {f"{TENCH}_2": "moved"}


def test_a_seek_index_that_is_gone_is_said_once(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.index(PACKINGS["tar.gz"](tmp_path, files()))
    shutil.rmtree(tmp_path / "imagenet.db.seek")
    report = catalogue.verify(level="digest", workers=0)
    assert (report.looked_at, report.out_of_reach) == (0, 16)
    assert of_archives(catalogue) == ["archive-changed"]


def test_interrupted_it_keeps_what_it_found_and_goes_on(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walk._IMAGES, Level.DECODE, 2)
    catalogue.index(pack_tar(tmp_path, files()))

    class Interrupts(Silent):
        left = 6

        def advance(self, n: int) -> None:
            self.left -= n
            if self.left <= 0:
                raise KeyboardInterrupt

    report = catalogue.verify(level="decode", workers=0, progress=Interrupts())
    assert report.interrupted
    assert 0 < report.looked_at < 16
    rest = catalogue.verify(level="decode", workers=0)
    assert not rest.interrupted
    assert rest.unchanged == report.looked_at
    assert rest.looked_at == 16 - report.looked_at
    assert found(catalogue) == PLANTED


def test_it_goes_on_where_its_workers_came_to_nothing_after_some_work(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walk._IMAGES, Level.DECODE, 3)
    catalogue.index(pack_tar(tmp_path, files()))
    catalogue.verify(TENCH, level="decode", workers=0)
    real, calls = looking.look_at, 0

    def breaks_once(*spans: Any, **how: Any) -> Iterator[Looked]:
        nonlocal calls
        calls += 1
        for at, looked in enumerate(real(*spans, **how)):
            if calls == 1 and at == 2:
                raise WorkersDie("ended")
            yield looked

    monkeypatch.setattr(verify, "look_at", breaks_once)
    report = catalogue.verify(level="decode", workers=0)
    assert (calls, report.looked_at, report.unchanged) == (2, 8, 8)
    assert found(catalogue) == PLANTED
    monkeypatch.setattr(verify, "look_at", _breaks)
    catalogue.index(pack_folder(tmp_path, {f"{TENCH}/{TENCH}_70.JPEG": jpeg(70)}))
    with pytest.raises(WorkersDie):
        catalogue.verify(level="decode", workers=0)


def _breaks(*_: Any, **__: Any) -> Iterator[Looked]:
    raise WorkersDie("ended")


def test_copies_are_compared_again_when_a_digest_is_new(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    one = {f"{TENCH}/{TENCH}_{n}.JPEG": jpeg(n) for n in range(3)}
    (tmp_path / "b").mkdir()
    catalogue.index(pack_tar(tmp_path, one), release="own", split="train")
    catalogue.verify(level="digest", workers=0)
    assert found(catalogue) == {}
    more = {f"{GOLDFISH}/{GOLDFISH}_1.JPEG": jpeg(1)}
    second = pack_tar(tmp_path / "b", more)
    catalogue.index(second, release="own", split="train")
    catalogue.verify(level="digest", workers=0)
    conflict = {f"{TENCH}_1": "label-conflict", f"{GOLDFISH}_1": "label-conflict"}
    assert found(catalogue) == conflict
    # And when one of the copies is gone.
    catalogue.remove_archive(second)
    catalogue.verify()
    assert found(catalogue) == {}


def test_memory_does_not_grow_with_the_number_of_images(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "_ROWS_AT_ONCE", 100)
    monkeypatch.setitem(walk._IMAGES, Level.DIGEST, 50)
    monkeypatch.setattr(recording, "_FLUSH_S", 0.0)
    peaks = []
    for count in (200, 800):
        members = {f"{TENCH}/{TENCH}_{count}{n}.JPEG": b"" for n in range(count)}
        catalogue.index(pack_tar(tmp_path, members))
        tracemalloc.start()
        assert catalogue.verify(level="digest", workers=0).looked_at == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
