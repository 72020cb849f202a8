from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.subsets.recipe_parts import Superclasses
from imnet_data.subsets.superclasses import cut
from imnet_data.taxonomy.evaluation import evaluate
from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver
from imnet_data.taxonomy.own import OwnClass

RESOLVER = Resolver(Graph.load())
ILSVRC = evaluate("@ilsvrc2012", RESOLVER).ids.tolist()
FULL = evaluate("@imagenet21k-fall11", RESOLVER).ids.tolist()

cuts = st.builds(
    lambda key, n: Superclasses(**{key: n}),
    st.sampled_from(["depth", "count", "max_classes"]),
    st.integers(1, 400),
)


def named(how: str, classes: list[int] = ILSVRC) -> dict[str, int]:
    found = cut(classes, Superclasses.of(how), RESOLVER)
    return {RESOLVER.name(one.synset): len(one.members) for one in found}


@settings(max_examples=60)
@given(st.lists(st.sampled_from(FULL), unique=True, min_size=1, max_size=300), cuts)
def test_each_class_is_in_exactly_one_superclass_that_it_lies_at_or_under(
    classes: list[int], how: Superclasses
) -> None:
    found = cut(reversed(classes), how, RESOLVER)
    members = [member for one in found for member in one.members]
    assert sorted(members) == sorted(classes)
    assert len({one.synset for one in found}) == len(found)
    for one in found:
        assert all(m == one.synset or RESOLVER.graph.is_under(m, one.synset) for m in one.members)
    if how.count is not None:
        assert len(found) <= how.count
    if how.max_classes is not None:
        assert all(len(one.members) <= how.max_classes for one in found)


def test_the_cut_of_ilsvrc_into_twenty_is_the_one_that_recipes_were_written_for() -> None:
    assert named("count=20, min_classes=10") == {
        "matter.n.03": 49, "bird.n.01": 52, "reptile.n.01": 36, "invertebrate.n.01": 61,
        "hunting_dog.n.01": 63, "working_dog.n.01": 30, "feline.n.01": 13, "ungulate.n.01": 17,
        "primate.n.02": 20, "fish.n.01": 16, "container.n.01": 48, "conveyance.n.03": 72,
        "covering.n.02": 90, "device.n.01": 124, "equipment.n.01": 34, "furniture.n.01": 22,
        "home_appliance.n.01": 12, "implement.n.01": 36, "structure.n.01": 55,
        "geological_formation.n.01": 10,
    }  # fmt: skip


def test_a_depth_takes_what_lies_so_many_edges_below_the_root_by_first_parents() -> None:
    # dog > canine > carnivore > placental > mammal > vertebrate > chordate > animal …
    dog = RESOLVER.resolve("chihuahua.n.03").synset
    assert dog is not None
    at = {depth: named(f"depth={depth}", [dog]) for depth in (1, 6, 11, 30)}
    assert at == {
        1: {"physical_entity.n.01": 1},
        6: {"animal.n.01": 1},
        11: {"carnivore.n.01": 1},
        30: {"chihuahua.n.03": 1},
    }


def test_a_class_above_the_cut_stands_for_itself_alone() -> None:
    ids = evaluate("dog", RESOLVER).ids.tolist()
    found = cut(ids, Superclasses(max_classes=60), RESOLVER)
    (dog,) = (one for one in found if RESOLVER.name(one.synset) == "dog.n.01")
    assert dog.alone
    assert dog.members == (dog.synset,)


def test_what_has_too_few_classes_is_left_out_and_does_not_count() -> None:
    found = named("count=100,min_classes=4")
    assert min(found.values()) >= 4
    assert 80 <= len(found) <= 100


@pytest.mark.parametrize("how", ["count=1", "count=2"])
def test_own_classes_that_hang_nowhere_stand_for_themselves(how: str) -> None:
    own = [OwnClass(100_000_000, "rex", 2084071), OwnClass(100_000_001, "logo")]
    resolver = Resolver(Graph.load(), own)
    found = cut([2084071, 100_000_000, 100_000_001], Superclasses.of(how), resolver)
    assert [(resolver.name(one.synset), len(one.members)) for one in found] == [
        ("dog.n.01", 2),
        ("own:logo", 1),
    ]
