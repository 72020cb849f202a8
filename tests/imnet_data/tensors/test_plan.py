"""Plans: whole or not there, the same everywhere, and usable where the archives lie elsewhere."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.archives.reading import read
from imnet_data.errors import (
    FolderInUse,
    NoPlan,
    NothingToShard,
    PlanArchiveAmbiguous,
    PlanDiffers,
    PlanNeedsArchives,
    PlanUnreadable,
    ShardNotWritten,
)
from imnet_data.tensors.geometry import Geometry
from imnet_data.tensors.normalisation import Normalisation
from imnet_data.tensors.plan import Plan
from imnet_data.tensors.planned_rows import PlannedRows
from imnet_data.tensors.write_plan import PlanSource, write_plan
from tests.imnet_data.sharding.made import CLASSES, loose
from tests.imnet_data.tensors.pictures import OPTIONS, entries_in, images, planned, written
from tests.limits import no_file_above

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.sharding.entry import Entry
    from imnet_data.tensors.options import TensorOptions


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    return entries_in(tmp_path / "a.tar", images())


def bytes_by_name(plan: Plan) -> dict[str, tuple[bytes, int, int]]:
    """What a plan leads to: each image's bytes, label and id."""
    found = {}
    archives = plan.readable_archives()
    for shard in plan.shards:
        with open(f"{plan.folder}/{shard.file}", "rb") as file:
            rows = PlannedRows.read(file.read())
        assert len(rows) == shard.images
        names, members = rows.texts()
        for at, (name, member) in enumerate(zip(names, members, strict=True)):
            archive = archives[rows.archive[at]]
            data = read(archive.place(int(rows.offset[at]), int(rows.size[at]), member))
            found[name] = (data, int(rows.label[at]), int(rows.image_id[at]))
    return found


def test_a_plan_leads_to_every_image_once_with_its_label_and_id(
    tmp_path: Path, entries: list[Entry]
) -> None:
    plan = Plan.read(planned(tmp_path / "plan", entries).folder)
    wanted = {one.name: (images()[one.name], one.label, one.image_id) for one in entries}
    assert bytes_by_name(plan) == wanted
    assert [shard.images for shard in plan.shards] == [8, 8, 4]


def test_a_plan_is_the_same_bytes_wherever_the_archives_lie(
    tmp_path: Path, entries: list[Entry]
) -> None:
    one = planned(tmp_path / "one", entries)
    (tmp_path / "far").mkdir()
    moved = entries_in(tmp_path / "far" / "a.tar", images())
    other = planned(tmp_path / "other", list(reversed(moved)))
    assert one.fingerprint == other.fingerprint
    left, right = written(tmp_path / "one"), written(tmp_path / "other")
    assert {name: data for name, data in left.items() if name != "plan.json"} == {
        name: data for name, data in right.items() if name != "plan.json"
    }


@pytest.mark.parametrize(
    "options",
    [
        replace(OPTIONS, seed=1),
        replace(OPTIONS, per_shard=9),
        replace(OPTIONS, dtype="uint8"),
        replace(OPTIONS, geometry=Geometry(resize_px=18, crop_px=15)),
        replace(OPTIONS, normalisation=Normalisation.named("caffe")),
    ],
)
def test_what_changes_bytes_changes_the_fingerprint(
    tmp_path: Path, entries: list[Entry], options: TensorOptions
) -> None:
    one = planned(tmp_path / "one", entries)
    assert planned(tmp_path / "other", entries, options=options).fingerprint != one.fingerprint


def test_images_of_a_folder_are_found_again_where_the_folder_was_moved(tmp_path: Path) -> None:
    entries = loose(tmp_path / "mine", images(6))
    source = PlanSource({"train": entries}, CLASSES, {"name": "made"}, [str(tmp_path / "mine")])
    plan = write_plan(source, tmp_path / "plan", options=OPTIONS)
    before = bytes_by_name(plan)
    (tmp_path / "there").mkdir()
    shutil.move(tmp_path / "mine", tmp_path / "there" / "mine")
    with pytest.raises(PlanNeedsArchives, match="mine"):
        plan.check_archives()
    assert bytes_by_name(plan.with_archives(tmp_path / "there")) == before


def test_archives_are_found_by_name_and_size_below_a_folder(
    tmp_path: Path, entries: list[Entry]
) -> None:
    plan = planned(tmp_path / "plan", entries)
    before = bytes_by_name(plan)
    (tmp_path / "disk" / "deep").mkdir(parents=True)
    shutil.move(tmp_path / "a.tar", tmp_path / "disk" / "deep" / "a.tar")
    (tmp_path / "disk" / "a.tar").write_bytes(b"another of that name")
    assert bytes_by_name(plan.with_archives(tmp_path / "disk")) == before


def test_an_archive_that_is_nowhere_and_one_that_may_be_two_are_told(
    tmp_path: Path, entries: list[Entry]
) -> None:
    plan = planned(tmp_path / "plan", entries)
    (tmp_path / "disk").mkdir()
    with pytest.raises(PlanNeedsArchives, match=r"is not under .*disk, .* size: .*a\.tar$"):
        plan.with_archives(tmp_path / "disk")
    for folder in ("x", "y"):
        (tmp_path / "disk" / folder).mkdir()
        shutil.copy(tmp_path / "a.tar", tmp_path / "disk" / folder)
    with pytest.raises(PlanArchiveAmbiguous, match="may be"):
        plan.with_archives(tmp_path / "disk")
    (tmp_path / "disk" / "z" / tmp_path.name).mkdir(parents=True)
    shutil.copy(tmp_path / "a.tar", tmp_path / "disk" / "z" / tmp_path.name)
    found = plan.with_archives(tmp_path / "disk").archives  # its folder has the right name, too
    assert found[0].path.endswith(f"z/{tmp_path.name}/a.tar")


def test_a_plan_that_fails_leaves_nothing(tmp_path: Path, entries: list[Entry]) -> None:
    def some() -> Iterator[Entry]:
        yield from entries[:9]
        raise OSError(5, "the disk is gone")

    source = PlanSource({"train": some()}, CLASSES, {"name": "made"})
    with pytest.raises(OSError, match="gone"):
        write_plan(source, tmp_path / "plan", options=OPTIONS)
    with pytest.raises(NothingToShard):
        planned(tmp_path / "plan", [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar"]


def test_a_disk_without_room_is_told_with_the_plans_folder(
    tmp_path: Path, entries: list[Entry]
) -> None:
    with no_file_above(600), pytest.raises(ShardNotWritten, match="plan cannot be written: File"):
        planned(tmp_path / "plan", entries)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar"]


def test_another_plan_in_the_folder_is_refused_with_what_differs(
    tmp_path: Path, entries: list[Entry]
) -> None:
    folder = tmp_path / "plan"
    planned(folder, entries)
    before = written(folder)
    for options, told in (
        (replace(OPTIONS, dtype="uint8"), "dtype is float16 there, and uint8 here"),
        (replace(OPTIONS, geometry=Geometry(resize_px=20, crop_px=16)), "resize px is 18 there"),
    ):
        with pytest.raises(PlanDiffers, match=told):
            planned(folder, entries, options=options)
    with pytest.raises(PlanDiffers, match="20 images there, and 19 others here"):
        planned(folder, entries[1:])
    assert written(folder) == before
    planned(folder, entries)
    assert written(folder) == before


def test_a_folder_with_files_of_the_users_own_is_refused(
    tmp_path: Path, entries: list[Entry]
) -> None:
    with pytest.raises(FolderInUse, match=r"a\.tar"):
        planned(tmp_path, entries)
    assert (tmp_path / "a.tar").exists()


def test_a_plan_that_was_changed_or_came_in_part_is_refused(
    tmp_path: Path, entries: list[Entry]
) -> None:
    folder = tmp_path / "plan"
    planned(folder, entries)
    said = json.loads((folder / "plan.json").read_text())
    said["options"]["seed"] = 7
    (folder / "changed").mkdir()
    (folder / "changed" / "plan.json").write_text(json.dumps(said))
    with pytest.raises(PlanUnreadable, match="changed since"):
        Plan.read(folder / "changed")
    (folder / "train-000001.npz").unlink()
    with pytest.raises(PlanUnreadable, match=r"train-000001\.npz is missing"):
        Plan.read(folder)
    with pytest.raises(NoPlan):
        Plan.read(tmp_path)


@given(
    texts=st.lists(st.tuples(st.binary(max_size=9), st.none() | st.binary(max_size=9)), max_size=6)
)
@settings(max_examples=30)
def test_names_of_any_bytes_come_back(texts: list[tuple[bytes, bytes | None]]) -> None:
    numbers = np.arange(5 * len(texts)).reshape(-1, 5)
    as_text = [
        (name.decode("latin-1"), None if member is None else member.decode("latin-1"))
        for name, member in texts
    ]
    names = [name.encode() for name, _ in as_text]
    members = [None if member is None else member.encode() for _, member in as_text]
    rows = PlannedRows.read(PlannedRows.of(numbers, names, members).packed())
    assert list(zip(*rows.texts(), strict=True)) == as_text
    assert rows.image_id.tolist() == numbers[:, 4].tolist()
