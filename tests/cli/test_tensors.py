"""`preprocess check` and `preprocess show`, as they are typed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imnet_data.tensors.mapped import MappedTensors
from tests.cli.conftest import answer, run
from tests.imnet_data.tensors.folders import Made, make, rewrite


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return make(tmp_path / "tensors")


@pytest.mark.usefixtures("made")
def test_tensors_as_they_were_written_are_well() -> None:
    told = answer("preprocess", "check", "tensors")
    assert (told["well"], told["shards"], told["pictures"], told["deep"]) == (True, 3, 12, True)
    done = run("preprocess", "check", "tensors", "--quick")
    assert done.exit_code == 0
    assert "3 shards with 12 pictures" in done.stdout
    assert "values and digests were not looked at" in done.stdout


def test_one_shard_is_told_of_as_one(tmp_path: Path) -> None:
    make(tmp_path / "small", parts={"train": [1]})
    told = run("preprocess", "check", "small").stdout
    assert told.startswith("1 shard with 1 picture, ")
    assert ", is as it was written; every byte was read" in told


def test_differences_are_listed_and_make_the_exit_code_1(made: Made) -> None:
    made.file(1).unlink()
    data = bytearray(made.file(0).read_bytes())
    data[-1] ^= 1
    made.file(0).write_bytes(data)
    done = run("preprocess", "check", "tensors")
    assert done.exit_code == 1
    assert "train-000000.safetensors  SHA-256" in done.stdout
    assert "train-000001.safetensors  is not there" in done.stdout
    assert "3 shards with 12 pictures: 2 differences" in done.stdout


@pytest.mark.usefixtures("made")
def test_a_sheet_is_the_same_for_a_seed_and_another_for_another() -> None:
    words = ("preprocess", "show", "tensors", "--sample", 4, "--columns", 2)
    done = run(*words, "-o", "one.png")
    assert "drew 4 pictures of 12 to one.png" in done.stdout
    run(*words, "-o", "same.png")
    run(*words, "--seed", 1, "-o", "other.png")
    one, same, other = (Path(f"{name}.png").read_bytes() for name in ("one", "same", "other"))
    assert one == same != other
    with Image.open("one.png") as sheet:
        assert sheet.width > 2 * 96
    assert run(*words, "-o", "one.gif").exit_code == 2
    assert run(*words, "--part", "test", "-o", "one.png").exit_code == 1


def test_what_cannot_be_drawn_is_one_sentence_and_a_label_of_no_class_is_drawn(
    tmp_path: Path,
) -> None:
    made = make(tmp_path / "odd", parts={"train": [2], "val": [0]})
    done = run("preprocess", "show", "odd", "--part", "val", "-o", "sheet.png")
    assert done.exit_code == 1
    assert "there is no picture" in done.stderr
    arrays = MappedTensors(str(made.file(0))).arrays
    rewrite(made.file(0), {**arrays, "labels": np.array([0, 99])})
    assert run("preprocess", "show", "odd", "-o", "sheet.png").exit_code == 0


def test_a_folder_without_tensors_is_one_sentence(tmp_path: Path) -> None:
    done = run("preprocess", "show", "nothing", "-o", "sheet.png")
    assert done.exit_code == 1
    assert "no shards are in" in done.stderr
    assert not (tmp_path / "sheet.png").exists()
