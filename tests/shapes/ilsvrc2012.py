"""ILSVRC 2012 in each shape: the same pictures, so the same keys and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import kaggle, samples
from . import pictures as of
from .shape import BY_CLASSES, BY_FILE, BY_FOLDER, BY_NAMES, BY_TARS, Shape, told
from .writing import as_tar, as_tar_gz, as_tree, flat, in_class_folders, tar_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .writing import Files

BY_CLS_LOC = "by its folders CLS-LOC"


def class_tars() -> Files:
    return {
        f"{wnid}.tar": tar_of({f"{p.name}.JPEG": p.data for p in of.train() if p.wnid == wnid})
        for wnid in of.WNIDS
    }


def originals(folder: Path) -> Path:
    as_tar(folder / "ILSVRC2012_img_train.tar", class_tars())
    as_tar(folder / "ILSVRC2012_img_val.tar", flat(of.val()))
    as_tar(folder / "ILSVRC2012_img_test_v10102019.tar", flat(of.test(), "test/"))
    return folder


def originals_compressed(folder: Path) -> Path:
    as_tar_gz(folder / "ILSVRC2012_img_train.tar.gz", class_tars())
    as_tar_gz(folder / "ILSVRC2012_img_val.tgz", flat(of.val()))
    as_tar_gz(folder / "ILSVRC2012_img_test.tar.gz", flat(of.test()))
    return folder


def unpacked(folder: Path) -> Path:
    files = in_class_folders(of.train(), "train/") | in_class_folders(of.val(), "val/")
    return as_tree(folder / "imagenet", files | flat(of.test(), "test/"))


def folder_of_class_tars(folder: Path) -> Path:
    files = {f"train/{name}": data for name, data in class_tars().items()}
    return as_tree(folder / "imagenet", files | flat(of.val(), "val/") | flat(of.test(), "test/"))


def _ilsvrc(name: str, write: Callable[[Path], Path], *lines: tuple[str, str, str, str]) -> Shape:
    return Shape(name, write, "ilsvrc2012", of.ilsvrc2012(), told(*lines))


ILSVRC2012 = (
    _ilsvrc(
        "original tars", originals,
        ("tar", "ilsvrc-train", BY_TARS, BY_FILE),
        ("tar", "ilsvrc-val", BY_NAMES, BY_FILE),
        ("tar", "ilsvrc-test", BY_NAMES, BY_FILE),
    ),
    _ilsvrc(
        "original tars, compressed", originals_compressed,
        ("tar.gz", "ilsvrc-train", BY_TARS, BY_FILE),
        ("tar.gz", "ilsvrc-val", BY_NAMES, BY_FILE),
        ("tar.gz", "ilsvrc-test", BY_NAMES, BY_FILE),
    ),
    _ilsvrc(
        "unpacked tree", unpacked,
        ("folder", "ilsvrc-train", BY_NAMES, BY_CLASSES),
        ("folder", "ilsvrc-val", BY_NAMES, BY_NAMES),
        ("folder", "ilsvrc-test", BY_NAMES, BY_NAMES),
    ),
    _ilsvrc(
        "folder of class tars", folder_of_class_tars,
        ("tar", "ilsvrc-train", BY_NAMES, BY_CLASSES),
        ("folder", "ilsvrc-val", BY_NAMES, BY_NAMES),
        ("folder", "ilsvrc-test", BY_NAMES, BY_NAMES),
    ),
    _ilsvrc(
        "Kaggle tree", kaggle.tree,
        ("folder", "ilsvrc-train", BY_NAMES, BY_FOLDER),
        ("folder", "ilsvrc-val", BY_NAMES, BY_FOLDER),
        ("folder", "ilsvrc-test", BY_NAMES, BY_FOLDER),
        ("folder", "boxes", "by its XML files", BY_FOLDER),
    ),
    _ilsvrc("Kaggle zip", kaggle.zipped, ("zip", "kaggle-cls-loc", BY_CLS_LOC, BY_FILE)),
    _ilsvrc(
        "Kaggle zip, deflated", kaggle.deflated,
        ("zip-deflated", "kaggle-cls-loc", BY_CLS_LOC, "by its folders' names"),
    ),
    _ilsvrc("Kaggle tar.gz", kaggle.tar_gz, ("tar.gz", "kaggle-cls-loc", BY_CLS_LOC, BY_FILE)),
    _ilsvrc(
        "ILSVRC2017 CLS-LOC", kaggle.cls_loc_2017,
        ("tar.gz", "kaggle-cls-loc", BY_CLS_LOC, BY_FILE),
    ),
    _ilsvrc(
        "WebDataset", samples.webdataset,
        ("tar", "webdataset", "by the .cls beside each image", BY_FOLDER),
        ("tar", "webdataset", "by the .json beside each image", BY_FOLDER),
    ),
    _ilsvrc(
        "Parquet", samples.parquet,
        ("parquet", "hugging-face", "by its Parquet columns", BY_FOLDER),
    ),
)  # fmt: skip
