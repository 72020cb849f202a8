from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.errors import UnknownName
from imnet_data.facts.class_lists import class_list
from imnet_data.taxonomy.graph import Graph

GRAPH = Graph.load()
DOG, CAT, ANIMAL, ENTITY = 2084071, 2121620, 15388, 1740

synsets = st.integers(0, len(GRAPH) - 1).map(lambda place: int(GRAPH.ids[place]))


def reach(synset: int, step: Callable[[int], tuple[int, ...]]) -> set[int]:
    seen, todo = set(), list(step(synset))
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo.extend(step(at))
    return seen


def named(name: str) -> int:
    found = GRAPH.by_name(name)
    assert found is not None
    return found


def at_or_above(synset: int) -> set[int]:
    return {synset, *GRAPH.ancestors(synset).tolist()}


@given(synsets)
def test_descendants_are_what_walking_children_reaches(synset: int) -> None:
    assert GRAPH.descendants(synset).tolist() == sorted(reach(synset, GRAPH.children))


@given(synsets)
def test_ancestors_are_what_walking_parents_reaches(synset: int) -> None:
    assert GRAPH.ancestors(synset).tolist() == sorted(reach(synset, GRAPH.parents))


@given(synsets, synsets)
def test_is_under_agrees_with_ancestors(a: int, b: int) -> None:
    assert GRAPH.is_under(a, b) == (b in GRAPH.ancestors(a))
    for ancestor in GRAPH.ancestors(a):
        assert GRAPH.is_under(a, int(ancestor))


@given(synsets)
def test_parents_and_children_are_each_others_inverse(synset: int) -> None:
    assert all(synset in GRAPH.children(parent) for parent in GRAPH.parents(synset))
    assert all(synset in GRAPH.parents(child) for child in GRAPH.children(synset))
    assert GRAPH.hypernyms(synset) + GRAPH.instance_hypernyms(synset) == GRAPH.parents(synset)


@given(synsets)
def test_paths_run_from_the_root_over_parents_and_give_both_depths(synset: int) -> None:
    paths = GRAPH.paths_to_root(synset)
    assert len(set(paths)) == len(paths)
    for path in paths:
        assert (path[0], path[-1]) == (ENTITY, synset)
        assert all(above in GRAPH.parents(below) for above, below in pairwise(path))
    edges = [len(path) - 1 for path in paths]
    assert (min(edges), max(edges)) == (GRAPH.min_depth(synset), GRAPH.max_depth(synset))


@given(synsets, synsets)
def test_lowest_common_hypernyms_are_common_and_none_deeper_is(a: int, b: int) -> None:
    common = at_or_above(a) & at_or_above(b)
    lowest = GRAPH.lowest_common_hypernyms(a, b)
    deepest = max(map(GRAPH.max_depth, common))
    assert set(lowest) == {synset for synset in common if GRAPH.max_depth(synset) == deepest}
    assert lowest == GRAPH.lowest_common_hypernyms(b, a)


@given(synsets, synsets)
def test_path_similarity_is_symmetric_and_one_only_for_the_same(a: int, b: int) -> None:
    assert GRAPH.path_similarity(a, b) == GRAPH.path_similarity(b, a)
    assert (GRAPH.path_similarity(a, b) == 1.0) == (a == b)


@given(st.lists(synsets, max_size=20))
def test_closure_rows_are_the_pairs_of_the_ids_and_their_ancestors(ids: list[int]) -> None:
    nodes = {a for synset in ids for a in at_or_above(synset)}
    expected = sorted((a, node) for node in nodes for a in at_or_above(node))
    assert GRAPH.closure_rows(np.array(ids, np.int64)).tolist() == [list(pair) for pair in expected]


def test_closure_rows_of_fall11_hold_the_231549_proper_pairs_of_its_classes() -> None:
    ids = class_list("imagenet21k-fall11").ids
    rows = GRAPH.closure_rows(ids)
    proper = rows[:, 0] != rows[:, 1]
    assert len(rows) == 269_152
    assert np.count_nonzero(proper & np.isin(rows[:, 1], ids)) == 231_549


def test_at_or_under_is_the_synset_in_its_place_among_its_descendants() -> None:
    for synset in (ENTITY, ANIMAL, DOG, int(GRAPH.ids[-1])):
        everything = GRAPH.at_or_under(synset).tolist()
        assert everything == sorted({synset, *GRAPH.descendants(synset).tolist()})


def test_every_noun_is_at_or_under_entity() -> None:
    assert np.array_equal(GRAPH.at_or_under(ENTITY), GRAPH.ids)
    assert len(GRAPH) == 82_115


def test_instance_hypernyms_count_as_edges() -> None:
    einstein = named("einstein.n.01")
    assert GRAPH.hypernyms(einstein) == ()
    assert GRAPH.is_under(einstein, named("scientist.n.01"))


def test_a_second_parent_is_not_lost() -> None:
    assert [GRAPH.name(p) for p in GRAPH.parents(DOG)] == ["canine.n.02", "domestic_animal.n.01"]
    assert GRAPH.is_under(DOG, named("domestic_animal.n.01"))


def test_what_descendants_gives_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        GRAPH.descendants(ANIMAL)[0] = 0


@pytest.mark.parametrize(
    "method",
    ["parents", "children", "ancestors", "descendants", "at_or_under", "paths_to_root", "min_depth",
     "name", "lemmas", "lexname", "wnid"],
)  # fmt: skip
@pytest.mark.parametrize("synset", [0, -1, DOG + 1, 99_999_999, 100_000_000, 10**12])
def test_an_unknown_id_is_refused_by_name(method: str, synset: int) -> None:
    with pytest.raises(UnknownName, match="noun synset of WordNet"):
        getattr(GRAPH, method)(synset)
    assert synset not in GRAPH


def test_closure_rows_refuses_an_unknown_id() -> None:
    with pytest.raises(UnknownName, match="n02084072"):
        GRAPH.closure_rows(np.array([DOG, DOG + 1]))


def test_numpy_integers_are_ids_too() -> None:
    assert np.int64(DOG) in GRAPH
    dog: Any = np.int64(DOG)
    assert GRAPH.name(dog) == "dog.n.01"
    assert "dog" not in GRAPH


def test_every_ilsvrc_class_is_in_the_graph_with_teddy_bear_that_fall11_lacks() -> None:
    assert all(wnid in GRAPH for wnid in class_list("ilsvrc2012").ids)
    assert GRAPH.name(4399382) == "teddy.n.01"
    assert "n04399382" not in class_list("imagenet21k-fall11")


def test_the_graph_is_loaded_once() -> None:
    assert Graph.load() is Graph.load()
