"""Checking a folder of tensors: each kind of damage is told, by the file and in its own words."""

from __future__ import annotations

import json
import pickle
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from imnet_data import TensorShards
from imnet_data.sharding.folder_sums import digest_of_file
from imnet_data.tensors.check import _Looked, _units, check_tensors
from imnet_data.tensors.mapped import MappedTensors
from imnet_data.tensors.normalisation import Normalisation
from imnet_data.tensors.sheet import drawn_numbers, tensor_sheet
from imnet_data.tensors.tensor_folder import TensorFolder

from .folders import Made, make, rewrite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("tensors") / "pets")


@pytest.fixture
def made(whole: Made, tmp_path: Path) -> Made:
    """A copy to damage."""
    shutil.copytree(whole.folder, tmp_path / "pets")
    return replace(whole, folder=tmp_path / "pets")


def told(made: Made, **how: Any) -> list[tuple[str, str]]:
    return [(one.name, one.kind) for one in check_tensors(made.folder, **how).differences]


def put(made: Made, arrays: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Write the first shard anew with other arrays, and its new digest into the manifest."""
    file = made.file(0)
    rewrite(file, arrays({key: a.copy() for key, a in MappedTensors(str(file)).arrays.items()}))
    manifest = made.folder / "manifest.json"
    text = manifest.read_text().replace(
        made.shards["train"][0].file.sha256 or "", digest_of_file(str(file))
    )
    said = json.loads(text)
    said["parts"]["train"]["shards"][0]["size_bytes"] = file.stat().st_size
    manifest.write_text(json.dumps(said))
    sidecar = file.with_suffix(".json")
    beside = json.loads(sidecar.read_text()) | {"sha256": digest_of_file(str(file))}
    sidecar.write_text(json.dumps(beside))


FIRST = "train-000000.safetensors"


def test_a_folder_as_it_was_written_is_well(whole: Made) -> None:
    found = check_tensors(whole.folder)
    assert found.well
    assert (found.shards, found.pictures, found.deep, found.remarks) == (3, 12, True, ())


def test_what_a_process_is_handed_says_all_that_it_needs(whole: Made) -> None:
    units = list(_units(TensorFolder(whole.folder), deep=True))
    assert len(units) == 6
    for unit in pickle.loads(pickle.dumps(units)):
        assert unit.run() == _Looked()


def test_missing_surplus_and_short_files_are_told_without_reading_any(made: Made) -> None:
    made.file(1).unlink()
    shutil.copy(made.file(0), made.folder / "train-000009.safetensors")
    with made.file(2).open("r+b") as file:
        file.truncate(4100)
    assert told(made, deep=False) == [
        ("train-000001.safetensors", "missing"),
        ("val-000000.safetensors", "size"),
        ("train-000009.safetensors", "surplus"),
    ]


def test_a_changed_byte_is_found_by_the_digest_alone(made: Made) -> None:
    data = bytearray(made.file(0).read_bytes())
    data[-1] ^= 1
    made.file(0).write_bytes(data)
    assert told(made, deep=False) == []
    assert told(made) == [(FIRST, "sha256")]


def test_labels_that_are_no_class_are_told(made: Made) -> None:
    put(made, lambda arrays: arrays | {"labels": np.array([0, 3, -1, -2, 2])})
    (found,) = [d for d in check_tensors(made.folder, deep=False).differences if d.name == FIRST]
    assert (found.kind, found.detail) == ("labels", "2 labels that are no class, such as 3")


def test_values_that_are_no_numbers_are_told_with_the_images(made: Made) -> None:
    def spoil(arrays: dict[str, Any]) -> dict[str, Any]:
        arrays["images"][1, 2, 7, 7] = np.nan
        arrays["images"][3, 0, 0, 0] = -np.inf
        return arrays

    put(made, spoil)
    (found,) = [d for d in check_tensors(made.folder).differences if d.name == FIRST]
    assert found.detail == "values that are no numbers in 2 pictures: image_1, image_3"


def test_a_picture_of_one_colour_is_remarked_on_and_no_difference(tmp_path: Path) -> None:
    levels = np.random.default_rng(1).integers(0, 256, (3, 3, 8, 8), np.uint8)
    levels[1] = np.array([10, 20, 30], np.uint8)[:, None, None]
    levels[2] = 9
    levels[2, :, 7, 7] = 10
    make(tmp_path, levels=levels, parts={"val": [3]})
    found = check_tensors(tmp_path)
    assert found.well
    assert [one.detail for one in found.remarks] == [
        "one colour and nothing else in 1 picture: image_1"
    ]


def test_another_shape_dtype_or_order_of_rows_than_the_manifest_says_is_told(made: Made) -> None:
    put(made, lambda arrays: arrays | {"images": arrays["images"][:4]})
    (found,) = [d for d in check_tensors(made.folder).differences if d.name == FIRST]
    assert found.kind == "header"
    assert "images F16[4, 3, 8, 8]" in found.detail


def test_what_the_safetensors_package_refuses_is_told(made: Made) -> None:
    data = made.file(0).read_bytes()
    made.file(0).write_bytes(data[:4096] + b"hole" + data[4096:])
    said = json.loads((made.folder / "manifest.json").read_text())
    said["parts"]["train"]["shards"][0]["size_bytes"] += 4
    (made.folder / "manifest.json").write_text(json.dumps(said))
    assert (FIRST, "header") in told(made, deep=False)
    with pytest.raises(ValueError, match="header describes"):
        MappedTensors(str(made.file(0)))


def test_names_beside_a_shard_that_are_of_another_are_told(made: Made) -> None:
    shutil.copy(made.file(1).with_suffix(".json"), made.file(0).with_suffix(".json"))
    found = told(made, deep=False)
    assert ("train-000000.json", "size") in found
    assert (FIRST, "names") in found


def test_a_sheet_shows_pictures_as_they_were_before_normalising(tmp_path: Path) -> None:
    levels = np.random.default_rng(1).integers(0, 256, (6, 3, 8, 8), np.uint8)
    levels[:] = np.array([200, 100, 50], np.uint8)[:, None, None]
    make(tmp_path, levels=levels, parts={"train": [6]}, normalisation=Normalisation.named("caffe"))
    # Made without turning RGB round, so that what is stored as blue was 200.
    with TensorShards(tmp_path) as shards:
        numbers = drawn_numbers(shards, 4, seed=1)
        assert numbers == drawn_numbers(shards, 4, seed=1) == sorted(set(numbers))
        assert drawn_numbers(shards, 100) == list(range(6))
        sheet = tensor_sheet(shards, numbers, columns=2, title="pets")
    assert isinstance(sheet, Image.Image)
    assert (50, 100, 200) in {colour for _, colour in sheet.getcolors(1 << 20) or ()}
