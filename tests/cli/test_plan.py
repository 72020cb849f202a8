"""`plan`, as it is typed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

import imnet_data
from tests.cli.conftest import answer, run

if TYPE_CHECKING:
    from pathlib import Path


def test_a_plan_names_subset_classes_and_catalogue(catalogue: Path, tmp_path: Path) -> None:
    told = answer("plan", "imagenette", "--to", "plan", "--crop", 64, catalogue=catalogue)
    with imnet_data.open(catalogue) as opened:
        subset = opened.subset("imagenette")
        counted = {part: subset.count(part) for part in subset.parts}
        uuid = opened.uuid
    assert {part: one["images"] for part, one in told["parts"].items()} == counted
    said = json.loads((tmp_path / "plan" / "plan.json").read_text())
    assert said["fingerprint"] == told["fingerprint"]
    assert said["subset"]["name"] == "imagenette"
    assert said["subset"]["catalogue"] == uuid
    assert len(said["subset"]["recipe_fingerprint"]) == 64
    assert [one["wnid"] for one in said["classes"]][:2] == ["n01440764", "n02102040"]
    assert said["options"]["geometry"] == {
        "kind": "crop", "crop_px": 64, "resize_px": 256, "filter": "bilinear", "exif": False,
    }  # fmt: skip


def test_a_made_subset_has_its_lock_in_the_plan(catalogue: Path, tmp_path: Path) -> None:
    own = tmp_path / shutil.copy(catalogue, tmp_path / "own.db")
    run("subset", "create", "dogs", "dog", catalogue=own)
    answer("plan", "dogs", "--to", "plan", catalogue=own)
    said = json.loads((tmp_path / "plan" / "plan.json").read_text())
    with imnet_data.open(own) as opened:
        locked = opened.subset("dogs").locked
    assert locked is not None
    assert said["subset"]["lock_fingerprint"] == locked.fingerprint


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["nothing-of-ours"], 1, ("no subset is called", "subset list")),
        (["imagenette", "--part", "dev"], 1, ("there are train, val", "--part train")),
        (["imagenette", "--square", 64, "--crop", 64], 2, ("two ways to cut", "plan --help")),
        (["imagenette", "--random-crops", 2, "--resize", 64], 2, ("two ways", "plan --help")),
        (["imagenette", "--resize", 64, "--crop", 65], 1, ("not in a short side", "plan --help")),
        (["imagenette", "--normalize", "zca"], 1, ("no normalisation 'zca'", "plan --help")),
        (["imagenette", "--normalize", "dataset"], 1, ("not measured", "mean imagenette")),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_one_sentence_with_what_to_type(
    catalogue: Path, tmp_path: Path, words: list[object], code: int, says: tuple[str, ...]
) -> None:
    done = run("plan", *words, "--to", "x", catalogue=catalogue)
    assert done.exit_code == code
    assert all(text in done.stderr for text in says)
    assert not list(tmp_path.iterdir())


def test_another_plan_in_the_folder_is_refused(catalogue: Path) -> None:
    run("plan", "imagenette", "--to", "plan", catalogue=catalogue)
    done = run("plan", "imagenette", "--to", "plan", "--dtype", "uint8", catalogue=catalogue)
    assert done.exit_code == 1
    assert "dtype is float16 there, and uint8 here" in done.stderr
    assert "--to ANOTHER-FOLDER" in done.stderr
