import operator
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.errors import ExpressionError, UnknownName
from imnet_data.facts.class_lists import class_list
from imnet_data.taxonomy.evaluation import evaluate
from imnet_data.taxonomy.expression import Chain, Name, Node
from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver
from imnet_data.taxonomy.own import OwnClass

REX = 100_000_000
RESOLVER = Resolver(Graph.load(), own=[OwnClass(REX, "rex (1)", 2084071)])
OPERATIONS = {"|": operator.or_, "&": operator.and_, "-": operator.sub}

names = st.sampled_from(
    ["dog", "hunting_dog", "animal", "canine.n.02", "domestic_animal", "n02121620", "entity",
     "truck", "@ilsvrc2012", "@imagenette", "@imagewoof", "own:rex (1)"]
)  # fmt: skip


@cache
def members(name: str) -> frozenset[int]:
    return frozenset(RESOLVER.resolve(name).ids.tolist())


def expected(tree: Node) -> frozenset[int]:
    if isinstance(tree, Name):
        return members(tree.text)
    result = expected(tree.first)
    for sign, operand in tree.rest:
        result = OPERATIONS[sign](result, expected(operand))
    return result


def chains(operands: st.SearchStrategy[Node]) -> st.SearchStrategy[Chain]:
    signs = st.sampled_from(["&", "|-"]).flatmap(
        lambda level: st.lists(st.tuples(st.sampled_from(level), operands), min_size=1, max_size=3)
    )
    return st.builds(lambda first, rest: Chain(first, tuple(rest)), operands, signs)


@given(st.recursive(names.map(Name), chains, max_leaves=8))
def test_an_expression_is_set_algebra_over_its_names(tree: Node) -> None:
    found = evaluate(str(tree), RESOLVER)
    assert found.ids.tolist() == sorted(expected(tree))


def test_a_name_means_everything_below_it_and_a_list_its_members_alone(graph: Graph) -> None:
    dogs = evaluate("dog", RESOLVER)
    assert set(graph.descendants(2084071)) < set(dogs)
    assert REX in dogs
    woof = evaluate("@imagewoof", RESOLVER)
    assert sorted(woof) == sorted(class_list("imagewoof").ids.tolist())


def test_every_ilsvrc_dog_that_is_no_hunting_dog() -> None:
    found = evaluate("@ilsvrc2012 & dog - hunting_dog", RESOLVER)
    names = {RESOLVER.graph.name(synset) for synset in found}
    # ILSVRC has 118 dogs, 63 of them under hunting_dog.n.01.
    assert len(found) == 55
    assert "pembroke.n.01" in names
    assert "beagle.n.01" not in names
    assert REX not in found


def test_names_and_notices_come_in_order_and_once() -> None:
    found = evaluate("crane | dog - crane | @imagenette | goldfish", RESOLVER)
    assert found.names == ("crane.n.01", "dog.n.01", "@imagenette", "goldfish.n.01")
    assert [notice.word for notice in found.notices] == ["crane", "dog"]


def test_an_unknown_name_among_several_is_pointed_at() -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate("dog - (hunting_dog | labardor_retriever)", RESOLVER)
    assert caught.value.position == 21
    assert "did you mean labrador_retriever?" in caught.value.reason


def test_an_unknown_name_alone_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match="labrador_retriever"):
        evaluate(" labardor_retriever ", RESOLVER)


def test_a_set_knows_its_members() -> None:
    found = evaluate("dog", RESOLVER)
    assert 2084071 in found
    assert 2084072 not in found
    assert 10**12 not in found
    assert "dog" not in found
    assert len(found) == len(found.ids) == len(list(found))


def test_an_empty_result_is_a_set_of_none() -> None:
    assert len(evaluate("dog - dog", RESOLVER)) == 0


def test_all_of_fall11_written_out_is_evaluated() -> None:
    wnids = class_list("imagenet21k-fall11").wnids
    found = evaluate(" | ".join(wnids), RESOLVER)
    assert set(class_list("imagenet21k-fall11").ids.tolist()) <= set(found)
