from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.errors import (
    AmbiguousRelease,
    ImageListError,
    RecipeError,
    SubsetTaken,
    UnknownSubset,
)
from imnet_data.facts import ilsvrc
from imnet_data.subsets.diff import diff
from imnet_data.subsets.recipe import Recipe
from imnet_data.subsets.recipe_parts import OnlyIds
from tests.imnet_data.indexing.trees import CRANE_BIRD, GOLDFISH, TENCH, train_tar, tree
from tests.imnet_data.subsets.cuts import NUMBERS, catalogue_of, made, names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.demo.build import Demo


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[imnet_data.Catalogue]:
    with catalogue_of(tmp_path_factory.mktemp("subset")) as opened:
        yield opened


@pytest.fixture
def demo_catalogue(miniature: Demo, tmp_path: Path) -> Iterator[imnet_data.Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        opened.index(miniature.folder)
        yield opened


# -- parts and images


def test_the_built_in_ilsvrc2012_has_all_images_under_their_class_indices(
    demo_catalogue: imnet_data.Catalogue,
) -> None:
    subset = demo_catalogue.subset("ilsvrc2012")
    assert subset.parts == ("train", "val", "test")
    held = {part: list(subset.entries(part)) for part in subset.parts}
    assert {part: len(found) for part, found in held.items()} == {
        "train": 144, "val": 48, "test": 20,
    }  # fmt: skip
    known = ilsvrc.by_wnid()
    for entry in (*held["train"], *held["val"]):
        assert entry.wnid is not None
        assert entry.label == entry.ilsvrc_index == known[entry.wnid].class_index
    assert {(one.label, one.wnid, one.ilsvrc_index) for one in held["test"]} == {(-1, None, None)}
    assert subset.count() == 212


def test_an_entry_says_where_the_bytes_of_its_image_are(
    demo_catalogue: imnet_data.Catalogue,
) -> None:
    subset = demo_catalogue.subset("ilsvrc2012")
    places = {entry.name: entry.place for part in subset.parts for entry in subset.entries(part)}
    assert places == {image.name: image.place for image in demo_catalogue.images()}


def test_an_image_whose_archive_is_gone_is_read_from_its_next_place(tmp_path: Path) -> None:
    with catalogue_of(tmp_path, {TENCH: range(1, 5)}) as catalogue:
        tar = tmp_path / "ILSVRC2012_img_train.tar"
        again = tmp_path / "again"
        again.mkdir()
        catalogue.index(shutil.copy(tar, again / "ILSVRC2012_img_train.tar"))
        tar.unlink()
        subset = made(catalogue, Recipe("tench", classes=TENCH))
        assert {entry.place.path for entry in subset.entries("train")} == {
            str(again / "ILSVRC2012_img_train.tar")
        }


def test_the_shuffled_order_has_nothing_to_do_with_the_draw(
    catalogue: imnet_data.Catalogue,
) -> None:
    subset = made(catalogue, Recipe("ranks", per_class=40))
    by_rank = sorted(subset.entries("train"), key=lambda entry: entry.rank)
    # By the ranks of the draw, the images of the largest class would all stand in front.
    first = {entry.wnid for entry in by_rank[:30]}
    assert first == {TENCH, GOLDFISH, CRANE_BIRD}
    assert max(entry.rank for entry in by_rank) > 2**63


def test_test_images_belong_to_a_subset_with_every_class_alone(
    demo_catalogue: imnet_data.Catalogue,
) -> None:
    some = made(demo_catalogue, Recipe("some", classes="animal", splits=("train", "test")))
    assert (some.count("train"), some.count("test")) == (66, 0)
    with pytest.raises(ValueError, match="no part 'val'; it has train, test"):
        some.count("val")


def test_a_full_release_without_splits_is_something_to_train_on(tmp_path: Path) -> None:
    train_tar(tmp_path / "fall11_whole.tar", {TENCH: [1, 2, 3], "n02084071": [5]})
    with imnet_data.open(tmp_path / "x.db", create=True) as catalogue:
        catalogue.index(tmp_path / "fall11_whole.tar")
        stock = catalogue.create_subset(Recipe("fish", classes="fish"))
        assert stock.subset.parts == ("train",)
        assert names(stock.subset, "train") == [f"{TENCH}_{number}" for number in (1, 2, 3)]
        remarks = " ".join(catalogue.lock_subset("ilsvrc2012").remarks())
    assert "these are the classes of ilsvrc2012, and the images that fall11 has" in remarks
    assert "1 synset is not in fall11: n04399382" in remarks


# -- what is left out


def test_what_verification_found_changes_what_is_left_out_and_nothing_else(
    demo_catalogue: imnet_data.Catalogue,
) -> None:
    recipe = Recipe("drawn", splits=("train",), per_class=4, seed=1)
    before = demo_catalogue.create_subset(recipe)
    everything = set(names(before.subset))
    demo_catalogue.verify(level="decode", workers=0)
    subset = demo_catalogue.subset("drawn")
    broken = {one.image for one in demo_catalogue.findings(codes=["broken"])}
    left_out = {one.image.rpartition("/")[2] for one in subset.excluded}
    assert left_out
    assert left_out == broken & everything
    assert set(names(subset)) == everything - broken
    assert subset.count() == len(everything - broken)
    (found,) = subset.check()
    assert (found.kind, len(found.images)) == ("excluded", len(left_out))
    locked = subset.lock()
    assert locked.fingerprint == before.lock.fingerprint
    assert {key.rpartition("/")[2] for key, _ in locked.excluded} == left_out
    assert locked.content is not None
    kept = made(
        demo_catalogue, Recipe("kept", splits=("train",), per_class=4, seed=1, keep=("broken",))
    )
    assert set(names(kept)) == everything
    assert kept.lock().fingerprint == before.lock.fingerprint


def test_small_images_are_left_out_as_far_as_their_sides_are_known(
    demo_catalogue: imnet_data.Catalogue,
) -> None:
    recipe = Recipe("large", splits=("val",), min_side_px=10_000)
    blind = demo_catalogue.create_subset(recipe)
    assert blind.subset.count() == 48
    assert any("48 images the sides are not known" in remark for remark in blind.remarks())
    demo_catalogue.verify("@ilsvrc2012", split="val", level="digest", workers=0)
    subset = demo_catalogue.subset("large")
    assert subset.count() == 0
    assert {one.code for one in subset.excluded} == {"min-side"}
    assert subset.lock().fingerprint == blind.lock.fingerprint


# -- lists of images


def test_a_list_of_images_says_exactly_which_and_what_of_it_is_not_here(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    listed = tmp_path / "train_cls.txt"
    lines = [f"{TENCH}/{TENCH}_{n} {n}" for n in (5, 6, 7)] + [f"{GOLDFISH}/{GOLDFISH}_9999 4"]
    listed.write_text("\n".join(lines))
    stock = catalogue.create_subset(Recipe("listed", only_ids=OnlyIds(str(listed))))
    assert stock.is_exact
    assert names(stock.subset) == [f"{TENCH}_{n}" for n in (5, 6, 7)]
    assert stock.subset.count() == 3
    assert f"1 listed image is not among these: {GOLDFISH}/{GOLDFISH}_9999" in stock.remarks()
    drawn = catalogue.create_subset(Recipe("two", only_ids=OnlyIds(str(listed)), per_class=2))
    assert drawn.lock.images == 2
    listed.write_text(f"{TENCH}_5\n")
    with pytest.raises(ImageListError, match="other images than when the recipe was made"):
        names(catalogue.subset("listed"))


# -- keeping


def test_a_name_that_is_taken_or_built_in_is_refused_and_one_that_is_not_there_told(
    catalogue: imnet_data.Catalogue,
) -> None:
    made(catalogue, Recipe("mine", classes=TENCH))
    for name in ("mine", "imagenette"):
        with pytest.raises(SubsetTaken):
            catalogue.create_subset(Recipe(name, classes=TENCH))
    with pytest.raises(SubsetTaken, match="built-in"):
        catalogue.remove_subset("imagenette")
    with pytest.raises(UnknownSubset, match="did you mean mine"):
        catalogue.subset("minne")
    assert "mine" in [one.name for one in catalogue.subsets() if not one.is_built_in]
    catalogue.remove_subset("mine")
    assert "mine" not in [one.name for one in catalogue.subsets()]
    with pytest.raises(UnknownSubset):
        catalogue.remove_subset("mine")


def test_a_subset_without_images_is_not_made(catalogue: imnet_data.Catalogue) -> None:
    with pytest.raises(RecipeError, match="no image"):
        catalogue.create_subset(Recipe("none", classes="vehicle", release="ilsvrc2012"))
    assert "none" not in [one.name for one in catalogue.subsets()]


def test_several_releases_with_such_images_ask_for_one(tmp_path: Path) -> None:
    with catalogue_of(tmp_path, {TENCH: [1]}) as catalogue:
        catalogue.index(train_tar(tmp_path / "fall11_whole.tar", {TENCH: [1, 2]}))
        with pytest.raises(AmbiguousRelease):
            catalogue.create_subset(Recipe("tench", classes="tench"))
        assert made(catalogue, Recipe("tench", classes="tench", release="fall11")).count() == 2


def test_names_that_a_holdout_would_bring_together_stay_apart(tmp_path: Path) -> None:
    tree(
        tmp_path / "pets",
        {f"{split}/rex/{n}.jpg": None for split in ("train", "val") for n in (1, 2)},
    )
    with imnet_data.open(tmp_path / "x.db", create=True) as catalogue:
        catalogue.index(tmp_path / "pets")
        subset = made(catalogue, Recipe("pets", splits=("train", "val"), holdout=0.5))
        held = [entry.name for part in subset.parts for entry in subset.entries(part)]
    assert len(set(held)) == 4


# -- two of them


def test_what_two_subsets_differ_in_is_told_by_class_part_and_image(
    catalogue: imnet_data.Catalogue,
) -> None:
    one = made(catalogue, Recipe("one", classes=(TENCH, GOLDFISH), per_class=20))
    other = made(catalogue, Recipe("other", classes=(TENCH, CRANE_BIRD), per_class=30))
    found = diff(one, other)
    assert found.classes == (("goldfish.n.01",), ("crane.n.05",))
    assert found.both == 20
    mine, theirs = found.only
    assert dict(mine.classes) == {"goldfish.n.01": 20}
    assert dict(theirs.classes) == {"tench.n.01": 10, "crane.n.05": 30}
    assert mine.first[0].startswith(f"ilsvrc2012/train/{GOLDFISH}_")
    assert diff(one, one).is_none


def test_parts_and_labels_that_differ_are_told_of_images_that_both_have(
    catalogue: imnet_data.Catalogue,
) -> None:
    whole = made(catalogue, Recipe("plain"))
    dealt = made(catalogue, Recipe("dealt", holdout=0.25))
    merged = made(catalogue, Recipe("fishes", merge={"fish": "fish", "rest": "bird"}))
    found = diff(whole, dealt)
    assert dict(found.moved) == {("train", "val"): dealt.count("val")}
    assert found.both == sum(map(len, NUMBERS.values()))
    assert diff(whole, merged).relabelled["goldfish.n.01", "fish"] == len(NUMBERS[GOLDFISH])
