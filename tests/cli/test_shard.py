"""`shard` and `shard check`, as they are typed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

import imnet_data
from tests.cli.conftest import answer, run

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.demo.build import Demo


def test_a_built_in_subset_is_written_and_checked(catalogue: Path, tmp_path: Path) -> None:
    told = answer("shard", "imagenette", "--to", "sh", "--per-shard", 5, catalogue=catalogue)
    with imnet_data.open(catalogue) as opened:
        subset = opened.subset("imagenette")
        counted = {part: subset.count(part) for part in subset.parts}
    assert {part: one["images"] for part, one in told["parts"].items()} == counted
    assert told["written"] == len(list((tmp_path / "sh").glob("*.tar"))) > 2
    checked = answer("shard", "check", "sh")
    assert (checked["well"], checked["images"]) == (True, told["images"])
    again = answer("shard", "imagenette", "--to", "sh", "--per-shard", 5, catalogue=catalogue)
    assert (again["written"], again["kept"]) == (0, told["written"])


def test_the_manifest_says_which_subset_it_is_and_no_path(catalogue: Path, tmp_path: Path) -> None:
    run("shard", "imagenette", "--to", "sh", "--part", "val", catalogue=catalogue)
    text = (tmp_path / "sh" / "manifest.json").read_text()
    found = json.loads(text)
    assert found["subset"]["name"] == "imagenette"
    assert len(found["subset"]["recipe_fingerprint"]) == 64
    assert [one["index"] for one in found["classes"]] == list(range(10))
    assert list(found["parts"]) == ["val"]
    assert str(tmp_path) not in text
    assert (tmp_path / "sh" / "index.json").exists()


def test_a_difference_is_shown_and_makes_the_exit_code_1(catalogue: Path, tmp_path: Path) -> None:
    run("shard", "imagenette", "--to", "sh", catalogue=catalogue)
    (tmp_path / "sh" / "train-000000.tar").unlink()
    done = run("shard", "check", "sh")
    assert done.exit_code == 1
    assert "train-000000.tar  is not there" in done.stdout
    assert "1 file differs from the manifest" in done.stdout


def test_without_digests_the_check_says_so(catalogue: Path) -> None:
    run("shard", "imagenette", "--to", "sh", "--no-digest", catalogue=catalogue)
    done = run("shard", "check", "sh")
    assert done.exit_code == 0
    assert "by their sizes alone" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["shard", "imagenette", "--to", "x", "--per-shard", 1, "--shard-size", "1MB"], 2,
         "two ways to cut"),
        (["shard", "imagenette", "--to", "x", "--shard-size", "large"], 2, "is no size"),
        (["shard", "imagenette"], 2, "--to"),
        (["shard", "imagenette", "--to", "x", "--shard-size", "1k"], 1, "at least 16,384 bytes"),
        (["shard", "imagenette", "--to", "x", "--part", "dev"], 1, "there are train, val"),
        (["shard", "nothing-of-ours", "--to", "x"], 1, "no subset is called"),
        (["shard", "check", "nowhere"], 1, "no shards are in"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(
    catalogue: Path, tmp_path: Path, words: list[object], code: int, told: str
) -> None:
    done = run(*words, catalogue=catalogue)
    assert done.exit_code == code
    assert told in done.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["--part", "dev"], "try: the same with --part train\n"),
        (["--shard-size", "1k"], "try: imnet-data shard --help\n"),
        (["--link"], "try: imnet-data shard --help\n"),
    ],
)
def test_after_wrong_options_the_next_thing_to_type_is_told(
    catalogue: Path, words: list[str], advice: str
) -> None:
    done = run("shard", "imagenette", "--to", "x", *words, catalogue=catalogue)
    assert done.stderr.endswith(advice)


def test_other_options_are_refused_with_what_to_type(catalogue: Path) -> None:
    run("shard", "imagenette", "--to", "sh", catalogue=catalogue)
    done = run("shard", "imagenette", "--to", "sh", "--order", "class", catalogue=catalogue)
    assert done.exit_code == 1
    assert "order is shuffled there, and class here" in done.stderr
    assert "try: the same with --to ANOTHER-FOLDER" in done.stderr


def test_a_lost_archive_is_named_and_nothing_is_left(tmp_path: Path, demo: Demo) -> None:
    train = tmp_path / shutil.copy(demo.folder / "ILSVRC2012_img_train.tar", tmp_path)
    run("index", train)
    train.rename("elsewhere.tar")
    done = run("shard", "imagenette", "--to", "sh", "--part", "train")
    assert done.exit_code == 1
    assert "ILSVRC2012_img_train.tar does not exist" in done.stderr
    assert "archives relocate" in done.stderr
    assert not list((tmp_path / "sh").glob("*.tar"))
    run("archives", "relocate", train, "elsewhere.tar")
    assert run("shard", "imagenette", "--to", "sh", "--part", "train").exit_code == 0


def test_broken_images_are_left_out_and_counted(demo: Demo) -> None:
    run("index", demo.folder / "ILSVRC2012_img_train.tar")
    run("verify", "--level", "digest", "--workers", 0)
    told = answer("shard", "ilsvrc2012", "--to", "sh", "--part", "train")
    assert sum(told["left_out"].values()) > 0
    with imnet_data.open("imagenet.db") as opened:
        images = opened.images(split="train").count()
    assert told["images"] == images - sum(told["left_out"].values())
