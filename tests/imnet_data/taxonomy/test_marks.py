"""Marks in and out, and the expression that they come to."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.taxonomy.evaluation import evaluate
from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.marks import Marks
from imnet_data.taxonomy.names import Resolver
from imnet_data.taxonomy.own import OwnClass

GRAPH = Graph.load()
DOG = GRAPH.by_name("dog.n.01") or 0
OWN = (
    OwnClass(100_000_000, 'my "best" - dog', DOG),
    OwnClass(100_000_001, "(puppy)|", 100_000_000),
    OwnClass(100_000_002, "lone", None),
)
RESOLVER = Resolver(GRAPH, OWN)
# Small branches that lie in, beside and across one another, so that marks meet.
NEAR = [
    int(synset)
    for name in ("domestic_animal.n.01", "canine.n.02", "pet.n.01", "cat.n.01")
    for synset in GRAPH.at_or_under(GRAPH.by_name(name) or 0)
    if len(GRAPH.descendants(int(synset))) > 2
]
ABOVE = [GRAPH.by_name("carnivore.n.01") or 0]


def _taken(marks: Marks) -> set[int]:
    """What the marks mean, class by class: the rule as it stands in words."""
    marked = (*marks.taken, *marks.left_out)
    under = {mark: set(RESOLVER.at_or_under(mark).tolist()) for mark in marked}
    taken = set()
    for mark in marks.taken:
        for synset in under[mark]:
            outs = [out for out in marks.left_out if synset in under[out]]
            if all(mark in under[out] for out in outs):
                taken.add(synset)
    return taken


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from([*NEAR, *NEAR, *ABOVE, *(own.id for own in OWN)]), st.booleans(),
        min_size=1, max_size=7,
    ).filter(lambda marked: any(marked.values()))
)  # fmt: skip
def test_the_expression_means_what_is_marked(marked: dict[int, bool]) -> None:
    marks = Marks(RESOLVER)
    for synset, is_in in marked.items():
        marks.put(synset, is_in=is_in)
    found = evaluate(marks.expression(), RESOLVER)
    assert set(found.ids.tolist()) == _taken(marks)
    # In whatever order they are made, marks mean the same.
    other = Marks(RESOLVER)
    for synset, is_in in reversed(marked.items()):
        other.put(synset, is_in=is_in)
    assert np.array_equal(evaluate(other.expression(), RESOLVER).ids, found.ids)


def test_with_nothing_marked_in_it_is_all_but_what_is_out() -> None:
    marks = Marks(RESOLVER)
    assert marks.expression() == ""
    marks.turn(DOG, is_in=False)
    assert marks.expression() == "entity.n.01 - dog.n.01"
    marks.turn(DOG, is_in=False)
    assert not marks


def test_a_mark_that_changes_nothing_is_not_written() -> None:
    marks = Marks(RESOLVER)
    marks.put(GRAPH.by_name("car.n.01") or 0, is_in=True)
    marks.put(DOG, is_in=False)
    assert marks.expression() == "car.n.01"
    assert (len(marks.taken), len(marks.left_out)) == (1, 1)
