"""Which classes are told to have too few images, too many, or no name in WordNet."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

import imnet_data
from imnet_data.verification.class_checks import PARTIAL, check_classes
from tests.factory import END, flat, header
from tests.imnet_data.verification.looking import storage_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from imnet_data.catalogue import Catalogue
    from imnet_data.demo.build import Demo

TENCH, GOLDFISH = 1440764, 1443537
A_PART_OF_ONE = f"{PARTIAL}1 of 1,000 classes, "


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as made:
        yield made


def empty_members(names: Sequence[str]) -> bytes:
    """A tar of members without a byte: one header, patched for each name at once."""
    blocks = np.tile(np.frombuffer(header(""), np.uint8), (len(names), 1))
    blocks[:, :100] = np.array(names, "S100").view(np.uint8).reshape(len(names), 100)
    blocks[:, 148:156] = ord(" ")
    sums = blocks.sum(axis=1, dtype=np.int64).tolist()
    texts = np.array([b"%06o\0 " % total for total in sums], "V8")
    blocks[:, 148:156] = texts.view(np.uint8).reshape(len(names), 8)
    return blocks.tobytes() + END


@cache
def class_tar(wnid: str, images: int) -> bytes:
    return empty_members([f"{wnid}_{number}.JPEG" for number in range(1, images + 1)])


def index(catalogue: Catalogue, folder: Path, files: dict[str, bytes], release: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    catalogue.index(folder, release=release, split="train")


def told(catalogue: Catalogue) -> list[tuple[str, str, int, str]]:
    """Code, split, synset and detail."""
    found = check_classes(storage_of(catalogue), catalogue.scope)
    return [
        (code, imnet_data.Split(split).label, synset, detail)
        for code, _, split, synset, detail in found
    ]


def test_one_whole_class_is_a_part_of_the_release_and_not_999_classes_missing(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    files = {"n01440764.tar": class_tar("n01440764", 1300)}
    index(catalogue, tmp_path / "train", files, "ilsvrc2012")
    detail = f"{A_PART_OF_ONE}1,300 of 1,281,167 published images"
    assert told(catalogue) == [("class-short", "train", 0, detail)]


def test_a_class_with_one_image_too_few_or_too_many_stands_out_among_whole_ones(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    sizes = {"n01440764": 1299, "n01443537": 1301, "n01484850": 1300}
    files = {f"{wnid}.tar": class_tar(wnid, images) for wnid, images in sizes.items()}
    index(catalogue, tmp_path / "train", files, "ilsvrc2012")
    short = [one for one in told(catalogue) if not one[3].startswith(PARTIAL)]
    assert short == [
        ("class-over", "train", GOLDFISH, "1,301 images, and 1,300 were published"),
        ("class-short", "train", TENCH, "1,299 of 1,300 images"),
    ]


def test_a_draw_of_each_class_is_told_once_for_each_split(
    tmp_path: Path, catalogue: Catalogue, miniature: Demo
) -> None:
    catalogue.index(miniature.folder)
    found = told(catalogue)
    assert [(code, split, synset) for code, split, synset, _ in found] == [
        ("class-short", split, 0) for split in ("train", "val", "test")
    ]
    assert found[0][3] == f"{PARTIAL}24 of 1,000 classes, 144 of 1,281,167 published images"
    assert found[2][3] == f"{PARTIAL}20 of 100,000 published images"


def test_what_is_missing_from_a_copy_that_is_whole_but_for_it_is_told_by_its_class(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    folders = "imagenetv2-top-images-format-val/"
    names = [f"{folders}{index}/{at}.jpeg" for index in range(1000) for at in range(10)]
    gone = {f"{folders}0/3.jpeg", *(f"{folders}1/{at}.jpeg" for at in range(10))}
    path = tmp_path / "imagenetv2-top-images.tar"
    path.write_bytes(empty_members([name for name in names if name not in gone]))
    catalogue.index(path)
    assert told(catalogue) == [
        ("class-short", "none", TENCH, "9 of 10 images"),
        ("class-short", "none", GOLDFISH, "0 of 10 images"),
    ]


def test_a_release_without_packaged_counts_and_own_classes_are_not_judged(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    index(catalogue, tmp_path / "a", {"n01440764.tar": class_tar("n01440764", 3)}, "imagenette")
    own = tmp_path / "b" / "rex"
    own.mkdir(parents=True)
    (own / "1.jpg").write_bytes(b"")
    catalogue.index(own.parent, release="mine")
    assert told(catalogue) == []


def test_a_class_that_the_release_does_not_publish_is_over(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    index(catalogue, tmp_path / "train", {"n02084071.tar": class_tar("n02084071", 2)}, "ilsvrc2012")
    (over, _) = told(catalogue)
    assert over[:3] == ("class-over", "train", 2084071)
    assert "published without this class" in over[3]


@pytest.mark.parametrize("form", ["tar", "folder"])
def test_a_wnid_that_is_no_noun_is_told_with_its_images(
    tmp_path: Path, catalogue: Catalogue, form: str
) -> None:
    names = [f"n99999999_{number}.JPEG" for number in range(3)]
    if form == "tar":
        index(catalogue, tmp_path / "train", {"n99999999.tar": flat(names)}, "mine")
    else:
        folder = tmp_path / "train" / "n99999999"
        folder.mkdir(parents=True)
        for name in [*names[:2], "holiday.jpg"]:
            (folder / name).write_bytes(b"x")
        catalogue.index(folder.parent, release="mine", split="train")
    assert told(catalogue) == [("unknown-synset", "train", 0, "3 images under n99999999")]
