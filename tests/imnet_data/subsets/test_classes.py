from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.errors import AmbiguousRelease, RecipeError, UnknownRelease
from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list
from imnet_data.labels import SubsetIndex
from imnet_data.subsets.built_in import built_in
from imnet_data.subsets.classes import SubsetClasses, classes_of, missing_classes
from imnet_data.subsets.recipe import Recipe
from imnet_data.subsets.recipe_parts import Superclasses
from imnet_data.subsets.releases import stands_in_for
from tests.imnet_data.indexing.trees import TENCH, train_tar, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHIHUAHUA, IBIZAN_HOUND = "n02085620", "n02091244"
TEDDY = "n04399382"  # of ILSVRC's classes the one that fall11 lacks


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("classes")
    train_tar(folder / "ILSVRC2012_img_train.tar", {TENCH: [1, 2], CHIHUAHUA: [3]})
    train_tar(folder / "fall11_whole.tar", {TENCH: [1], "n02084071": [5], IBIZAN_HOUND: [9]})
    tree(folder / "pets", {f"{name}/1.jpg": None for name in ("tom", "rex", "dog.n.01")})
    return folder


@pytest.fixture(scope="module")
def ilsvrc_alone(folder: Path) -> Iterator[imnet_data.Catalogue]:
    with imnet_data.open(folder / "one.db", create=True) as opened:
        opened.index(folder / "ILSVRC2012_img_train.tar")
        yield opened


@pytest.fixture(scope="module")
def several(folder: Path) -> Iterator[imnet_data.Catalogue]:
    with imnet_data.open(folder / "several.db", create=True) as opened:
        opened.index([folder / name for name in ("fall11_whole.tar", "pets")])
        opened.index(folder / "ILSVRC2012_img_train.tar")
        yield opened


def wnids(classes: SubsetClasses) -> list[str | None]:
    return [one.wnid for one in classes]


def test_a_partial_copy_numbers_ilsvrc_by_its_class_indices(
    ilsvrc_alone: imnet_data.Catalogue, several: imnet_data.Catalogue
) -> None:
    recipe = Recipe("all", release="ilsvrc2012")
    for catalogue in (ilsvrc_alone, several):
        classes = classes_of(recipe, catalogue.scope)
        assert wnids(classes) == [one.wnid for one in ilsvrc.classes()]
        assert classes.is_whole
        assert classes.index_of(1440764) == 0
        assert classes.index_of(2084071) is None


def test_from_a_full_release_ilsvrc_keeps_its_numbers_and_tells_which_class_is_missing(
    several: imnet_data.Catalogue,
) -> None:
    recipe = Recipe("in1k", classes="@ilsvrc2012", release="fall11", splits=("train", "val"))
    classes = classes_of(recipe, several.scope)
    assert wnids(classes) == [one.wnid for one in ilsvrc.classes()]
    assert classes.recipe.splits == ("none",)
    assert not classes.is_whole
    missing = missing_classes(recipe, several.scope)
    assert missing.unpublished == (TEDDY,)
    assert len(missing.empty) == 1000 - 1 - 2
    assert stands_in_for(recipe, classes.release) == "ilsvrc2012"


def test_an_expression_takes_what_it_matches_among_the_published_classes(
    several: imnet_data.Catalogue,
) -> None:
    scope = several.scope
    dogs = classes_of(Recipe("dogs", classes="dog", release="ilsvrc2012"), scope)
    assert len(dogs) == 118
    assert dogs[0].name == "chihuahua.n.03"
    assert [one.index for one in dogs] == list(range(118))
    assert "other sense" in dogs.notices[0]
    inner = classes_of(Recipe("dogs", classes="dog", release="fall11"), scope)
    assert len(inner) == 190
    assert inner.index_of(2084071) == 1


def test_a_class_list_keeps_its_own_order_where_that_is_asked_for(
    several: imnet_data.Catalogue,
) -> None:
    by_list = Recipe("tiny", classes="@tiny-imagenet", order="list", release="ilsvrc2012")
    assert tuple(wnids(classes_of(by_list, several.scope))) == class_list("tiny-imagenet").wnids
    named = Recipe("two", classes=("tench", CHIHUAHUA), order="list", release="ilsvrc2012")
    assert wnids(classes_of(named, several.scope)) == [TENCH, CHIHUAHUA]
    by_wnid = Recipe("two", classes=(CHIHUAHUA, "tench"), release="ilsvrc2012")
    assert wnids(classes_of(by_wnid, several.scope)) == [TENCH, CHIHUAHUA]
    other = Recipe("x", classes="@tiny-imagenet | dog", order="list", release="ilsvrc2012")
    with pytest.raises(RecipeError, match="is not in @tiny-imagenet"):
        classes_of(other, several.scope)


def test_a_name_in_a_list_is_that_class_and_never_what_lies_under_it(
    several: imnet_data.Catalogue,
) -> None:
    full = classes_of(Recipe("x", classes=("dog.n.01",), release="fall11"), several.scope)
    assert wnids(full) == ["n02084071"]
    with pytest.raises(RecipeError, match="has 118 under it"):
        classes_of(Recipe("x", classes=("dog.n.01",), release="ilsvrc2012"), several.scope)
    with pytest.raises(RecipeError, match="the same class"):
        classes_of(Recipe("x", classes=("dog.n.01", "n02084071")), several.scope)
    with pytest.raises(RecipeError, match="list of classes"):
        classes_of(Recipe("x", classes=("@imagenette",)), several.scope)


def test_ones_own_release_has_the_classes_that_were_indexed_own_ones_by_name(
    several: imnet_data.Catalogue,
) -> None:
    classes = classes_of(Recipe("mine", release="pets"), several.scope)
    assert [one.name for one in classes] == ["dog.n.01", "own:rex", "own:tom"]
    assert wnids(classes) == ["n02084071", None, None]
    assert classes.order.wnids == ("n02084071", "own:rex", "own:tom")
    assert missing_classes(Recipe("mine", release="pets"), several.scope).empty == ()


def test_own_classes_have_one_fingerprint_whatever_ids_they_got(
    several: imnet_data.Catalogue, folder: Path
) -> None:
    recipe = Recipe("mine", release="pets")
    with imnet_data.open(folder / "other.db", create=True) as other:
        other.add_classes(["zebra", "tom"])
        other.index(folder / "pets")
        here = classes_of(recipe, several.scope)
        there = classes_of(recipe, other.scope)
    assert [one.synset_ids for one in here] != [one.synset_ids for one in there]
    assert here.fingerprint == there.fingerprint


def test_merged_classes_stand_in_the_order_written_and_classes_narrow_them(
    several: imnet_data.Catalogue,
) -> None:
    recipe = Recipe(
        "kinds",
        release="ilsvrc2012",
        classes="animal | artifact.n.01",
        merge={"thing": "artifact.n.01", "living": "organism"},
    )
    classes = classes_of(recipe, several.scope)
    assert [(one.name, one.wnid, len(one.synset_ids)) for one in classes] == [
        ("thing", None, 522),
        ("living", None, 398),
    ]
    assert classes.index_of(1440764) == 1
    assert classes.order.wnids == ("thing", "living")


def test_overlapping_merges_name_a_class_that_both_have(several: imnet_data.Catalogue) -> None:
    merge = {"living": "organism", "dogs": "dog"}
    with pytest.raises(RecipeError, match=r"shares chihuahua\.n\.03 with living and 117 more") as e:
        classes_of(Recipe("x", release="ilsvrc2012", merge=merge), several.scope)
    assert e.value.key == "merge.dogs"
    apart = Recipe("x", release="ilsvrc2012", merge=merge | {"living": "organism - dog"})
    assert [len(one.synset_ids) for one in classes_of(apart, several.scope)] == [292, 118]
    empty = Recipe("x", release="ilsvrc2012", merge={"stars": "galaxy.n.02"})
    with pytest.raises(RecipeError, match="none of the classes is of these"):
        classes_of(empty, several.scope)


def test_superclasses_are_cut_from_what_was_published(
    ilsvrc_alone: imnet_data.Catalogue, several: imnet_data.Catalogue
) -> None:
    recipe = Recipe("twenty", release="ilsvrc2012", superclasses=Superclasses(count=20))
    here, there = (classes_of(recipe, one.scope) for one in (ilsvrc_alone, several))
    assert here.fingerprint == there.fingerprint
    assert len(here) == 20
    assert here.index_of(1440764) == next(at for at, one in enumerate(here) if one.name ==
                                          "organism.n.01")  # fmt: skip


def test_without_a_release_it_is_the_one_that_has_such_images(
    ilsvrc_alone: imnet_data.Catalogue, several: imnet_data.Catalogue
) -> None:
    assert classes_of(Recipe("x", classes="dog"), ilsvrc_alone.scope).release == "ilsvrc2012"
    assert classes_of(Recipe("x", classes="own:rex"), several.scope).release == "pets"
    with pytest.raises(AmbiguousRelease) as caught:
        classes_of(Recipe("x", classes="dog"), several.scope)
    assert caught.value.images == {"fall11": 2, "ilsvrc2012": 1, "pets": 1}
    # A split that one of them alone has tells which is meant.
    train = Recipe("x", classes="dog", splits=("train",))
    assert classes_of(train, several.scope).release == "ilsvrc2012"
    with pytest.raises(RecipeError, match="no images of such classes"):
        classes_of(Recipe("x", classes="galaxy"), several.scope)


def test_of_several_releases_named_the_first_that_is_here_is_taken(
    several: imnet_data.Catalogue,
) -> None:
    recipe = Recipe("x", release="imagenette", or_releases=("fall11", "ilsvrc2012"))
    assert classes_of(recipe, several.scope).release == "fall11"
    with pytest.raises(UnknownRelease, match="winter21"):
        classes_of(Recipe("x", release="winter21"), several.scope)


def test_an_unknown_name_is_told_with_the_key_that_has_it(several: imnet_data.Catalogue) -> None:
    recipe = Recipe("x", release="pets", merge={"a": "dog | dogg"})
    with pytest.raises(RecipeError, match="'dogg'") as caught:
        classes_of(recipe, several.scope)
    assert caught.value.key == "merge.a"


def test_an_index_of_the_subset_leads_to_ilsvrcs(several: imnet_data.Catalogue) -> None:
    recipe = built_in("imagewoof")
    assert recipe is not None
    order = classes_of(recipe, several.scope).order
    index = SubsetIndex.of("n02087394", order)
    assert (index.value, index.class_index) == (1, imnet_data.ClassIndex(159))


def test_a_class_goes_to_another_process(several: imnet_data.Catalogue) -> None:
    recipe = Recipe("x", classes="dog", release="ilsvrc2012")
    first = classes_of(recipe, several.scope)[0]
    assert pickle.loads(pickle.dumps(first)).name == "chihuahua.n.03"
