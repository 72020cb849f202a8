"""Verified on a Dask cluster, a catalogue holds what it holds when verified here."""

from __future__ import annotations

import os
import shutil
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("distributed")

import imnet_data
from imnet_data.errors import SchedulerLost, WorkersSeeNot
from imnet_data.progress import Silent
from imnet_data.subsets.recipe import Recipe
from imnet_data.tensors.geometry import Geometry
from imnet_data.tensors.mean import MeanOptions
from imnet_data.verification import looking, walk
from imnet_data.verification.levels import Level
from imnet_data.verification.looking import look_at
from imnet_data.work.cluster.connecting import Cluster
from tests.dask_cluster import DaskCluster, dask_cluster
from tests.imnet_data.indexing.trees import TENCH
from tests.imnet_data.verification.making import jpeg
from tests.imnet_data.verification.planted import files, pack_folder, pack_tar, pack_zip
from tests.imnet_data.verification.test_kill import learnt
from tests.imnet_data.verification.test_looking import _never, fatal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def dask() -> Iterator[DaskCluster]:
    with dask_cluster(workers=2) as running:
        yield running


@pytest.fixture(scope="module")
def cluster(dask: DaskCluster) -> Iterator[Cluster]:
    with Cluster(dask.address) as connected:
        yield connected


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of a tar, a zip and a folder, some of whose pictures are broken."""
    folder = tmp_path_factory.mktemp("indexed")
    many = files() | {f"{TENCH}/{TENCH}_{n}.JPEG": jpeg(n) for n in range(100, 300)}
    with imnet_data.open(folder / "imagenet.db", create=True) as catalogue:
        catalogue.index(pack_tar(folder, many), release="one")
        catalogue.index(pack_zip(folder, files(), method=zipfile.ZIP_DEFLATED), release="two")
        catalogue.index(pack_folder(folder, files()), release="three")
    return folder / "imagenet.db"


def test_rows_and_findings_are_those_of_a_run_on_this_machine(
    indexed: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walk._IMAGES, Level.DECODE, 8)
    here, there = (indexed.with_name(f"{name}.db") for name in ("here", "there"))
    shutil.copy(indexed, here)
    shutil.copy(indexed, there)
    with imnet_data.open(here) as catalogue:
        looked_at = catalogue.verify(level="decode", workers=0).looked_at
    with imnet_data.open(there) as catalogue:
        report = catalogue.verify(level="decode", workers=cluster)
        assert (report.looked_at, report.out_of_reach) == (looked_at, 0)
        assert catalogue.verify(level="decode", workers=cluster).unchanged == looked_at
    assert learnt(there) == learnt(here)


def test_pictures_that_crash_the_decoder_cost_themselves_alone(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_DEADLINE_S", 5.0)
    spans = fatal(tmp_path / "a.tar", images=20, each=5)
    looked = list(look_at(iter(spans), level=Level.DECODE, workers=cluster, lost=_never))
    assert sorted(row[0] for one in looked for row in one.rows) == list(range(20))
    found = {image: (code, detail) for one in looked for code, image, _, detail in one.found}
    assert found == {
        3: ("decoder-crashed", "was ended by SIGSEGV"),
        12: ("decoder-crashed", "came to no end in 5 s"),
        17: ("decoder-crashed", "it takes more than 1,024 MiB of memory"),
    }


def test_workers_that_do_not_see_an_archive_end_the_run_and_nothing_is_recorded(
    indexed: Path, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(indexed.parent)
    own = tmp_path / "imagenet.db"
    with imnet_data.open(own, create=True) as catalogue:
        catalogue.index("/proc/self/cwd/train.tar")  # of each process another
        with pytest.raises(WorkersSeeNot, match=r"train\.tar as it is here: nothing is there"):
            catalogue.verify(level="decode", workers=cluster)
    rows, found = learnt(own)
    assert not rows
    assert not [one for one in found if "archive" in str(one)]


def test_the_mean_is_the_same_to_the_last_bit(indexed: Path, cluster: Cluster) -> None:
    options = MeanOptions(Geometry("square", crop_px=16), per_pixel=True)
    with imnet_data.open(indexed) as catalogue:
        subset = catalogue.create_subset(Recipe("all", release="one")).subset
        part, *_ = subset.parts
        here = subset.mean(part, options=options, workers=0, again=True).statistics
        there = subset.mean(part, options=options, workers=cluster, again=True).statistics
    assert there == here
    assert there.sums.as_json() == here.sums.as_json()
    np.testing.assert_array_equal(there.sums.mean_image, here.sums.mean_image)


def test_of_a_scheduler_that_ends_in_the_middle_what_was_recorded_stays(
    indexed: Path, dask: DaskCluster, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walk._IMAGES, Level.DECODE, 2)
    own = indexed.with_name("ended.db")
    shutil.copy(indexed, own)

    class Ending(Silent):
        looked_at = 0

        def advance(self, n: int) -> None:
            self.looked_at += n
            if self.looked_at > 40:
                os.kill(dask.scheduler.pid, 9)

    with imnet_data.open(own) as catalogue:
        with pytest.raises(SchedulerLost):
            catalogue.verify(level="decode", workers=cluster, progress=Ending())
        kept = len(learnt(own)[0])
        assert kept > 30
        report = catalogue.verify(level="decode", workers=0)
    assert report.unchanged == kept
