from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.errors import LockError, NotLocked
from imnet_data.subsets.lock import Lock, recipe_in
from imnet_data.subsets.recipe import Recipe
from tests.imnet_data.indexing.trees import CRANE_BIRD, GOLDFISH, TENCH, tree
from tests.imnet_data.subsets.cuts import NUMBERS, catalogue_of, made, names
from tests.shapes import ILSVRC2012

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.subsets.check import Difference

SHAPES = {shape.name: shape for shape in ILSVRC2012}
PACKED = ("unpacked tree", "Kaggle zip", "folder of class tars")
RECIPES = (
    Recipe("pets", classes="animal", splits=("train", "val"), per_class=2, seed=3),
    Recipe("halves", release="ilsvrc2012", holdout=0.4, seed=1),
    Recipe("whole", release="ilsvrc2012", splits=("train", "val", "test")),
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[imnet_data.Catalogue]:
    with catalogue_of(tmp_path_factory.mktemp("lock")) as opened:
        yield opened


def test_the_same_recipe_gives_the_same_fingerprint_however_the_images_are_packed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    locks: dict[str, list[Lock]] = {recipe.name: [] for recipe in RECIPES}
    for name in PACKED:
        folder = tmp_path_factory.mktemp("packed")
        with imnet_data.open(folder / "imagenet.db", create=True) as catalogue:
            catalogue.index(SHAPES[name].write(tmp_path_factory.mktemp("shelf")))
            for recipe in RECIPES:
                locks[recipe.name].append(catalogue.create_subset(recipe).lock)
                first = locks[recipe.name][0]
                assert catalogue.subset(recipe.name).check(first) == [], name
    for name, found in locks.items():
        assert len({lock.fingerprint for lock in found}) == 1, name
        assert len({lock.to_json() for lock in found}) == 1, name
    assert [found[0].images for found in locks.values()] == [12, 24, 39]


def test_a_lock_is_what_it_was_after_json(catalogue: imnet_data.Catalogue, tmp_path: Path) -> None:
    lock = made(catalogue, Recipe("written", per_class=7, drop=())).lock()
    lock = replace(lock, excluded=(("ilsvrc2012/train/n01440764_1", "truncated"),))
    lock.write(str(tmp_path / "lock.json"))
    again = Lock.of_file(str(tmp_path / "lock.json"))
    assert again.to_json() == lock.to_json()
    assert replace(again, sketch=lock.sketch) == lock
    assert recipe_in(str(tmp_path / "lock.json")) == lock.recipe
    assert json.loads(lock.to_json())["parts"]["train"]["images"] == 21


@pytest.mark.parametrize("is_lock", [False, True])
def test_a_recipe_may_come_out_of_a_pipe(tmp_path: Path, is_lock: bool) -> None:
    recipe = RECIPES[0]
    text = f"# {'long ' * 20_000}\n{recipe.to_toml()}"  # more than a pipe holds at once
    if is_lock:
        with catalogue_of(tmp_path / "one") as catalogue:
            text = made(catalogue, recipe).lock().to_json()
    os.mkfifo(tmp_path / "pipe")
    writes = threading.Thread(target=(tmp_path / "pipe").write_text, args=(text,))
    writes.start()
    found = recipe_in(str(tmp_path / "pipe"))
    writes.join()
    assert found == (replace(recipe, release=found.release) if is_lock else recipe)


def kinds(found: list[Difference]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.kind, one.images) for one in found]


def test_what_is_missing_and_what_is_too_many_is_named(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    lock = made(catalogue, Recipe("all")).lock()
    numbers = {
        **NUMBERS,
        TENCH: [n for n in NUMBERS[TENCH] if n != 17],
        GOLDFISH: [*NUMBERS[GOLDFISH], 7000],
    }
    with catalogue_of(tmp_path, numbers) as other:
        subset = made(other, Recipe("all"))
        assert kinds(subset.check(lock)) == [
            ("missing", (f"train/{TENCH}_17",)),
            ("surplus", (f"train/{GOLDFISH}_7000",)),
        ]
        assert subset.check() == other.subset("all").check() == []


def test_an_image_of_another_size_is_told_from_one_that_is_missing(tmp_path: Path) -> None:
    names = [f"{TENCH}/{TENCH}_{at}.JPEG" for at in range(20)]
    locks, subsets = [], []
    for at, size in enumerate((300, 301)):
        folder = tmp_path / str(at)
        files = {name: bytes(size if name == names[4] else 200) for name in names}
        tree(folder / "train", dict(files))
        with imnet_data.open(folder / "x.db", create=True) as catalogue:
            catalogue.index(folder / "train", release="ilsvrc2012", split="train")
            subsets.append(made(catalogue, Recipe("all")))
            locks.append(subsets[-1].lock())
            found = subsets[-1].check(locks[0])
    assert kinds(found) == [("size", (f"train/{TENCH}_4",))]


def test_where_too_many_differ_to_be_named_the_classes_numbers_tell(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    lock = made(catalogue, Recipe("most")).lock()
    small = replace(lock, sketch=type(lock.sketch).for_images(8))
    with catalogue_of(tmp_path, {TENCH: range(1, 121), CRANE_BIRD: range(10, 50)}) as other:
        subset = made(other, Recipe("most"))
        assert [one.kind for one in subset.check(lock)] == ["missing"]
        (found,) = subset.check(small)
    assert found.kind == "many"
    assert [(one.name, one.locked, one.here) for one in found.classes] == [
        ("tench.n.01", 200, 120),
        ("goldfish.n.01", 90, 0),
    ]


def test_another_recipe_classes_in_another_order_and_parts_are_told(
    catalogue: imnet_data.Catalogue,
) -> None:
    wnids = (GOLDFISH, TENCH)
    lock = made(catalogue, Recipe("by-wnid", classes=wnids)).lock()
    listed = made(catalogue, Recipe("listed", classes=wnids, order="list"))
    told = " ".join(one.sentence for one in listed.check(lock))
    assert "order is list here, and not said in the lock" in told
    assert "class 0 is goldfish.n.01 here, and tench.n.01 in the lock" in told
    halves = made(catalogue, Recipe("parts", classes=wnids, holdout=0.3))
    other = made(catalogue, Recipe("parts-2", classes=wnids, holdout=0.3, seed=9))
    assert [one.kind for one in other.check(halves.lock())] == ["recipe", "part"]
    fewer = made(catalogue, Recipe("fewer", classes=(TENCH,)))
    assert [one.kind for one in fewer.check(lock)] == ["recipe", "classes", "missing"]


def test_a_text_that_is_no_lock_is_refused(tmp_path: Path) -> None:
    lock = '{"format": "imnet-data subset lock 1", "name": "x", "parts": 3}'
    later = '{"format": "imnet-data subset lock 9"}'
    for text in ("", "[]", "{}", '{"name": "x"}', lock, later, "\0"):
        with pytest.raises(LockError, match=r"lock\.json: it"):
            Lock.of_json(text, file="lock.json")
    with pytest.raises(LockError, match="cannot be read"):
        Lock.of_file(str(tmp_path / "none.json"))


def test_a_built_in_subset_is_checked_against_a_lock_alone(
    catalogue: imnet_data.Catalogue,
) -> None:
    subset = catalogue.subset("ilsvrc2012")
    with pytest.raises(NotLocked):
        subset.check()
    assert subset.check(subset.lock()) == []
    assert len(names(subset)) == sum(map(len, NUMBERS.values()))
