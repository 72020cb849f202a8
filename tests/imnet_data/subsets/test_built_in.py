from __future__ import annotations

from importlib.resources import files

import pytest

from imnet_data.facts.class_lists import class_list
from imnet_data.scope import Scope
from imnet_data.subsets.built_in import BUILT_IN, built_in, why_not
from imnet_data.subsets.choice import read_choice


def test_the_recipes_in_the_package_are_those_that_are_named() -> None:
    folder = files("imnet_data.subsets").joinpath("recipes")
    assert {file.name for file in folder.iterdir()} == {f"{name}.toml" for name in BUILT_IN}


@pytest.mark.parametrize(
    ("name", "classes", "splits"),
    [
        ("ilsvrc2012", "ilsvrc2012", ("train", "val", "test")),
        ("ilsvrc2012-1pct", "ilsvrc2012", ("train",)),
        ("ilsvrc2012-10pct", "ilsvrc2012", ("train",)),
        ("imagenet12k", "imagenet12k", ()),
        ("imagenet21k-p", "imagenet21k-p-winter21", ("train", "val")),
        ("imagenet21k-p-fall11", "imagenet21k-p-fall11", ()),
        ("imagenette", "imagenette", ("train", "val")),
        ("imagewoof", "imagewoof", ("train", "val")),
        ("mini-imagenet", "mini-imagenet", ("train",)),
        ("tiny-imagenet", "tiny-imagenet", ("train", "val")),
    ],
)
def test_each_has_the_classes_of_its_published_list(
    name: str, classes: str, splits: tuple[str, ...]
) -> None:
    recipe = built_in(name)
    assert recipe is not None
    assert recipe.name == name
    assert recipe.splits == splits
    chosen = read_choice(recipe, Scope(None)).candidates()
    assert chosen is not None
    assert sorted(chosen.tolist()) == sorted(class_list(classes).ids.tolist())
    by_wnid = class_list(classes).wnids == tuple(sorted(class_list(classes).wnids))
    assert (recipe.order == "wnid") is by_wnid


@pytest.mark.parametrize("name", ["ilsvrc2012-1pct", "ilsvrc2012-10pct", "mini-imagenet"])
def test_what_we_draw_ourselves_says_that_the_published_images_are_others(name: str) -> None:
    recipe = built_in(name)
    assert recipe is not None
    assert "our own draw" in recipe.about
    assert recipe.fraction or recipe.per_class


def test_a_hundred_classes_are_not_built_in_and_it_says_why() -> None:
    for name in ("imagenet100", "ImageNet-100", "in100", "ilsvrc2012-100"):
        assert built_in(name) is None
        assert "four sets" in why_not(name)
    assert why_not("imagenet1000") == ""
