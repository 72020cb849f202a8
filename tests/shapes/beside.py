"""What comes beside ImageNet's images: devkits, and archives of boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.facts import ilsvrc
from imnet_data.facts.validation import validation_labels

from . import kaggle
from .writing import as_tar_gz

if TYPE_CHECKING:
    from pathlib import Path

    from .writing import Files


def ground_truth() -> list[int]:
    """The ILSVRC2012_ID of each validation image, as the devkit lists them."""
    ids = [one.ilsvrc2012_id for one in ilsvrc.classes()]
    return [ids[index] for index in validation_labels().tolist()]


def devkit_files(truth: list[int]) -> Files:
    """The devkit of 2012, with this ground truth."""
    top = "ILSVRC2012_devkit_t12"
    lines = "".join(f"{one}\n" for one in truth)
    return {
        f"{top}/COPYING": b"Copyright (c) 2012 The ImageNet Project\n",
        f"{top}/readme.txt": b"Introduction\n",
        f"{top}/data/meta.mat": b"MATLAB 5.0 MAT-file",
        f"{top}/data/ILSVRC2012_validation_ground_truth.txt": lines.encode(),
        f"{top}/evaluation/demo.val.pred.txt": b"771 778 794\n",
        f"{top}/evaluation/VOCxml2struct.m": b"function\n",
    }


def devkit_2014_files(truth: list[int]) -> Files:
    """A later devkit: with a blacklist, and a ground truth of its own for detection."""
    top = "ILSVRC2014_devkit"
    lines = "".join(f"{one}\n" for one in truth)
    return {
        f"{top}/data/ILSVRC2014_clsloc_validation_blacklist.txt": b"36\n50\n",
        f"{top}/data/ILSVRC2014_clsloc_validation_ground_truth.txt": lines.encode(),
        f"{top}/data/map_clsloc.txt": b"n02119789 1 kit_fox\n",
        f"{top}/data/det_lists/val.txt": b"ILSVRC2012_val_00000001 1\n",
    }


def box_archives(folder: Path) -> list[Path]:
    """Boxes without images: ILSVRC's two archives, and Kaggle's list."""
    files = kaggle.annotation_files("")
    train = {name.removeprefix("train/"): data for name, data in files.items() if "train/" in name}
    val = {name: data for name, data in files.items() if name.startswith("val/")}
    listed = folder / "LOC_val_solution.csv"
    listed.write_bytes(kaggle.lists()["LOC_val_solution.csv"])
    return [
        as_tar_gz(folder / "ILSVRC2012_bbox_train_v2.tar.gz", train),
        as_tar_gz(folder / "ILSVRC2012_bbox_val_v3.tgz", val),
        listed,
    ]
