"""Groups of duplicates as a user asks for them: which groups, whole, and what harm they do."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image as Pillow

import imnet_data
from imnet_data.errors import AmbiguousRelease, NotVerified
from imnet_data.verification.levels import Level
from tests.factory import Member, tar_bytes
from tests.imnet_data.verification.looking import look_at_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.catalogue import Catalogue
    from imnet_data.verification.comparing.duplicates import Duplicates

TENCH, GOLDFISH = "n01440764", "n01443537"


def picture(seed: int) -> Pillow.Image:
    """A picture unlike any of another seed: large soft spots."""
    spots = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Pillow.fromarray(spots).resize((160, 120), Pillow.Resampling.BICUBIC)


def jpeg(picture: Pillow.Image, quality: int = 90) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


def write_pictures(folder: Path) -> None:
    """Two classes in train with their val: copies, labels in conflict, leaks, and alike ones."""
    one, two, three, four = map(picture, range(4))
    archives = {
        "n01440764.tar": {
            f"{TENCH}_1": jpeg(one),
            f"{TENCH}_2": jpeg(one),
            f"{TENCH}_3": jpeg(two),
            f"{TENCH}_4": jpeg(three),
            f"{TENCH}_5": jpeg(three, quality=40),
        },
        "n01443537.tar": {f"{GOLDFISH}_1": jpeg(two), f"{GOLDFISH}_2": jpeg(four)},
        # The labels published for these two: a sea snake, and a ski.
        "ILSVRC2012_img_val.tar": {
            "ILSVRC2012_val_00000001": jpeg(four),
            "ILSVRC2012_val_00000002": jpeg(four.resize((80, 60))),
        },
    }
    for name, images in archives.items():
        members = (Member(f"{image}.JPEG", data) for image, data in images.items())
        (folder / name).write_bytes(tar_bytes(members))


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """With every picture decoded; nobody changes it."""
    folder = tmp_path_factory.mktemp("pictures")
    write_pictures(folder)
    with imnet_data.open(folder / "imagenet.db", create=True) as made:
        made.index(folder, release="ilsvrc2012")
        look_at_all(made, Level.DECODE)
        yield made


def names(groups: Duplicates) -> set[tuple[str, ...]]:
    return {tuple(image.name for image in group.images) for group in groups}


COPIES = (f"{TENCH}_1", f"{TENCH}_2")
CONFLICT = (f"{TENCH}_3", f"{GOLDFISH}_1")
LEAK = (f"{GOLDFISH}_2", "ILSVRC2012_val_00000001")


def test_groups_of_the_same_bytes_say_what_harm_they_do(catalogue: Catalogue) -> None:
    found = {tuple(i.name for i in group.images): group for group in catalogue.duplicates()}
    assert set(found) == {COPIES, CONFLICT, LEAK}
    assert not found[COPIES].leak
    assert not found[COPIES].label_conflict
    assert found[CONFLICT].label_conflict
    assert not found[CONFLICT].leak
    assert found[LEAK].leak
    assert all(group.same_bytes and not any(group.distances) for group in found.values())


def test_a_group_is_shown_whole_where_one_of_its_images_was_asked_for(
    catalogue: Catalogue,
) -> None:
    assert names(catalogue.duplicates(split="val")) == {LEAK}
    assert names(catalogue.duplicates("goldfish.n.01")) == {CONFLICT, LEAK}
    assert names(catalogue.duplicates("goldfish.n.01", split="val")) == set()


def test_near_ones_are_joined_with_what_they_were_made_of(catalogue: Catalogue) -> None:
    groups = catalogue.duplicates(near=4)
    assert names(groups) == {
        COPIES,
        CONFLICT,
        (f"{TENCH}_4", f"{TENCH}_5"),
        (*LEAK, "ILSVRC2012_val_00000002"),
    }
    alike = next(group for group in groups if f"{TENCH}_5" in [i.name for i in group.images])
    assert not alike.same_bytes
    assert alike.distances[0] == 0
    assert alike.distances[1] <= 4


def test_releases_are_compared_with_each_other_only_on_purpose(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_pictures(tmp_path / folder)
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index(tmp_path / "a" / "n01440764.tar", release="one", split="train")
        catalogue.index(tmp_path / "b" / "n01440764.tar", release="two", split="train")
        look_at_all(catalogue, Level.DECODE)
        with pytest.raises(AmbiguousRelease):
            catalogue.duplicates()
        for near in (None, 4):
            of_one = catalogue.duplicates(release="one", near=near)
            assert (of_one.examined, of_one.images) == (5, 5)
            sizes = [sorted(map(len, of_one))]
            sizes.append(sorted(map(len, catalogue.duplicates(release="*", near=near))))
            assert sizes == ([[2], [2, 2, 2, 4]] if near is None else [[2, 2], [2, 4, 4]])


def test_without_the_level_that_tells_it_the_next_command_is_known(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index(tmp_path / "n01440764.tar", release="ilsvrc2012")
        with pytest.raises(NotVerified) as nothing:
            catalogue.duplicates()
        look_at_all(catalogue, Level.DIGEST)
        with pytest.raises(NotVerified) as no_looks:
            catalogue.duplicates(near=4)
    assert (nothing.value.level, no_looks.value.level) == ("digest", "decode")


@pytest.mark.parametrize("wrong", [{"near": 9}, {"near": -1}, {"split": "trial"}])
def test_what_cannot_be_asked_is_refused_before_anything_is_read(
    catalogue: Catalogue, wrong: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match=r"within 0 to 8 bits|no split is called"):
        catalogue.duplicates(**wrong)  # type: ignore[arg-type]
