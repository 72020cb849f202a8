from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.subsets import draw
from imnet_data.subsets.recipe import Recipe
from tests.imnet_data.indexing.trees import CRANE_BIRD, GOLDFISH, TENCH
from tests.imnet_data.subsets.cuts import NUMBERS, catalogue_of, made, names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import imnet_data

_RANKS = st.lists(st.integers(0, 2**64 - 1), unique=True)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[imnet_data.Catalogue]:
    with catalogue_of(tmp_path_factory.mktemp("draw")) as opened:
        yield opened


def test_ranks_are_the_same_on_every_machine_and_version() -> None:
    keys = [b"ilsvrc2012/train/n01440764_18", "own/none/café".encode()]
    ranks = draw.ranks(keys, seed=7).tolist()
    assert ranks == [16187554548672730834, 11677282188539037272]
    assert not set(ranks) & set(draw.ranks(keys, seed=7, purpose=draw.HOLDOUT).tolist())


@given(_RANKS, st.integers(0, 60), st.integers(1, 5))
def test_the_lowest_ranks_are_drawn_however_they_are_batched(
    ranks: list[int], n: int, batches: int
) -> None:
    parts = [np.array(part, np.uint64) for part in np.array_split(np.array(ranks, object), batches)]
    highest = draw.highest_drawn(parts, n)
    drawn = [rank for part in parts for rank in part[draw.up_to(part, highest)].tolist()]
    assert sorted(drawn) == sorted(ranks)[:n]


def test_as_many_are_drawn_of_each_class_as_was_asked_for(catalogue: imnet_data.Catalogue) -> None:
    few = made(catalogue, Recipe("few", per_class=50))
    assert Counter(name.partition("_")[0] for name in names(few)) == {
        TENCH: 50, GOLDFISH: 50, CRANE_BIRD: 40,
    }  # fmt: skip
    share = made(catalogue, Recipe("share", fraction=0.05))
    assert Counter(name.partition("_")[0] for name in names(share)) == {
        TENCH: 10, GOLDFISH: 4, CRANE_BIRD: 2,
    }  # fmt: skip
    assert (few.count(), share.count()) == (140, 16)


def test_a_smaller_draw_is_the_beginning_of_a_larger_one(catalogue: imnet_data.Catalogue) -> None:
    small, large, other = (
        made(catalogue, Recipe(f"draw-{n}-{seed}", per_class=n, seed=seed))
        for n, seed in ((5, 1), (20, 1), (5, 2))
    )
    assert set(names(small)) < set(names(large))
    assert set(names(small)) != set(names(other))


def test_where_images_are_missing_others_of_their_class_come_in_and_nothing_else_moves(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    whole = set(names(made(catalogue, Recipe("whole", per_class=30))))
    gone = {int(name.rpartition("_")[2]) for name in sorted(whole) if name.startswith(TENCH)}
    gone = set(sorted(gone)[:3])
    left = {**NUMBERS, TENCH: [n for n in NUMBERS[TENCH] if n not in gone]}
    with catalogue_of(tmp_path, left) as partial:
        here = set(names(made(partial, Recipe("whole", per_class=30))))
    assert whole - here == {f"{TENCH}_{number}" for number in gone}
    assert len(here - whole) == 3
    assert all(name.startswith(TENCH) for name in here - whole)


def test_a_merged_class_is_drawn_from_as_one(catalogue: imnet_data.Catalogue) -> None:
    merged = made(catalogue, Recipe("two", per_class=20, merge={"fishes": "fish", "birds": "bird"}))
    labels = Counter(one.label for one in merged.listing())
    assert labels == {0: 20, 1: 20}
    fishes = {one.name.partition("_")[0] for one in merged.listing() if one.label == 0}
    assert fishes == {TENCH, GOLDFISH}
