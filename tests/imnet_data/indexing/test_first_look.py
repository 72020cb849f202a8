"""A first look costs little: a compressed tar is not decompressed to its end to be recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.indexing.identify import Asked
from imnet_data.indexing.preview import Guess, preview
from tests.shapes import kaggle
from tests.shapes.writing import as_tar, as_tar_gz, as_tree, as_zip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TENCH, DOG = "n01440764", "n02084071"
LATE = {f"{TENCH}/{TENCH}_{at}.JPEG": b"" for at in range(700)} | {f"{DOG}/{DOG}_1.JPEG": b"dog"}


def guess(path: Path) -> Guess:
    (found,) = preview([str(path)], Asked())
    return found


def layout(path: Path) -> str | None:
    reading = guess(path).reading
    return None if reading is None else reading.layout


def test_a_class_after_the_first_look_at_a_compressed_tar_overturns_its_release(
    tmp_path: Path,
) -> None:
    plain, packed = as_tar(tmp_path / "x.tar", LATE), as_tar_gz(tmp_path / "y.tar.gz", LATE)
    assert (layout(plain), layout(packed)) == ("full-release", "ilsvrc-train")
    (tmp_path / "catalogue").mkdir()
    with imnet_data.open(tmp_path / "catalogue" / "x.db", create=True) as catalogue:
        (report,) = catalogue.index(packed).archives
        assert (report.layout, report.release, report.images) == ("full-release", "fall11", 701)
        assert catalogue.image(f"{DOG}_1").read() == b"dog"


def test_a_first_look_at_a_compressed_tar_gives_up_after_many_other_members(
    tmp_path: Path,
) -> None:
    files = {f"{at}.npy": b"" for at in range(6000)} | {"ILSVRC2012_val_00000001.JPEG": b"x"}
    assert layout(as_tar(tmp_path / "x.tar", files)) == "ilsvrc-val"
    assert layout(as_tar_gz(tmp_path / "y.tar.gz", files)) == "class-folders"


@pytest.mark.parametrize(
    ("name", "write"), [("x.tar", as_tar), ("x.tar.gz", as_tar_gz), ("x.zip", as_zip)]
)
def test_kaggles_archive_is_told_by_its_boxes_long_before_its_images(
    tmp_path: Path, name: str, write: Callable[[Path, dict[str, bytes]], Path]
) -> None:
    head = "ILSVRC/Annotations/CLS-LOC/train"
    boxes = {f"{head}/{TENCH}/{TENCH}_{at}.xml": b"" for at in range(6000)}
    path = write(tmp_path / name, boxes | kaggle.files())
    reading = guess(path).reading
    assert reading is not None
    assert (reading.layout, reading.release) == ("kaggle-cls-loc", "ilsvrc2012")


def test_what_cannot_be_read_is_refused_and_the_rest_is_told(tmp_path: Path) -> None:
    root = as_tree(tmp_path / "all", {"page.tar": b"<!DOCTYPE html>", "pets/rex/1.jpg": b"x"})
    pets, page = preview([str(root)], Asked())
    assert pets.reading is not None
    assert pets.reading.release == "pets"
    assert page.refusal is not None
    assert "HTML page" in page.refusal
    (missing,) = preview([str(tmp_path / "none")], Asked())
    assert missing.refusal == f"{tmp_path / 'none'} does not exist"
