"""Archives scanned by units, and played: the same as one scan of each from its start to its end."""

from __future__ import annotations

import lzma
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import imnet_data
from imnet_data.archives.containers import open_scan
from imnet_data.archives.members import is_image
from imnet_data.archives.samples import SampleScan
from imnet_data.errors import WorkersSeeNot
from imnet_data.facts.class_lists import class_list
from imnet_data.indexing import load
from imnet_data.indexing.layout_maker import LayoutMaker
from imnet_data.indexing.load import ArchiveLoad
from imnet_data.indexing.scan_pieces import Cut
from imnet_data.indexing.scanned import reads_beside
from imnet_data.indexing.scans import Scans, ToScan
from imnet_data.layouts.layout_names import BOXES, CLASS_FOLDERS, LAYOUTS, WEBDATASET
from imnet_data.layouts.recognise import Reading
from imnet_data.splits import Split
from imnet_data.taxonomy.graph import Graph
from tests.factory import tar_bytes
from tests.imnet_data.archives.archives_at_random import members

from .trees import class_tar, content, flat_tar, train_tar

if TYPE_CHECKING:
    from imnet_data.archives.members import Fault, Position, Scan
    from imnet_data.demo.build import Demo
    from imnet_data.indexing.report import IndexReport
    from imnet_data.work.cluster.connecting import Cluster
    from imnet_data.work.workers import Workers
    from tests.factory import Member

SMALL = Cut(members=3, tars=2, together_bytes=4000)


Told = tuple[list[tuple[object, ...]], int, list["Fault"]]


def told(scan: Scan) -> Told:
    """Every member with what is said of it, how many were ignored, and what was found."""
    rows: list[tuple[object, ...]] = []
    for run in scan.runs():
        for at, name in enumerate(run.names):
            text = b"" if is_image(name) else scan.read(run, at)
            said = run.said[at] if run.said else None
            rows.append((run.directory, name, run.offsets[at], run.sizes[at], said, text))
    return rows, scan.findings.ignored, scan.findings.faults


def whole(path: Path, layout: str, start: Position | None = None) -> Told:
    def wanted(base: str) -> bool:
        return is_image(base) or reads_beside(layout, base)

    with open_scan(str(path), "tar", wanted=wanted, start=start) as scan:
        return told(SampleScan(scan) if layout == WEBDATASET else scan)


def played(path: Path, layout: str, start: Position | None = None, cut: Cut = SMALL) -> Told:
    archive = ToScan(str(path), "tar", layout)
    with Scans([archive], 0, cut) as scans:
        scan = scans.scan(0, archive, start)
        assert scan is not None
        return told(scan)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tars") / "one.tar"


@settings(max_examples=15)
@given(
    members(depth=2),
    st.sampled_from([CLASS_FOLDERS, BOXES, WEBDATASET]),
    st.integers(0, 3000),
    st.integers(1, 6),
)
def test_any_archive_played_is_the_archive_scanned(
    one: Path, archive: list[Member], layout: str, cut_off: int, most: int
) -> None:
    data = tar_bytes(archive)
    one.write_bytes(data[: len(data) - cut_off] if cut_off < len(data) // 2 else data)
    assert played(one, layout, cut=Cut(most, 2, 3000)) == whole(one, layout)


@settings(max_examples=15)
@given(members(depth=2), st.sampled_from([CLASS_FOLDERS, BOXES]), st.integers(0))
def test_a_scan_goes_on_from_wherever_a_killed_load_stood(
    one: Path, archive: list[Member], layout: str, at: int
) -> None:
    one.write_bytes(tar_bytes(archive))
    with open_scan(str(one), "tar") as scan:
        positions = [run.next_position for run in scan.runs()]
    start = positions[at % len(positions)] if positions else None
    assert played(one, layout, start) == whole(one, layout, start)


@settings(max_examples=15)
@given(members(depth=2))
def test_each_run_says_where_a_load_goes_on(one: Path, archive: list[Member]) -> None:
    one.write_bytes(tar_bytes(archive))
    toscan = ToScan(str(one), "tar", BOXES)
    with Scans([toscan], 0, SMALL) as scans:
        scan = scans.scan(0, toscan, None)
        assert scan is not None
        stops = [(run, scan.findings.ignored) for run in scan.runs()]
    rows, ignored, _ = whole(one, BOXES)
    passed = 0
    for run, before in stops:
        passed += len(run.names)
        rest, after, _ = whole(one, BOXES, run.next_position)
        assert (rest, before + after) == (rows[passed:], ignored)


def test_the_workers_want_what_the_layouts_read() -> None:
    names = ("a.xml", "a.cls", "a.json", "a.txt", "LOC_train_solution.csv", "val_annotations.txt")
    maker = LayoutMaker(Graph.load())
    for layout in LAYOUTS:
        reading = Reading(layout, "own", Split.TRAIN, "as asked")
        made = maker.make(reading, lambda _: 1, forced_split=None)
        found = [made.reads(name) for name in names]
        assert found == [reads_beside(layout, name) for name in names], layout


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory, miniature: Demo) -> Path:
    """The miniature, a tar of tars, class tars, shards, a broken tar of tars, a compressed tar."""
    folder = tmp_path_factory.mktemp("archives")
    (folder / "miniature").symlink_to(miniature.folder)
    wnids = class_list("ilsvrc2012").wnids
    whole = train_tar(folder / "train.tar", {one: list(range(1, 9)) for one in wnids[:40]})
    classes = folder / "classes"
    shards = folder / "shards"
    for some in (classes, shards):
        some.mkdir()
    for wnid in wnids[:6]:
        (classes / f"{wnid}.tar").write_bytes(class_tar(wnid, [20, 21, 22]))
    for shard in range(3):
        (shards / f"train-{shard:06d}.tar").write_bytes(
            flat_tar(
                {
                    f"{at:04d}.{suffix}": data
                    for at in range(shard * 8, shard * 8 + 8)
                    for suffix, data in (("jpg", content(f"{at}")), ("cls", b"%d" % (at % 5)))
                }
            )
        )
    broken = folder / "broken.tar"
    broken.write_bytes(whole.read_bytes()[:-20_000])
    packed = folder / "packed.tar.xz"
    packed.write_bytes(lzma.compress(class_tar(wnids[7], [1, 2, 3])))
    return folder


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of a catalogue but the one that says which it is."""
    with sqlite3.connect(path) as plain:
        names = [
            one for (one,) in plain.execute("SELECT name FROM sqlite_schema WHERE type='table'")
        ]
        return {
            name: sorted(plain.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in names
            if name != "catalogue"
        }


def index(path: Path, archives: Path, workers: Workers | None = None) -> IndexReport:
    with imnet_data.open(path, create=True) as catalogue:
        return catalogue.index(archives, labels="imagenette", workers=workers)


def test_a_cluster_fills_a_catalogue_as_one_process_does(
    cluster: Cluster, archives: Path, tmp_path: Path
) -> None:
    here = index(tmp_path / "here.db", archives)
    there = index(tmp_path / "there.db", archives, cluster)
    assert len(there.archives) > 12
    assert there.refused == here.refused
    assert [one.faults for one in there.archives] == [one.faults for one in here.archives]
    assert dump(tmp_path / "there.db") == dump(tmp_path / "here.db")


def test_a_load_that_was_killed_goes_on_by_workers(
    cluster: Cluster, archives: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(tmp_path / "whole.db", archives / "train.tar")
    monkeypatch.setattr(load, "_COMMIT_S", 0)
    real, left = ArchiveLoad._settle, [5]

    def stopping(self: ArchiveLoad, *arguments: Any, **more: Any) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        real(self, *arguments, **more)

    monkeypatch.setattr(ArchiveLoad, "_settle", stopping)
    with pytest.raises(KeyboardInterrupt):
        index(tmp_path / "killed.db", archives / "train.tar", cluster)
    (report,) = index(tmp_path / "killed.db", archives / "train.tar", cluster).archives
    assert report.outcome == "resumed"
    assert dump(tmp_path / "killed.db") == dump(tmp_path / "whole.db")


def test_an_archive_that_a_worker_does_not_see_is_no_missing_one(
    cluster: Cluster, archives: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(archives)  # by this name each process sees its own folder
    with pytest.raises(WorkersSeeNot, match=r"/proc/self/cwd/train\.tar"):
        index(tmp_path / "a.db", Path("/proc/self/cwd/train.tar"), cluster)
    assert not dump(tmp_path / "a.db")["archive"]
