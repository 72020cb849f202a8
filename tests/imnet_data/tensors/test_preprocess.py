"""Tensors of a plan: what stands in them, the same bytes however they are made, and going on."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open

from imnet_data.errors import (
    NoRoomForShards,
    OracleDisagrees,
    PlanUnreadable,
    ShardsDiffer,
    TensorOptionError,
)
from imnet_data.sharding import set_writer
from imnet_data.sharding.check import check_shards
from imnet_data.tensors import flow
from imnet_data.tensors import preprocess as preprocessing
from imnet_data.tensors.check import check_tensors
from imnet_data.tensors.devices import own_device
from imnet_data.tensors.engines.pillow_engine import PillowEngine
from imnet_data.tensors.geometry import Geometry
from imnet_data.tensors.normalisation import Normalisation
from imnet_data.tensors.reading import TensorShards
from tests.imnet_data.tensors.engines import CrashingSpec, DeviceSpec
from tests.imnet_data.tensors.pictures import (
    OPTIONS,
    entries_in,
    images,
    jpeg,
    planned,
    tensors,
    written,
)

if TYPE_CHECKING:
    from imnet_data.sharding.entry import Entry
    from imnet_data.tensors.plan import Plan

BROKEN = (1, 7, 18)
# Makes tensors, and is killed at the call of that number to one of the system's.
_MAKER = """
import os, signal, sys
from pathlib import Path
from imnet_data.tensors.plan import Plan
from imnet_data.tensors.preprocess import RunOptions, preprocess
call, number, plan, to = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
real = getattr(os, call)
left = [number]
def counted(*args, **more):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **more)
setattr(os, call, counted)
preprocess(Plan.read(plan), to, options=RunOptions("pillow", "cpu", 1))
"""


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """Twenty pictures, three of them cut short."""
    return entries_in(tmp_path_factory.mktemp("images") / "a.tar", images(broken=BROKEN))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]) -> Plan:
    return planned(tmp_path_factory.mktemp("planned") / "plan", entries)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> Path:
    """Its tensors; nobody writes there."""
    folder = tmp_path_factory.mktemp("tensors") / "made"
    tensors(plan, folder)
    return folder


def test_the_official_reader_finds_every_picture_with_its_label_and_id(
    made: Path, entries: list[Entry]
) -> None:
    by_name = {one.name: one for one in entries}
    seen = []
    for path in sorted(made.glob("*.safetensors")):
        names = json.loads(path.with_suffix(".json").read_text())["names"]
        with safe_open(path, framework="np") as file:
            labels, ids = file.get_tensor("labels"), file.get_tensor("image_ids")
            pixels, about = file.get_tensor("images"), file.metadata()
        assert (labels.dtype, ids.dtype, pixels.dtype) == (np.int64, np.int64, np.float16)
        assert pixels.shape == (len(names), 3, 16, 16)
        assert labels.tolist() == [by_name[name].label for name in names]
        assert ids.tolist() == [by_name[name].image_id for name in names]
        assert all(isinstance(text, str) for text in about.values())
        for name, got in zip(names, pixels, strict=True):
            assert np.array_equal(got, expected(images()[name]))
        seen += names
    lost = {one.name for at, one in enumerate(entries) if at in BROKEN}
    assert sorted(seen) == sorted(set(by_name) - lost)


def expected(data: bytes) -> Any:
    """A picture as plain Pillow and numpy make a tensor of it."""
    with Image.open(io.BytesIO(data)) as opened:
        resized = opened.convert("RGB").resize((21, 18), Image.Resampling.BILINEAR)
    cut = np.asarray(resized.crop((2, 1, 18, 17)), np.float64).transpose(2, 0, 1) / 255
    said = Normalisation.named("torch")
    mean, std = (np.array(one)[:, None, None] for one in (said.mean, said.std))
    return ((cut - mean) / std).astype(np.float16)


def test_images_begin_at_a_page_whatever_was_left_out(made: Path) -> None:
    for path in made.glob("*.safetensors"):
        data = path.read_bytes()
        length = int.from_bytes(data[:8], "little")
        said = json.loads(data[8 : 8 + length])
        starts = [said[name]["data_offsets"][0] for name in ("labels", "image_ids", "images")]
        assert starts == sorted(starts)
        assert (8 + length + starts[2]) % 4096 == 0
        assert 8 + length + said["images"]["data_offsets"][1] == len(data)


def test_what_does_not_decode_is_left_out_and_named(
    made: Path, plan: Plan, entries: list[Entry], tmp_path: Path
) -> None:
    lost = {one.name: one.image_id for at, one in enumerate(entries) if at in BROKEN}
    told: dict[str, int] = {}
    for path in made.glob("train-*.json"):
        said = json.loads(path.read_text())
        file = (made / said["file"]).read_bytes()
        assert said["sha256"] == hashlib.sha256(file).hexdigest()
        assert len(said["names"]) == said["rows"]
        told |= {one["name"]: one["image_id"] for one in said["left_out"]}
        assert all(one["why"] and "/" not in one["why"] for one in said["left_out"])
    assert told == lost
    report = tensors(plan, tmp_path / "out")
    assert {one.name for _, one in report.left_out} == set(lost)
    assert report.loss == len(lost) / 20
    assert report.shards.samples == 17


def test_two_devices_with_a_process_each_make_the_same_bytes(
    tmp_path: Path, plan: Plan, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = ("dali", ("cuda:0", "cuda:1"))
    monkeypatch.setattr(preprocessing, "choose", lambda _engine, _device: devices)
    monkeypatch.setattr(preprocessing, "EngineSpec", DeviceSpec)
    tensors(plan, tmp_path / "two")
    assert written(tmp_path / "two") == written(made)


def test_small_buffers_make_the_same_bytes(
    tmp_path: Path, plan: Plan, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "_BUFFER_BYTES", 2 * 3 * 16 * 16 * 2)  # two pictures at a time
    tensors(plan, tmp_path / "small")
    assert written(tmp_path / "small") == written(made)


@pytest.mark.parametrize(
    ("call", "number"),
    # In the first shard, before its record, among the files about the whole.
    [("pwrite", 1), ("replace", 4), ("replace", 11)],
)
def test_a_killed_run_leaves_no_half_file_and_goes_on_to_the_same_bytes(
    tmp_path: Path, plan: Plan, made: Path, call: str, number: int
) -> None:
    to = tmp_path / "killed"
    words = [sys.executable, "-c", _MAKER, call, str(number), plan.folder, str(to)]
    paths = [path for path in sys.path if path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    here = Path(__file__).parents[3]
    done = subprocess.run(words, check=False, cwd=here, env=environment)
    assert done.returncode == -signal.SIGKILL
    whole = written(made)
    left = {path.name: path.read_bytes() for path in to.iterdir() if path.is_file()}
    assert all(whole[name] == data for name, data in left.items())
    assert "manifest.json" not in left
    report = tensors(plan, to)
    assert report.shards.kept + report.shards.written == 3
    assert written(to) == whole


def test_what_is_finished_is_kept_and_what_was_lost_is_made_again(
    tmp_path: Path, plan: Plan, made: Path
) -> None:
    to = tmp_path / "out"
    tensors(plan, to)
    again = tensors(plan, to)
    assert (again.shards.written, again.shards.kept) == (0, 3)
    assert len(again.left_out) == len(BROKEN)
    (to / "train-000001.safetensors").unlink()
    (to / "train-000002.json").write_text("{}")
    assert not check_shards(to).well
    assert tensors(plan, to).shards.written == 2
    assert written(to) == written(made)


def test_another_plan_or_engine_is_refused_with_what_differs(
    tmp_path: Path, plan: Plan, made: Path, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = planned(tmp_path / "plan", entries, options=replace(OPTIONS, dtype="uint8"))
    with pytest.raises(ShardsDiffer, match="dtype is float16 there, and uint8 here") as caught:
        tensors(other, made)
    assert "another" not in str(caught.value)
    fewer = planned(tmp_path / "fewer", entries[1:])
    with pytest.raises(ShardsDiffer, match=r"shards: the choice of images is another$"):
        tensors(fewer, made)
    monkeypatch.setattr("PIL.__version__", "0.1")
    with pytest.raises(ShardsDiffer, match=r"versions pillow is .* there, and 0\.1 here"):
        tensors(plan, made)


def test_copies_of_an_image_stand_beside_one_another(tmp_path: Path, entries: list[Entry]) -> None:
    geometry = Geometry("random", crop_px=16, copies=3, seed=4)
    plan = planned(tmp_path / "plan", entries, options=replace(OPTIONS, geometry=geometry))
    report = tensors(plan, tmp_path / "out")
    assert report.shards.samples == 3 * 17
    with safe_open(tmp_path / "out" / "train-000000.safetensors", framework="np") as file:
        labels, pixels = file.get_tensor("labels"), file.get_tensor("images")
    said = json.loads((tmp_path / "out" / "train-000000.json").read_text())
    assert said["copies"] == 3
    assert said["names"][::3] == said["names"][2::3]
    assert (labels.reshape(-1, 3) == labels[::3, None]).all()
    assert not np.array_equal(pixels[0], pixels[1])


@pytest.mark.parametrize(
    ("dtype", "stored"),
    [("bfloat16", "BF16"), ("float32", "F32"), ("uint8", "U8")],
)
def test_every_dtype_is_read_by_the_official_reader(
    tmp_path: Path, entries: list[Entry], dtype: str, stored: str
) -> None:
    plan = planned(tmp_path / "plan", entries[:3], options=replace(OPTIONS, dtype=dtype))
    tensors(plan, tmp_path / "out")
    with safe_open(tmp_path / "out" / "train-000000.safetensors", framework="np") as file:
        held = file.get_slice("images")
        assert (held.get_dtype(), held.get_shape()) == (stored, [2, 3, 16, 16])
        assert json.loads(file.metadata()["std"]) == [0.229, 0.224, 0.225]


def test_images_without_a_class_are_labelled_minus_one(tmp_path: Path) -> None:
    found = {f"ILSVRC2012_test_0000000{at}": jpeg(at) for at in range(3)}
    plan = planned(tmp_path / "plan", entries_in(tmp_path / "test.tar", found))
    tensors(plan, tmp_path / "out")
    with safe_open(tmp_path / "out" / "train-000000.safetensors", framework="np") as file:
        assert file.get_tensor("labels").tolist() == [-1, -1, -1]


def test_a_shard_of_which_nothing_decodes_is_empty_and_reads(tmp_path: Path) -> None:
    entries = entries_in(tmp_path / "a.tar", images(4, broken=(0, 1, 2, 3)))
    report = tensors(planned(tmp_path / "plan", entries), tmp_path / "out")
    assert report.loss == 1
    with safe_open(tmp_path / "out" / "train-000000.safetensors", framework="np") as file:
        assert file.get_slice("images").get_shape() == [0, 3, 16, 16]


def test_a_disk_without_room_is_told_before_the_first_shard(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(set_writer, "disk_usage", lambda _: SimpleNamespace(free=10_000))
        with pytest.raises(NoRoomForShards) as caught:
            tensors(plan, tmp_path / "out")
    whole = sum(path.stat().st_size for path in tmp_path.glob("out/*.safetensors"))
    assert whole == 0
    tensors(plan, tmp_path / "out")
    sizes = [path.stat().st_size for path in tmp_path.glob("out/*.safetensors")]
    assert caught.value.needed == sum(sizes) + len(BROKEN) * 3 * 16 * 16 * 2


@pytest.mark.parametrize("call", ["posix_fallocate", "pwrite"])
def test_a_disk_that_fills_up_leaves_whole_shards_alone(
    tmp_path: Path, plan: Plan, made: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = getattr(os, call), [2]

    def full(*args: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*args)

    to = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(NoRoomForShards, match="are missing"):
            tensors(plan, to)
    assert not list(to.glob(".unfinished/*.tmp"))
    assert all(written(made)[path.name] == path.read_bytes() for path in to.glob("train-*"))
    tensors(plan, to)
    assert written(to) == written(made)


def test_a_plan_whose_rows_were_changed_is_refused(tmp_path: Path, entries: list[Entry]) -> None:
    plan = planned(tmp_path / "plan", entries)
    other = planned(tmp_path / "other", entries, options=replace(OPTIONS, seed=9))
    rows = Path(other.folder, "train-000001.npz").read_bytes()
    Path(plan.folder, "train-000001.npz").write_bytes(rows)
    with pytest.raises(PlanUnreadable, match="not as it was written"):
        tensors(plan, tmp_path / "out")


def test_a_url_gets_the_same_files_which_are_checked_there_and_read_from_a_disk(
    plan: Plan, made: Path
) -> None:
    memory = pytest.importorskip("fsspec").filesystem("memory")
    url = "memory://bucket/tensors"
    try:
        report = tensors(plan, url)
        assert len(report.left_out) == len(BROKEN)
        found = {name.rpartition("/")[2]: memory.cat(name) for name in memory.find("/bucket")}
        assert found == written(made)
        assert check_tensors(url).well
        memory.pipe_file("/bucket/tensors/train-000000.safetensors", b"other")
        assert [one.kind for one in check_tensors(url).differences] == ["size"]
        with pytest.raises(TensorOptionError, match=f"copy them first, rclone copy {url}"):
            TensorShards(url)
    finally:
        memory.rm("/bucket", recursive=True)


def test_each_process_takes_a_device_that_no_other_has(tmp_path: Path) -> None:
    devices = ("cuda:0", "cuda:1")
    with (tmp_path / "cuda-0").open("w") as taken:
        fcntl.flock(taken, fcntl.LOCK_EX)
        assert own_device(devices, str(tmp_path)) == "cuda:1"
    assert own_device(devices, str(tmp_path)) == "cuda:1"  # its own, for as long as it lives


def test_a_picture_that_is_another_than_pillows_ends_the_run(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = PillowEngine.fill

    def darker(
        self: PillowEngine, pictures: list[tuple[str, bytes]], out: np.ndarray[Any, Any]
    ) -> list[str | None]:
        told = real(self, pictures, out)
        out[...] = 0
        return told

    with monkeypatch.context() as patch:
        patch.setattr(PillowEngine, "fill", darker)
        with pytest.raises(OracleDisagrees):
            tensors(plan, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.safetensors"))


def test_a_picture_that_takes_the_process_with_it_costs_that_picture(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preprocessing, "EngineSpec", CrashingSpec)
    report = tensors(plan, tmp_path / "out", workers=2)
    told = {one.name.partition("_")[2]: one.why for _, one in report.left_out}
    assert sorted(told) == ["1", "18", "4", "7"]
    assert told["4"] == "the process that decoded it was ended by SIGABRT"
    assert check_shards(tmp_path / "out").well
