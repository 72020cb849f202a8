"""Units on a Dask cluster end as they do in processes here, and outlive the workers that do not."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("distributed")

from imnet_data.errors import (
    ClusterDiffers,
    NoScheduler,
    NoWorkers,
    SchedulerLost,
    WorkersDie,
    WorkersSeeNot,
)
from imnet_data.work.cluster import connecting
from imnet_data.work.cluster.connecting import Cluster
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Failed, Lost, Unit
from tests.dask_cluster import DaskCluster, dask_cluster, end

from .cluster_units import Begun, LeavesBehind, Once, Poison, Reads, WhichWorker, left_in
from .test_run import doubles
from .units import Crash, Double, Hang, Leave, Mark, Raise, Swell

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
        while connected.threads < 2:
            time.sleep(0.05)
        yield connected


def test_units_that_end_their_process_cost_themselves_alone_as_they_do_here(
    cluster: Cluster,
) -> None:
    bad: list[Unit[int]] = [Crash(), Leave(), Hang(), Swell(), Raise()]
    units = [*map(Double, range(20)), *bad, *map(Double, range(20, 40))]
    found = list(outcomes(units, workers=cluster, deadline_s=2, memory_bytes=1 << 30))
    assert doubles(found) == [2 * n for n in range(40)]
    lost = {type(one.unit): one.how for one in found if isinstance(one, Lost)}
    assert lost == {
        Crash: "was ended by SIGSEGV",
        Leave: "ended with exit code 3",
        Hang: "came to no end in 2 s",
    }
    failed = {type(one.unit): type(one.error) for one in found if isinstance(one, Failed)}
    assert failed == {Swell: MemoryError, Raise: LookupError}


def test_units_are_asked_for_only_a_few_ahead_and_closing_stops_their_processes(
    cluster: Cluster, tmp_path: Path
) -> None:
    asked = []

    def units() -> Iterator[Unit[int]]:
        for number in itertools.count():
            asked.append(number)
            yield Mark(tmp_path) if number in (5, 6) else Double(number)

    running = outcomes(units(), workers=cluster)
    for _ in range(5):
        next(running)
    while len(list(tmp_path.iterdir())) < 2:
        time.sleep(0.01)
    assert len(asked) < 20
    running.close()
    for path in tmp_path.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name), 0)


def test_what_a_unit_left_half_done_is_removed_with_it(cluster: Cluster) -> None:
    running: Any = outcomes([LeavesBehind(), *[Begun()] * 9], workers=cluster)
    found = list(running)
    assert sum(isinstance(one, Lost) for one in found) == 1
    assert {folder for one in found if not isinstance(one, Lost) for folder in one.result} == set()
    folders = cluster.on_all(left_in)
    assert {name for names in folders.values() for name in names} <= {"storage"}


def test_units_of_a_worker_that_was_killed_or_froze_are_done_by_others(
    cluster: Cluster, tmp_path: Path
) -> None:
    signals = signal.SIGKILL, signal.SIGSTOP
    units: list[Unit[int]] = [Once(tmp_path / one.name, one) for one in signals]
    found = list(outcomes([*units, *map(Double, range(30))], workers=cluster))
    assert doubles(found) == [-1, -1, *range(0, 60, 2)]


def test_a_unit_that_takes_worker_after_worker_with_it_is_lost_and_no_other_is(
    cluster: Cluster,
) -> None:
    units: list[Unit[int]] = [*map(Double, range(5)), Poison(), *map(Double, range(5, 20))]
    found = list(outcomes(units, workers=cluster))
    assert doubles(found) == [2 * n for n in range(20)]
    (lost,) = (one for one in found if isinstance(one, Lost))
    assert isinstance(lost.unit, Poison)
    assert lost.how == "took 2 of the cluster's workers with it"


def test_processes_that_cannot_begin_are_told(cluster: Cluster) -> None:
    with pytest.raises(WorkersDie, match="before it took any work"):
        list(outcomes(map(Double, range(9)), workers=cluster, imports=["no_such_module"]))


def test_a_worker_that_sees_other_files_is_named_and_no_archive_is_missing(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here.tar").write_bytes(b"here")
    monkeypatch.chdir(tmp_path)
    path = "/proc/self/cwd/here.tar"  # of each process another
    with pytest.raises(WorkersSeeNot, match="nothing is there") as told:
        cluster.check_sees([path])
    assert told.value.path == path
    assert told.value.worker.startswith("tcp://127.0.0.1:")
    with pytest.raises(WorkersSeeNot):
        list(outcomes([Reads(path)], workers=cluster))
    with pytest.raises(WorkersSeeNot):
        cluster.check_sees([], writes=["/proc/self/cwd"])
    cluster.check_sees([str(tmp_path / "here.tar")], writes=[str(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == ["here.tar"]


def test_units_for_a_gpu_go_to_workers_that_have_one(dask: DaskCluster, cluster: Cluster) -> None:
    with pytest.raises(NoWorkers, match="no worker that has the resource GPU"):
        list(outcomes([WhichWorker()], workers=cluster, gpu=True))
    process = dask.add_worker("--resources", "GPU=1", "--no-nanny")
    try:
        while cluster.threads < 3:
            time.sleep(0.05)
        found: list[Any] = list(outcomes([WhichWorker()] * 9, workers=cluster, gpu=True))
        assert {one.result for one in found} == {process.pid}
    finally:
        end(process)


def test_a_worker_of_another_version_is_named_whether_it_was_there_or_comes_later(
    dask: DaskCluster, cluster: Cluster, tmp_path: Path
) -> None:
    older = tmp_path / "older.py"
    older.write_text("from imnet_data import _version\n_version.VERSION = '0.0.1'\n")
    process = dask.add_worker("--preload", str(older))
    try:
        running = outcomes(map(Double, itertools.count()), workers=cluster)
        with pytest.raises(ClusterDiffers, match=r"has imnet-data 0\.0\.1, and here is"):
            deque(running, maxlen=0)
        with pytest.raises(ClusterDiffers, match=r"0\.0\.1"), Cluster(dask.address):
            pass
    finally:
        end(process)


def test_an_address_where_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "_CONNECT_S", 0.5)
    with pytest.raises(NoScheduler, match="nothing answered"), Cluster("tcp://127.0.0.1:9"):
        pass
    with pytest.raises(NoScheduler), Cluster("no-such-scheme://head"):
        pass


def test_a_scheduler_that_ends_is_told_at_once(dask: DaskCluster, cluster: Cluster) -> None:
    running = outcomes(map(Double, itertools.count()), workers=cluster)
    next(running)
    dask.scheduler.kill()  # the last test: nobody needs it any more
    with pytest.raises(SchedulerLost):
        deque(running, maxlen=0)
