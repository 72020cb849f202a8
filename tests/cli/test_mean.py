"""`mean`, and `preprocess --normalize dataset`, which takes what it measured."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from imnet_data import TensorShards
from tests.cli.conftest import answer, run

SMALL = ("--resize", 24, "--crop", 20, "--workers", 0)


@pytest.fixture
def own(catalogue: Path, tmp_path: Path) -> Path:
    """A catalogue to write to."""
    return Path(shutil.copy(catalogue, tmp_path / "own.db"))


def test_figures_stand_beside_torchs_and_say_which_deviation_is_which(own: Path) -> None:
    told = answer("mean", "ilsvrc2012", *SMALL, catalogue=own)
    assert (told["part"], told["sample"], told["is_new"], told["kept"]) == (
        "train", None, True, True,
    )  # fmt: skip
    assert told["images"] + told["left_out"] == 144
    assert len(told["broken"]) == told["left_out"] > 0
    done = run("mean", "ilsvrc2012", *SMALL, catalogue=own)
    assert "measured on" in done.stdout
    red = next(line for line in done.stdout.splitlines() if line.startswith("red"))
    assert red.split() == [
        "red", f"{told['mean'][0]:.4f}", "0.485", f"{told['std'][0]:.4f}",
        f"{told['image_std'][0]:.4f}", "0.229",
    ]  # fmt: skip
    assert "torch's 0.229, 0.224, 0.225 are such ones" in done.stdout
    assert told["broken"][0]["image"] in done.stdout


def test_the_mean_image_is_written_and_agrees_with_the_mean(own: Path) -> None:
    words = ("mean", "ilsvrc2012", "--part", "val", *SMALL)
    told = answer(*words, "--per-pixel", "mean.npy", catalogue=own)
    image = np.load("mean.npy")
    assert (image.shape, image.dtype) == ((3, 20, 20), np.float64)
    np.testing.assert_allclose(image.mean(axis=(1, 2)) / 255, told["mean"])
    done = run(*words, "--per-pixel", "nowhere/mean.npy", catalogue=own)
    assert done.exit_code == 2


def test_preprocess_takes_the_datasets_own_mean_and_refuses_where_there_is_none(
    own: Path,
) -> None:
    words = ("preprocess", "ilsvrc2012", "--to", "made", "--part", "train", *SMALL)
    done = run(*words, "--normalize", "dataset", catalogue=own)
    assert done.exit_code == 1
    advice = f"imnet-data -c {own} mean ilsvrc2012 --part train --resize 24 --crop 20"
    assert advice in done.stderr
    told = answer("mean", "ilsvrc2012", *SMALL, catalogue=own)
    run(*words, "--normalize", "dataset", "--dtype", "float32", "--max-loss", "5%", catalogue=own)
    with TensorShards("made") as shards:
        assert shards.normalisation.mean == tuple(told["mean"])
        assert shards.normalisation.std == tuple(told["std"])
        images = shards[:].images
        np.testing.assert_allclose(images.mean(axis=(0, 2, 3), dtype=np.float64), 0, atol=1e-5)
        np.testing.assert_allclose(images.std(axis=(0, 2, 3), dtype=np.float64), 1, atol=1e-5)
    said = json.loads(Path("made/manifest.json").read_text())["options"]["normalisation"]
    assert said["name"] == "dataset"


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        (("--square", 24), "--square 24"),
        (("--filter", "bicubic", "--exif"), "--filter bicubic --exif"),
        (("--square", 224), "--square 224"),
    ],
)
def test_the_advice_measures_at_the_geometry_that_was_asked_for(
    own: Path, typed: tuple[object, ...], advice: str
) -> None:
    done = run(
        "plan", "ilsvrc2012", "--to", "plan", "--normalize", "dataset", *typed, catalogue=own
    )
    assert f"mean ilsvrc2012 --part train {advice}\n" in done.stderr
    assert not Path("plan").exists()


def test_a_part_without_images_is_one_sentence(own: Path) -> None:
    done = run("mean", "imagenette", "--part", "test", catalogue=own)
    assert done.exit_code == 1
    assert "there is no part 'test'" in done.stderr
