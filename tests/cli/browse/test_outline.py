"""The tree's rows: what is opened, closed, revealed and kept; and how one row looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imnet_data import wordnet
from imnet_data.cli.browse import tree_row
from imnet_data.cli.browse.outline import Outline
from imnet_data.cli.browse.tree_row import Columns, Look
from imnet_data.cli.browse.world import World
from imnet_data.cli.screen import cells
from imnet_data.scope import Scope
from imnet_data.taxonomy.own import OwnClass

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture(scope="module")
def world() -> World:
    return World(wordnet.scope())


def _names(outline: Outline, world: World) -> Sequence[str]:
    return [world.name(row.synset) for row in outline.rows]


def test_a_row_is_closed_and_opened_as_it_was(world: World) -> None:
    outline = Outline(world)
    dog = world.scope.named("dog").id
    at = outline.reveal(world.paths(dog)[0])
    assert outline.rows[at].synset == dog
    shown = _names(outline, world)
    outline.close(0)
    assert _names(outline, world) == ["entity.n.01"]
    outline.open(0)
    assert _names(outline, world) == shown


def test_a_class_with_two_parents_stands_under_each(world: World) -> None:
    outline = Outline(world)
    dog = world.scope.named("dog").id
    places = [outline.reveal(path) for path in world.paths(dog)]
    above = {world.name(outline.rows[at].path[-2]) for at in map(outline.nearest, world.paths(dog))}
    assert len(set(places)) == 2
    assert above == {"canine.n.02", "domestic_animal.n.01"}


def test_own_classes_hang_where_they_were_hung(world: World) -> None:
    dog = world.scope.named("dog").id
    own = (
        OwnClass(100_000_000, "rex", dog),
        OwnClass(100_000_001, "rex's ball", None),
        OwnClass(100_000_002, "pup", 100_000_000),
    )
    with_own = World(Scope(None, own=own))
    assert [with_own.name(root) for root in with_own.roots] == ["entity.n.01", "own:rex's ball"]
    outline = Outline(with_own)
    at = outline.reveal(with_own.paths(100_000_002)[0])
    path = [with_own.name(step) for step in outline.rows[at].path]
    assert path[-3:] == ["dog.n.01", "own:rex", "own:pup"]
    assert path[0] == "entity.n.01"


@pytest.mark.parametrize("width", [22, 40, 50, 70, 120])
def test_every_row_is_exactly_as_wide_as_the_tree(world: World, width: int) -> None:
    outline = Outline(world)
    outline.reveal(world.paths(world.scope.named("toy poodle").id)[-1])
    columns = Columns.of(width, world)
    look = Look(mark=True, is_taken=True, parents=2)
    assert sum(cells(t) for t, _ in tree_row.heading(columns, width, has_images=False)) == width
    for row in outline.rows[:60]:
        spans = tree_row.spans(row, world, look, columns, width)
        # Deep in a very narrow tree a row may be cut at its end; it is never short.
        assert sum(cells(text) for text, _ in spans) >= width
        if width >= 40:
            assert sum(cells(text) for text, _ in spans) == width
