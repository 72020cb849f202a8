from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.errors import ExpressionError
from imnet_data.taxonomy.expression import Chain, Name, Node, parse

DOG, CAT, CAR = Name("dog"), Name("cat"), Name("car")

plain_names = st.sampled_from(
    [
        "dog",
        "hot dog",
        "merry-go-round",
        "o'clock",
        "9/11",
        ".22",
        "@imagenet21k-fall11",
        "dog.n.01",
    ]
)
odd_names = st.text(min_size=1, max_size=8).map(str.strip).filter(bool)
names = st.builds(Name, plain_names | odd_names)


def chains(operands: st.SearchStrategy[Node]) -> st.SearchStrategy[Chain]:
    def build(first: Any, rest: Any) -> Chain:
        return Chain(first, tuple(rest))

    meets = st.lists(st.tuples(st.just("&"), operands), min_size=1, max_size=3)
    others = st.lists(st.tuples(st.sampled_from("|-"), operands), min_size=1, max_size=3)
    return st.builds(build, operands, meets | others)


trees = st.recursive(names, chains, max_leaves=12)


@given(trees)
def test_what_a_tree_prints_reads_as_the_same_tree(tree: Node) -> None:
    assert parse(str(tree)) == tree


@given(st.text(alphabet='ab-|&() "\n', max_size=20) | st.text(max_size=20))
def test_any_text_parses_or_points_at_a_place_in_itself(text: str) -> None:
    position = 0
    try:
        parse(text)
    except ExpressionError as fault:
        position = fault.position
    assert 0 <= position <= len(text)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("dog | cat & car", Chain(DOG, (("|", Chain(CAT, (("&", CAR),))),))),
        ("dog - cat | car", Chain(DOG, (("-", CAT), ("|", CAR)))),
        ("dog-cat", Name("dog-cat")),
        ("dog|cat", Chain(DOG, (("|", CAT),))),
        ("dog - (cat|car)", Chain(DOG, (("-", Chain(CAT, (("|", CAR),))),))),
        ("(((dog)))", DOG),
        ("(dog) - cat", Chain(DOG, (("-", CAT),))),
        ("dog\n  - cat", Chain(DOG, (("-", CAT),))),
        ('"own:a - (b) ""c"""', Name('own:a - (b) "c"')),
        ("merry-go-round - dog", Chain(Name("merry-go-round"), (("-", DOG),))),
    ],
)
def test_operators_bind_as_documented(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "the expression is empty"),
        ("  ", 0, "the expression is empty"),
        ("dog &", 4, "a name is missing after '&'"),
        ("dog & | cat", 4, "a name is missing after '&'"),
        ("dog - ", 4, "a name is missing after '-'"),
        ("- dog", 0, "a name is missing before '-'"),
        ("| dog", 0, "a name is missing before '|'"),
        ("(& dog)", 1, "a name is missing before '&'"),
        ("(dog", 0, "this '(' is never closed"),
        ("dog - (cat | (car)", 6, "this '(' is never closed"),
        ("dog | (", 6, "this '(' is never closed"),
        ("dog)", 3, "this ')' closes nothing"),
        ("dog ()", 4, "an operator ('|', '&' or '-') is missing here"),
        ("dog & ()", 6, "there is nothing between these parentheses"),
        ("(dog) cat", 6, "an operator ('|', '&' or '-') is missing here"),
        ("dog -cat", 4, "'-' takes away only between spaces"),
        ("dog- cat", 3, "'-' takes away only between spaces"),
        ("dog -(cat)", 4, "'-' takes away only between spaces"),
        ("(dog)-cat", 5, "'-' takes away only between spaces"),
        ('dog | "cat', 6, "this '\"' is never closed"),
        ('dog | " "', 6, "this name is empty"),
        ("(" * 101 + "dog" + ")" * 101, 100, "more than 100 parentheses"),
    ],
)
def test_a_fault_is_named_and_pointed_at(text: str, position: int, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.position == position
    assert caught.value.reason.startswith(reason)


def test_names_know_where_they_stand() -> None:
    tree = parse(" dog |  hot dog")
    assert isinstance(tree, Chain)
    operand = tree.rest[0][1]
    assert isinstance(tree.first, Name)
    assert isinstance(operand, Name)
    assert [tree.first.position, operand.position] == [1, 8]


def test_twenty_thousand_names_are_no_deeper_than_two() -> None:
    text = " | ".join(["dog"] * 20_000)
    assert str(parse(text)) == text
