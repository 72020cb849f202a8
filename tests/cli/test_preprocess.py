"""`preprocess`, `preprocess check` and `preprocess show`, as they are typed."""

from __future__ import annotations

import json
import shutil
import tarfile
from typing import TYPE_CHECKING

import imnet_data
from tests.cli.conftest import answer, run

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.demo.build import Demo

SMALL = ("--resize", 36, "--crop", 32)
ANY_LOSS = ("--max-loss", 1)  # one of the demo's sixteen pictures is broken


def test_a_subset_becomes_tensors_that_are_read_and_checked(
    catalogue: Path, tmp_path: Path
) -> None:
    words = ("preprocess", "imagenette", "--to", "out", *SMALL, *ANY_LOSS, "--per-shard", 8)
    told = answer(*words, "--workers", 0, catalogue=catalogue)
    with imnet_data.open(catalogue) as opened:
        subset = opened.subset("imagenette")
        assert told["images"] == subset.count() - len(told["left_out"])
    assert told["written"] == len(list((tmp_path / "out").glob("*.safetensors"))) > 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    with imnet_data.TensorShards(tmp_path / "out") as shards:
        assert len(shards) == told["tensors"]
    again = answer(*words, catalogue=catalogue)
    assert (again["written"], again["kept"]) == (0, told["written"])
    assert run("preprocess", "check", "out").exit_code == 0
    (tmp_path / "out" / "train-000000.json").unlink()
    assert run("preprocess", "check", "out").exit_code == 1


def test_a_plan_and_the_archives_are_all_that_is_needed(tmp_path: Path, demo: Demo) -> None:
    # A tar in part compressed, so that its seek index has to travel with the plan.
    shutil.copy(demo.folder / "ILSVRC2012_img_val.tar", tmp_path)
    with (
        tarfile.open(demo.folder / "ILSVRC2012_img_train.tar") as plain,
        tarfile.open(tmp_path / "train.tar.gz", "w:gz") as packed,
    ):
        for member in plain.getmembers():
            packed.addfile(member, plain.extractfile(member))
    run("index", "train.tar.gz", "ILSVRC2012_img_val.tar", "--release", "ilsvrc2012")
    here = answer("preprocess", "imagenette", "--to", "here", *SMALL, *ANY_LOSS, "--workers", 0)
    run("plan", "imagenette", "--to", "plan", *SMALL)
    assert list((tmp_path / "plan" / "seek").iterdir())
    far = tmp_path / "far"
    far.mkdir()
    for name in ("train.tar.gz", "ILSVRC2012_img_val.tar", "plan"):
        (tmp_path / name).rename(far / name)
    for path in tmp_path.glob("imagenet.db*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    words = ("preprocess", "far/plan", "--to", "there", *ANY_LOSS, "--workers", 0)
    refused = run(*words)
    assert refused.exit_code == 1
    assert "2 archives of the plan are not where they were" in refused.stderr
    assert "--archives DIR" in refused.stderr
    there = answer(*words, "--archives", far)
    assert there["plan"] == here["plan"]
    for path in (tmp_path / "here").iterdir():
        assert (tmp_path / "there" / path.name).read_bytes() == path.read_bytes()
    assert not list(tmp_path.glob("imagenet.db*"))


def test_what_a_plan_says_is_not_said_again(catalogue: Path) -> None:
    run("plan", "imagenette", "--to", "plan", catalogue=catalogue)
    done = run("preprocess", "plan", "--to", "out", "--crop", 32)
    assert done.exit_code == 2
    assert "--crop was decided when plan was planned: leave it out" in done.stderr


def test_more_loss_than_was_allowed_makes_the_exit_code_1(tmp_path: Path, demo: Demo) -> None:
    run("index", demo.folder / "ILSVRC2012_img_train.tar")
    words = ("preprocess", "imagenette", "--part", "train", "--workers", 0, *SMALL)
    done = run(*words, "--to", "out")
    assert done.exit_code == 1
    assert "more than --max-loss 0.10%" in done.stdout
    assert "--json names all" not in done.stdout
    told = json.loads(run(*words, "--to", "out", "--json").stdout)
    assert told["within_max_loss"] is False
    named = {one["name"] for one in told["left_out"]}
    assert named
    assert all(name in done.stdout for name in named)
    with imnet_data.open("imagenet.db") as opened:
        assert told["images"] == opened.subset("imagenette").count("train") - len(named)
    assert run(*words, "--to", "out", "--max-loss", "50%").exit_code == 0


def test_how_large_it_will_be_is_said_before_and_on_standard_error(catalogue: Path) -> None:
    done = run("preprocess", "imagenette", "--to", "out", *SMALL, catalogue=catalogue)
    assert "images as float16 of 3 x 32 x 32 are" in done.stderr
    assert "are free" in done.stderr
    assert "are free" not in done.stdout


def test_what_cannot_be_made_is_one_sentence_with_what_to_type(catalogue: Path) -> None:
    for words, told, advice in (
        (["./plan"], "no plan is in", "plan SUBSET --to"),
        (["imagenette", "--device", "tpu"], "there is no device 'tpu'", "preprocess --help"),
        ([f"{catalogue.parent}/"], "no plan is in", "plan SUBSET --to PLAN"),
        (["imagenette", "--engine", "pillow", "--device", "cuda:0"], "cpu", "preprocess --help"),
    ):
        done = run("preprocess", *words, "--to", "out", catalogue=catalogue)
        assert done.exit_code == 1
        assert told in done.stderr
        assert advice in done.stderr
    done = run("preprocess", "imagenette", "--to", "out", "--max-loss", "101%")
    assert "101% is more than all\n" in done.stderr
    run("shard", "imagenette", "--to", "tars", catalogue=catalogue)
    done = run("preprocess", "imagenette", "--to", "tars", catalogue=catalogue)
    assert "other shards: format is webdataset there, and safetensors here\n" in done.stderr
    done = run("preprocess", "check", "nowhere")
    assert "no shards are in" in done.stderr
    assert "imnet-data preprocess SUBSET --to" in done.stderr
