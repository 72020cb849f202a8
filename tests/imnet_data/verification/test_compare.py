"""What is found by comparing images' bytes: copies, labels in conflict, leaks, placeholders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.db import batches
from imnet_data.db.engine import reading
from imnet_data.verification.comparing import compare, copies
from tests.factory import Member, tar_bytes
from tests.imnet_data.verification.looking import look_at_all, storage_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from imnet_data.catalogue import Catalogue

TENCH, GOLDFISH, SHARK = "n01440764", "n01443537", "n01484850"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as made:
        yield made


def add(
    catalogue: Catalogue,
    name: str,
    images: Mapping[str, bytes],
    *,
    release: str = "ilsvrc2012",
    split: str | None = None,
) -> None:
    """Index a tar of images by their names."""
    path = catalogue.path.removesuffix("imagenet.db") + name
    with open(path, "wb") as file:
        file.write(tar_bytes(Member(f"{image}.JPEG", data) for image, data in images.items()))
    catalogue.index(path, release=release, split=split)


def found(catalogue: Catalogue) -> dict[str, dict[str, str]]:
    """Codes and details by the image's name, once every image has been looked at."""
    look_at_all(catalogue)
    return compared(catalogue)


def compared(catalogue: Catalogue) -> dict[str, dict[str, str]]:
    with reading(storage_of(catalogue)) as connection:
        told = list(compare.compared(connection))
    named: dict[str, dict[str, str]] = {}
    images = {image.id: image for image in catalogue.images(release="*")}
    archives = {info.id: info.path for info in catalogue.archives()}
    for code, image_id, archive_id, detail in told:
        image = images[image_id]
        assert archives[archive_id] == image.archive
        named.setdefault(image.name, {})[code] = detail
    return named


def test_of_copies_in_one_class_and_split_the_first_is_kept(catalogue: Catalogue) -> None:
    images = {f"{TENCH}_{number}": b"same" for number in (30, 4, 100)}
    add(catalogue, "n01440764.tar", images | {f"{TENCH}_5": b"other"}, split="train")
    assert found(catalogue) == {
        f"{TENCH}_30": {"duplicate": f"{TENCH}_4, train and 1 more"},
        f"{TENCH}_100": {"duplicate": f"{TENCH}_4, train and 1 more"},
    }


def test_the_same_bytes_in_two_classes_are_a_conflict_of_both_labels(catalogue: Catalogue) -> None:
    add(catalogue, "n01440764.tar", {f"{TENCH}_1": b"fish"}, split="train")
    add(catalogue, "n01443537.tar", {f"{GOLDFISH}_1": b"fish"}, split="train")
    assert found(catalogue) == {
        f"{TENCH}_1": {"label-conflict": f"{GOLDFISH}_1, train"},
        f"{GOLDFISH}_1": {"label-conflict": f"{TENCH}_1, train"},
    }


def test_the_same_bytes_in_two_splits_are_a_leak_and_a_label_less_image_no_conflict(
    catalogue: Catalogue,
) -> None:
    add(catalogue, "n01440764.tar", {f"{TENCH}_1": b"fish"}, split="train")
    add(catalogue, "ILSVRC2012_img_test.tar", {"ILSVRC2012_test_00000009": b"fish"})
    assert found(catalogue) == {
        f"{TENCH}_1": {"leak": "ILSVRC2012_test_00000009, test"},
        "ILSVRC2012_test_00000009": {"leak": f"{TENCH}_1, train"},
    }


def test_another_release_may_have_the_same_pictures(catalogue: Catalogue) -> None:
    add(catalogue, "n01440764.tar", {f"{TENCH}_1": b"fish"}, split="train")
    add(catalogue, "imagenette.tar", {f"{TENCH}_1": b"fish"}, release="imagenette", split="val")
    assert found(catalogue) == {}


@pytest.mark.parametrize(
    ("each", "codes"), [(4, {"placeholder"}), (3, {"duplicate", "label-conflict"})]
)
def test_the_same_bytes_ten_times_in_three_classes_are_no_photograph(
    catalogue: Catalogue, each: int, codes: set[str]
) -> None:
    for wnid in (TENCH, GOLDFISH, SHARK):
        images = {f"{wnid}_{number}": b"unavailable" for number in range(each)}
        add(catalogue, f"{wnid}.tar", images, split="train")
    told = found(catalogue)
    assert len(told) == 3 * each
    assert {code for details in told.values() for code in details} == codes


def test_empty_images_are_no_copies_of_each_other(catalogue: Catalogue) -> None:
    add(catalogue, "n01440764.tar", {f"{TENCH}_1": b"", f"{TENCH}_2": b""}, split="train")
    assert found(catalogue) == {}


def test_what_was_learnt_of_bytes_that_changed_since_is_left_out(catalogue: Catalogue) -> None:
    add(catalogue, "n01440764.tar", {f"{TENCH}_1": b"fish", f"{TENCH}_2": b"fish"}, split="train")
    add(catalogue, "n01443537.tar", {f"{GOLDFISH}_1": b"fish"}, split="train")
    look_at_all(catalogue)
    add(catalogue, "n01440764.tar", {f"{TENCH}_1": b"carp", f"{TENCH}_2": b"fish"}, split="train")
    assert compared(catalogue) == {}
    assert set(found(catalogue)) == {f"{GOLDFISH}_1", f"{TENCH}_2"}


def test_groups_are_found_however_few_are_looked_up_at_a_time(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = {f"{TENCH}_{number}": b"%d" % (number % 50) for number in range(200)}
    add(catalogue, "n01440764.tar", images, split="train")
    look_at_all(catalogue)
    with reading(storage_of(catalogue)) as connection:
        at_once = [[one.id for one in group] for group in copies.same_bytes(connection)]
        monkeypatch.setattr(copies, "_IDS_AT_A_TIME", 9)
        monkeypatch.setattr(batches, "_FETCH", 7)
        in_parts = [[one.id for one in group] for group in copies.same_bytes(connection)]
    assert in_parts == at_once
    assert sorted(map(len, at_once)) == [4] * 50
