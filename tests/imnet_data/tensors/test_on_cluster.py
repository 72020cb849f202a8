"""Tensors made on a cluster: the same bytes; each GPU its own; a woken worker harms none."""

from __future__ import annotations

import pickle
import shutil
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.errors import DevicesDiffer, TensorOptionError, WorkersSeeNot
from imnet_data.sharding import set_writer
from imnet_data.sharding.check import check_shards
from imnet_data.sharding.packed import Packed, packed
from imnet_data.sharding.store import PutUnit
from imnet_data.tensors import preprocess as preprocessing
from imnet_data.tensors.engines.engine import EngineSpec
from imnet_data.tensors.plan import Plan
from imnet_data.tensors.preprocess import RunOptions, preprocess
from imnet_data.work.run import outcomes
from tests.imnet_data.sharding.frozen import Frozen, frozen
from tests.imnet_data.tensors.engines import CrashingSpec, OnWorkerSpec
from tests.imnet_data.tensors.pictures import entries_in, images, planned, tensors, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.tensors.make_shard import TensorUnit
    from imnet_data.tensors.report import TensorReport
    from imnet_data.work.cluster.connecting import Cluster


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Twenty pictures, one of them cut short, in three shards."""
    folder = tmp_path_factory.mktemp("plan")
    return planned(folder / "plan", entries_in(folder / "a.tar", images(broken=(7,))))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> Path:
    """The tensors, made in this process."""
    to = tmp_path_factory.mktemp("made") / "out"
    tensors(plan, to)
    return to


def on(cluster: Cluster, plan: Plan, to: Path, device: str = "cpu") -> TensorReport:
    return preprocess(plan, to, options=RunOptions(device=device, workers=cluster))


def test_a_cluster_makes_what_one_process_makes(
    cluster: Cluster, plan: Plan, made: Path, tmp_path: Path
) -> None:
    assert len(on(cluster, plan, tmp_path / "out").left_out) == 1
    assert written(tmp_path / "out") == written(made)


def test_a_picture_that_takes_a_process_of_a_worker_with_it_costs_that_picture(
    cluster: Cluster, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preprocessing, "EngineSpec", CrashingSpec)
    tensors(plan, tmp_path / "here", workers=2)
    report = on(cluster, plan, tmp_path / "there")
    told = {one.name.partition("_")[2]: one.why for _, one in report.left_out}
    assert told["4"] == "the process that decoded it was ended by SIGABRT"
    assert written(tmp_path / "there") == written(tmp_path / "here")


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_tensors_are_made_on_the_gpu_that_a_worker_was_given(
    cluster: Cluster, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    monkeypatch.setattr(preprocessing, "EngineSpec", OnWorkerSpec)
    assert on(cluster, plan, tmp_path / "out", device).by.device == "GPU 7"


def test_a_gpu_by_its_number_is_the_workers_own_to_say(
    cluster: Cluster, plan: Plan, tmp_path: Path
) -> None:
    with pytest.raises(TensorOptionError, match="the device is cuda, not cuda:1"):
        on(cluster, plan, tmp_path / "out", "cuda:1")


def test_workers_whose_engines_differ_make_no_tensors(
    cluster: Cluster, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preprocessing, "EngineSpec", OnWorkerSpec)
    with pytest.raises(DevicesDiffer, match=r"tcp:\S+ is the CPU of \d+ with pillow, tcp:"):
        on(cluster, plan, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_worker_that_comes_later_with_another_engine_makes_no_shard(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(units: Any, **how: Any) -> Any:
        assert how == {"workers": 0, "gpu": False}
        for unit in units:
            other = replace(units_by(unit), device="another CPU")
            yield from outcomes([replace(unit, by=other)], workers=0)

    def units_by(unit: TensorUnit) -> Any:
        from imnet_data.tensors.devices import DescribeUnit

        return DescribeUnit(unit.spec).run()

    monkeypatch.setattr(set_writer, "outcomes", sent)
    with pytest.raises(DevicesDiffer, match="asked for is another CPU with pillow"):
        tensors(plan, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.safetensors"))


def test_a_plan_that_a_worker_does_not_see_is_told(
    cluster: Cluster, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plan.folder)
    with pytest.raises(WorkersSeeNot, match=r"train-000000\.npz"):
        on(cluster, replace(plan, folder="/proc/self/cwd"), tmp_path / "out")


def test_a_shard_that_goes_to_a_store_brings_all_that_it_reads_of_the_plan(
    plan: Plan, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pickled: list[bytes] = []

    def sent(units: Any, **_: object) -> Any:
        for unit in units:
            pickled.append(pickle.dumps(packed(unit)))
            yield from outcomes([unit], workers=0)

    monkeypatch.setattr(set_writer, "outcomes", sent)
    shutil.copytree(plan.folder, tmp_path / "plan")
    tensors(Plan.read(tmp_path / "plan"), tmp_path / "here")
    shutil.rmtree(tmp_path / "plan")
    there = tmp_path / "there"
    (there / ".unfinished").mkdir(parents=True)
    for unit in pickled:
        pickle.loads(unit).unpacked(str(there)).run()
    whole = {name: data for name, data in written(made).items() if name.startswith("train-")}
    assert {name: (there / name).read_bytes() for name in whole} == whole


def test_where_a_store_is_written_to_a_picture_that_crashes_is_found_on_the_worker(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preprocessing, "EngineSpec", CrashingSpec)
    there = tmp_path / "there"
    (there / ".unfinished").mkdir(parents=True)
    made: list[Any] = []

    def sent(units: Any, **how: Any) -> Any:
        for unit in units:
            again = PutUnit(packed(unit), "s3://none/out", "", new_only=True).after("crashed")
            if not unit.careful and unit.shard.number == 0:
                assert again is not None
                assert isinstance(again.inner, Packed)
                made.extend(outcomes([again.inner.unpacked(str(there))], workers=1))
            yield from outcomes([unit], workers=1)

    monkeypatch.setattr(set_writer, "outcomes", sent)
    report = tensors(plan, tmp_path / "here", workers=2)
    assert len(report.left_out) > 1
    assert [one.result.left_out for one in made] == [2]  # and one cut short
    name = "train-000000.safetensors"
    assert (there / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


class Freezing:
    """Units on their way, of the first of which a process is frozen in the middle."""

    def __init__(self, units: Iterator[TensorUnit], held: ExitStack, call: str) -> None:
        self._units = units
        self._held = held
        self._call = call
        self.sleeping: Frozen | None = None

    def __iter__(self) -> Freezing:
        return self

    def __next__(self) -> TensorUnit:
        unit = next(self._units)
        if self.sleeping is None:
            spec = unit.spec
            plain = EngineSpec("pillow", "cpu", spec.geometry, spec.normalisation, spec.dtype)
            whole = replace(unit, spec=plain)
            self.sleeping = self._held.enter_context(frozen(whole, self._call, 1))
        return unit


@pytest.mark.parametrize(
    ("spec", "call"),
    [
        (EngineSpec, "pwrite"),
        (EngineSpec, "replace"),
        # Meanwhile the shard is made without the picture that takes others' processes with it.
        (CrashingSpec, "pwrite"),
    ],
)
def test_a_worker_that_froze_and_wakes_harms_no_shard(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: Any, call: str
) -> None:
    monkeypatch.setattr(preprocessing, "EngineSpec", spec)
    tensors(plan, tmp_path / "here", workers=2)
    with ExitStack() as held:

        def sent(units: Iterator[TensorUnit], **how: Any) -> Any:
            feed = Freezing(units, held, call)
            yield from outcomes(feed, **how)
            if feed.sleeping is not None:  # there are no pieces, and so none of them froze
                feed.sleeping.wake()

        monkeypatch.setattr(set_writer, "outcomes", sent)
        tensors(plan, tmp_path / "there", workers=2)
    assert written(tmp_path / "there") == written(tmp_path / "here")
    assert check_shards(tmp_path / "there").well
