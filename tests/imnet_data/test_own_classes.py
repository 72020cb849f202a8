from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, contextmanager
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import imnet_data
from imnet_data.errors import (
    BadClassName,
    ClassCycle,
    ClassInUse,
    ClassTaken,
    OwnClassError,
    UnknownName,
)
from imnet_data.taxonomy.graph import Graph
from imnet_data.wnid import FIRST_OWN_ID

from .indexing.trees import tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GRAPH = Graph.load()
# Two that several ways lead to, one over instance hypernyms, and the root.
NOUNS = ["dog.n.01", "person.n.01", "einstein.n.01", "entity.n.01"]
NAMES = ["rex", "tom", "a", "b", "c"]
PARENTS = [None, *NOUNS, *(f"own:{name}" for name in NAMES)]

OPERATIONS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(NAMES), st.sampled_from(PARENTS)),
    st.tuples(st.just("parent"), st.sampled_from(NAMES), st.sampled_from(PARENTS)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES), st.none()),
    st.tuples(st.just("archive out"), st.sampled_from(["pets", "zoo"]), st.none()),
    st.tuples(st.just("archive in"), st.sampled_from(["pets", "zoo"]), st.none()),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two trees of class folders and a catalogue of both."""
    folder = tmp_path_factory.mktemp("own")
    tree(folder / "pets", {"rex/1.jpg": None, "rex/2.jpg": None, "tom/1.jpg": None})
    tree(folder / "zoo", {"rex/3.jpg": None, "cat.n.01/1.jpg": None, "car.n.01/1.jpg": None})
    with imnet_data.open(folder / "base.db", create=True) as catalogue:
        catalogue.index([folder / "pets", folder / "zoo"])
    return folder


@pytest.fixture
def catalogue(folder: Path) -> Iterator[imnet_data.Catalogue]:
    with a_copy(folder) as opened:
        yield opened


_numbers = count()


@contextmanager
def a_copy(folder: Path) -> Iterator[imnet_data.Catalogue]:
    path = folder / f"{next(_numbers)}.db"
    shutil.copy(folder / "base.db", path)
    with imnet_data.open(path) as opened:
        yield opened


# -- the closure, whatever was done


@settings(max_examples=25)
@given(operations=st.lists(OPERATIONS, min_size=1, max_size=8))
@example(operations=[("parent", "rex", "dog.n.01"), ("parent", "rex", None)])
@example(operations=[("archive out", "zoo", None)])
@example(operations=[("add", "a", "own:rex"), ("parent", "rex", "einstein.n.01")])
def test_closure_and_counts_in_sql_are_what_graph_and_parents_say(
    folder: Path, operations: list[tuple[str, str, str | None]]
) -> None:
    with a_copy(folder) as catalogue, imnet_data.open(catalogue.path) as reader:
        parents: dict[str, str | None] = {"rex": None, "tom": None}
        for operation in operations:
            apply(operation, catalogue, folder, parents)
        held = {str(one)[4:]: one for one in reader.own_classes()}
        assert {name: str(*one.parents) or None for name, one in held.items()} == parents
        agree(reader, {one.id: parents[name] for name, one in held.items()})


def apply(
    operation: tuple[str, str, str | None],
    catalogue: imnet_data.Catalogue,
    folder: Path,
    parents: dict[str, str | None],
) -> None:
    """Do it; what was done stands in `parents`, what is refused must be refused for a reason."""
    kind, name, parent = operation
    try:
        if kind == "add":
            catalogue.add_class(name, parent=parent)
        elif kind == "parent":
            catalogue.set_parent(name, parent)
        elif kind == "remove":
            catalogue.remove_class(name)
            del parents[name]
        elif kind == "archive out":
            if any(one.path.endswith(name) for one in catalogue.archives()):
                catalogue.remove_archive(folder / name)
        else:
            catalogue.index(folder / name)
            for own in ("rex", "tom") if name == "pets" else ("rex",):
                parents.setdefault(own, None)
    except (OwnClassError, UnknownName):
        assert refusable(operation, catalogue, parents)
    else:
        if kind in ("add", "parent"):
            assert not refusable(operation, catalogue, parents)
            parents[name] = parent


def refusable(
    operation: tuple[str, str, str | None],
    catalogue: imnet_data.Catalogue,
    parents: dict[str, str | None],
) -> bool:
    kind, name, parent = operation
    above = own_name(parent)
    if kind == "add":
        return name in parents or (above is not None and above not in parents)
    if name not in parents or (above is not None and above not in parents):
        return True
    if kind == "remove":
        return f"own:{name}" in parents.values() or catalogue[f"own:{name}"].own_images > 0
    return name in chain(parent, parents)


def own_name(parent: str | None) -> str | None:
    return parent[4:] if parent is not None and parent.startswith("own:") else None


def chain(parent: str | None, parents: dict[str, str | None]) -> list[str]:
    """The own classes from a parent upwards."""
    above = own_name(parent)
    return [] if above is None else [above, *chain(parents[above], parents)]


def agree(catalogue: imnet_data.Catalogue, parents: dict[int, str | None]) -> None:
    """That SQL holds what the graph and these parents say: no pair too few, none too many."""
    with closing(sqlite3.connect(catalogue.path)) as sql:
        pairs = sql.execute("SELECT ancestor, descendant FROM closure").fetchall()
        synsets = {row[0] for row in sql.execute("SELECT id FROM synset")}
        with_images = {row[0] for row in sql.execute('SELECT synset FROM "count"')}
        counts = dict(
            sql.execute(
                'SELECT ancestor, sum(images) FROM closure JOIN "count" ON synset = descendant '
                "GROUP BY ancestor"
            )
        )
    ids = {catalogue.scope.synset(own).name: own for own in parents}
    above = {own: above_of(own, parents, ids) for own in parents}
    nouns = {one for ones in (with_images, *above.values()) for one in ones if one < FIRST_OWN_ID}
    expected = {tuple(pair) for pair in GRAPH.closure_rows(np.array(sorted(nouns))).tolist()}
    expected |= {(one, own) for own, ones in above.items() for one in (own, *ones)}
    assert set(pairs) == expected
    assert synsets == {ancestor for ancestor, _ in expected}
    told = {one: catalogue.scope.subtree_images(one) for one in synsets}
    assert told == {one: counts.get(one, 0) for one in synsets}


def above_of(own: int, parents: dict[int, str | None], ids: dict[str, int]) -> set[int]:
    parent = parents[own]
    if parent is None:
        return set()
    if parent in ids:
        return {ids[parent], *above_of(ids[parent], parents, ids)}
    noun = GRAPH.by_name(parent)
    assert noun is not None
    return {noun, *GRAPH.ancestors(noun).tolist()}


def test_more_images_of_a_class_that_hangs_count_above_it_as_well(tmp_path: Path) -> None:
    tree(tmp_path / "pets", {"rex/1.jpg": None})
    with imnet_data.open(tmp_path / "x.db", create=True) as catalogue:
        catalogue.add_class("rex", parent="dog")
        catalogue.index(tmp_path / "pets")
        assert [str(one) for one in catalogue.own_classes()] == ["own:rex"]
        assert catalogue["dog"].subtree_images == 1
        tree(tmp_path / "pets", {"rex/2.jpg": None, "n02084071/1.jpg": None})
        catalogue.index(tmp_path / "pets")
        assert catalogue["dog"].subtree_images == 3
        assert catalogue.images("dog - own:rex").count() == 1
        agree(catalogue, {catalogue["own:rex"].id: "dog.n.01"})


# -- what is refused, and why


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        (" own: ", "empty"),
        ("a\nb", "cannot be shown"),
        ("\udc80", "cannot be shown"),
        ("cats/tom", "no folder"),
        ("..", "no folder"),
        ("@mine", "published lists"),
        ("own:own:rex", "stands before it already"),
        ("N02084071", "is a wnid"),
        ("Domestic Dog.n.01", "n02084071"),
    ],
)
def test_a_name_that_would_mean_something_else_is_refused_with_the_reason(
    catalogue: imnet_data.Catalogue, name: str, reason: str
) -> None:
    with pytest.raises(BadClassName, match=reason):
        catalogue.add_class(name)


@pytest.mark.parametrize("name", ["Über 1", "dog", "rex & co", "-1", "own.n.99"])
def test_any_other_text_is_a_name_and_comes_back_as_it_was_given(
    catalogue: imnet_data.Catalogue, name: str
) -> None:
    made = catalogue.add_class(name)
    assert (made.name, catalogue[f"own:{name}"]) == (f"own:{name}", made)
    assert catalogue[f"own:{name.upper()}"] == made


@pytest.mark.parametrize("name", ["Rex", " own:REX "])
def test_a_name_that_differs_in_case_alone_is_taken(
    catalogue: imnet_data.Catalogue, name: str
) -> None:
    with pytest.raises(ClassTaken, match="own:rex already"):
        catalogue.add_class(name)


def test_several_classes_are_made_together_or_not_at_all(catalogue: imnet_data.Catalogue) -> None:
    for wrong in ("My Dog", "n02084071"):
        with pytest.raises(OwnClassError):
            catalogue.add_classes(["my  dog", wrong])
    assert [str(one) for one in catalogue.own_classes()] == ["own:rex", "own:tom"]
    made = catalogue.add_classes(["one", "two"], parent=catalogue["dog"])
    assert [str(one) for one in made] == ["own:one", "own:two"]
    assert {str(*one.parents) for one in made} == {"dog.n.01"}


def test_a_cycle_is_refused_with_the_classes_that_it_leads_over(
    catalogue: imnet_data.Catalogue,
) -> None:
    litter = catalogue.add_class("litter", parent="own:rex")
    pup = catalogue.add_class("pup", parent=litter)
    with pytest.raises(ClassCycle, match="own:pup under own:litter under own:rex") as caught:
        catalogue.set_parent("rex", pup)
    assert caught.value.chain == ("pup", "litter", "rex")
    with pytest.raises(ClassCycle, match="under itself"):
        catalogue.set_parent(pup, pup)


def test_a_class_is_removed_only_when_nothing_is_at_or_under_it(
    catalogue: imnet_data.Catalogue, folder: Path
) -> None:
    catalogue.add_class("kitten", parent="own:tom")
    with pytest.raises(ClassInUse, match="1 image and own:kitten under it"):
        catalogue.remove_class("tom")
    assert catalogue.remove_class("KITTEN") == "own:kitten"
    catalogue.remove_archive(folder / "pets")
    assert catalogue.remove_class("tom") == "own:tom"
    assert [str(one) for one in catalogue.own_classes()] == ["own:rex"]


def test_a_word_that_is_a_class_of_ones_own_too_is_read_as_wordnets_and_told(
    catalogue: imnet_data.Catalogue,
) -> None:
    query = catalogue.images("rex", release="*")
    assert (query.count(), catalogue.images("own:rex", release="*").count()) == (0, 3)
    assert query.notices == ("rex: read as king.n.01 (n10231515); of your own there is own:rex",)
