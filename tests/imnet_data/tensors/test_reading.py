"""TensorShards: what stands in a folder comes out, without a copy where it need not be copied."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from imnet_data import TensorShards
from imnet_data.errors import (
    ManifestUnreadable,
    NoShards,
    NotTensors,
    ShardsUnfinished,
    TensorOptionError,
    TensorsUnreadable,
    UnknownPart,
)
from imnet_data.tensors.normalisation import Normalisation

from .folders import Made, make, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TORCH = Normalisation.named("torch")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("tensors") / "pets")


@pytest.fixture
def shards(made: Made) -> Iterator[TensorShards]:
    with TensorShards(made.folder) as shards:
        yield shards


@pytest.fixture
def images(made: Made) -> Any:
    return stored(made.levels, "float16", TORCH)


def test_each_picture_comes_with_its_label_and_name(
    made: Made, shards: TensorShards, images: Any
) -> None:
    assert len(shards) == 12
    for at in (0, 4, 5, 11, -1):
        image, label, name = shards[at]
        np.testing.assert_array_equal(image, images[at])
        assert (label, name) == (made.labels[at], made.names[at])
    assert [one.name for one in shards] == made.names
    with pytest.raises(IndexError):
        shards[12]


def test_what_the_manifest_says_of_them_is_told(made: Made, shards: TensorShards) -> None:
    assert shards.classes == ["dog.n.01", "cat.n.01", "mascot"]
    assert shards.wnids == ["n02084071", "n02121620", None]
    assert (shards.parts, shards.images_of("val")) == (("train", "val"), range(9, 12))
    assert (shards.image_shape, shards.dtype, shards.copies) == ((3, 8, 8), "float16", 1)
    assert (shards.subset, shards.catalogue, shards.normalisation) == ("pets", "c0ffee", TORCH)
    np.testing.assert_array_equal(shards.labels, made.labels)
    assert shards.image_ids.tolist() == list(range(100, 112))
    with pytest.raises(UnknownPart, match="train, val"):
        shards.images_of("test")


def test_a_slice_in_one_shard_is_a_view_of_the_file_that_cannot_be_written(
    shards: TensorShards, images: Any
) -> None:
    view = shards[1:4]
    assert np.shares_memory(view.images, shards[2].image)
    assert not view.images.flags.writeable
    np.testing.assert_array_equal(view.images, images[1:4])
    assert view.numbers.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "wanted",
    [
        slice(3, 10), slice(None, None, -2), [11, 0, 5, 5], slice(4, 4),
        np.array([7, 2]), np.arange(12) % 3 == 1, [at == 6 for at in range(12)],
    ],
)  # fmt: skip
def test_slices_over_shards_and_lists_of_numbers_are_gathered(
    made: Made, shards: TensorShards, images: Any, wanted: Any
) -> None:
    found = shards[wanted]
    np.testing.assert_array_equal(found.images, images[wanted])
    np.testing.assert_array_equal(found.labels, made.labels[wanted])
    assert shards.names(found.numbers) == np.array(made.names)[wanted].tolist()
    with pytest.raises(IndexError, match="2 marks for 12 pictures"):
        shards[[True, False]]


def test_batches_give_every_picture_once_in_order(shards: TensorShards, images: Any) -> None:
    found = list(shards.batches(4))
    assert [len(one.labels) for one in found] == [4, 4, 4]
    np.testing.assert_array_equal(np.concatenate([one.images for one in found]), images)
    of_val = list(shards.batches(2, part="val"))
    assert [one.numbers.tolist() for one in of_val] == [[9, 10], [11]]
    with pytest.raises(ValueError, match="1 picture or more"):
        shards.batches(0)


def test_shuffled_batches_give_every_picture_of_a_part_once_as_the_seed_says(
    made: Made, shards: TensorShards, images: Any
) -> None:
    found = list(shards.batches(4, shuffle=True, seed=3, part="train"))
    numbers = np.concatenate([one.numbers for one in found])
    assert sorted(numbers) == list(range(9))
    assert numbers.tolist() != list(range(9))
    np.testing.assert_array_equal(np.concatenate([one.images for one in found]), images[numbers])
    np.testing.assert_array_equal(
        np.concatenate([one.labels for one in found]), made.labels[numbers]
    )
    again = shards.batches(4, shuffle=True, seed=3, part="train")
    assert numbers.tolist() == np.concatenate([one.numbers for one in again]).tolist()
    other = shards.batches(4, shuffle=True, seed=4, part="train")
    assert numbers.tolist() != np.concatenate([one.numbers for one in other]).tolist()


@pytest.mark.parametrize("dtype", ["float32", "uint8", "bfloat16"])
def test_every_dtype_comes_back_in_float32(tmp_path: Path, dtype: str) -> None:
    made = make(tmp_path, dtype=dtype, parts={"train": [3]})
    with TensorShards(tmp_path) as shards:
        values = shards[0:3].as_float32()
        assert values.dtype == np.float32
        exact = made.levels if dtype == "uint8" else stored(made.levels, "float32", TORCH)
        np.testing.assert_allclose(values, exact, rtol=2**-8)
        np.testing.assert_array_equal(shards[1].as_float32(), values[1])


def test_a_shard_of_which_nothing_decoded_is_passed_over(tmp_path: Path) -> None:
    made = make(tmp_path, parts={"train": [2, 0, 1], "val": [0]})
    with TensorShards(tmp_path) as shards:
        assert [one.name for one in shards] == made.names
        assert [len(one.labels) for one in shards.batches(2)] == [2, 1]
        assert len(shards[1:1].images) == 0
        assert list(shards.batches(4, part="val")) == []
        assert shards.labels.tolist() == made.labels.tolist()
        assert shards.check().well


def test_arrays_stay_when_the_folder_is_closed_and_its_files_are_let_go(
    made: Made, images: Any
) -> None:
    def held() -> int:
        links = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd")]
        return sum(os.path.realpath(link).startswith(str(made.folder)) for link in links)

    shards = TensorShards(made.folder)
    batch = next(shards.batches(3))
    image = shards[10].image
    shards.close()
    np.testing.assert_array_equal(batch.images, images[:3])
    np.testing.assert_array_equal(image, images[10])
    del batch, image
    assert held() == 0


def test_it_can_be_pickled_and_forked(made: Made, shards: TensorShards, images: Any) -> None:
    copy = pickle.loads(pickle.dumps(shards))
    np.testing.assert_array_equal(copy[7].image, images[7])
    view = shards[0:2]
    ours, theirs = multiprocessing.get_context("fork").Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(
        target=lambda: theirs.send((shards[11].name, float(view.images.sum(dtype=np.float64))))
    )
    child.start()
    assert ours.recv() == (made.names[11], float(images[:2].sum(dtype=np.float64)))
    child.join()
    child.close()
    ours.close()
    theirs.close()


def test_folders_without_finished_tensors_are_refused_each_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(NoShards):
        TensorShards(tmp_path)
    made = make(tmp_path / "there")
    manifest = made.folder / "manifest.json"
    said = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**said, "options": {"format": "webdataset"}}))
    with pytest.raises(NotTensors, match="webdataset"):
        TensorShards(made.folder)
    manifest.write_text(json.dumps({**said, "options": {"format": "safetensors"}}))
    with pytest.raises(ManifestUnreadable):
        TensorShards(made.folder)
    manifest.unlink()
    (made.folder / ".unfinished").mkdir()
    (made.folder / ".unfinished" / "begun").write_text("{}")
    with pytest.raises(ShardsUnfinished):
        TensorShards(made.folder)


def test_a_shard_that_is_cut_off_or_gone_is_an_error_and_no_crash(tmp_path: Path) -> None:
    made = make(tmp_path)
    with TensorShards(tmp_path) as shards:
        with made.file(1).open("r+b") as file:
            file.truncate(5000)
        assert shards[4].name == "image_4"
        with pytest.raises(TensorsUnreadable, match="5,000 bytes"):
            shards[5]
        made.file(1).unlink()
        with pytest.raises(TensorsUnreadable, match="No such file"):
            shards[5]
        made.file(0).with_suffix(".json").write_text('{"names": ["one"]}')
        shards.close()
        with pytest.raises(TensorsUnreadable, match="names 1 "):
            shards.name(0)


def test_torch_is_asked_for_by_name_where_it_is_not_installed(
    shards: TensorShards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(TensorOptionError, match="pip install torch"):
        next(shards.batches(2, as_torch=True))
