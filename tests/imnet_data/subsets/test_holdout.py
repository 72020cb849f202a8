from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import imnet_data
from imnet_data.subsets.check import differences
from imnet_data.subsets.recipe import Recipe
from imnet_data.subsets.subset import Subset
from tests.imnet_data.indexing.trees import GOLDFISH, TENCH, tree
from tests.imnet_data.subsets.cuts import EVERY_IMAGE, NUMBERS, catalogue_of, names
from tests.imnet_data.verification.looking import look_at_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[imnet_data.Catalogue]:
    with catalogue_of(tmp_path_factory.mktemp("holdout")) as opened:
        yield opened


def cut(catalogue: imnet_data.Catalogue, recipe: Recipe) -> Subset:
    """A subset that is not kept: making one takes a transaction each."""
    return Subset(catalogue._storage, catalogue.scope, catalogue.rows, recipe)


@settings(max_examples=25)
@given(st.floats(0.02, 0.98), st.integers(0, 2**63 - 1))
def test_the_parts_are_disjoint_whole_together_and_near_their_share(
    catalogue: imnet_data.Catalogue, share: float, seed: int
) -> None:
    subset = cut(catalogue, Recipe("halves", holdout=share, seed=seed))
    assert subset.parts == ("train", "val")
    train, val = (names(subset, part) for part in subset.parts)
    assert not set(train) & set(val)
    assert len(train) + len(val) == len({*train, *val}) == EVERY_IMAGE
    # Six standard deviations of a binomial.
    assert abs(len(val) - share * EVERY_IMAGE) <= 6 * (share * (1 - share) * EVERY_IMAGE) ** 0.5
    assert subset.count("val") == len(val)


def test_a_larger_share_takes_the_smaller_one_in(catalogue: imnet_data.Catalogue) -> None:
    small, large = (cut(catalogue, Recipe("h", holdout=share)) for share in (0.1, 0.3))
    assert set(names(small, "val")) < set(names(large, "val"))


def test_an_image_stays_on_its_side_whatever_else_is_there_or_drawn(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    val = set(names(cut(catalogue, Recipe("h", holdout=0.3)), "val"))
    drawn = cut(catalogue, Recipe("h", holdout=0.3, per_class=30))
    assert set(names(drawn, "val")) == val & set(names(drawn))
    with catalogue_of(tmp_path, {TENCH: NUMBERS[TENCH]}) as other:
        here = set(names(cut(other, Recipe("h", holdout=0.3)), "val"))
    assert here == {name for name in val if name.startswith(TENCH)}


@contextmanager
def with_twins(folder: Path) -> Iterator[imnet_data.Catalogue]:
    """Sixty images, of which each two have the same bytes; half of the pairs in two classes."""
    files = {
        f"{GOLDFISH if at >= 30 and at % 2 else TENCH}/{at:03d}.jpg": f"{at // 2}".encode() * 9
        for at in range(60)
    }
    tree(folder / "train", dict(files))
    with imnet_data.open(folder / "x.db", create=True) as catalogue:
        catalogue.index(folder / "train", release="mine", split="train")
        yield catalogue


def test_images_of_the_same_bytes_are_on_one_side_once_digests_are_known(tmp_path: Path) -> None:
    recipe = Recipe("h", holdout=0.5, seed=4, drop=())
    with with_twins(tmp_path) as catalogue:
        before = {part: names(cut(catalogue, recipe), part) for part in ("train", "val")}
        blind = catalogue.create_subset(Recipe("blind", holdout=0.5, seed=4, drop=()))
        assert any("verify --level digest" in remark for remark in blind.remarks())
        look_at_all(catalogue)
        stock = catalogue.create_subset(recipe)
        after = {part: names(stock.subset, part) for part in ("train", "val")}
        bytes_of = {image.name: image.read() for image in catalogue.images()}
        assert blind.lock.content is None
        assert stock.lock.content is not None
    sides = [{bytes_of[name] for name in side} for side in after.values()]
    assert not sides[0] & sides[1]
    assert stock.same_bytes == 60
    assert not any("digest" in remark for remark in stock.remarks())
    # Unknown, they were dealt out one by one; the smallest of each pair stays where it was.
    blindly = [{bytes_of[name] for name in side} for side in before.values()]
    assert blindly[0] & blindly[1]
    smallest = {name for name in bytes_of if int(name[-7:-4]) % 2 == 0}
    assert all(smallest & set(before[side]) <= set(after[side]) for side in after)
    assert [one.kind for one in differences(blind.lock, stock.lock)] == ["part"]


def test_bytes_are_shared_among_the_drawn_images_alone(tmp_path: Path) -> None:
    with with_twins(tmp_path) as catalogue:
        look_at_all(catalogue)
        one_class = Recipe("h", classes="goldfish", holdout=0.5, drop=())
        stock = catalogue.create_subset(one_class)
        assert (stock.lock.images, stock.same_bytes) == (15, 0)
