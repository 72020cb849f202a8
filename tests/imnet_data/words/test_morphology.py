from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.errors import UnknownName
from imnet_data.taxonomy.evaluation import evaluate
from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver
from imnet_data.words.morphology import base_forms
from tests.made_wordnet import EXCEPTIONS

if TYPE_CHECKING:
    from pathlib import Path


def test_base_forms_are_nltks_for_nouns_with_every_ending(
    nltks: Any, graph: Graph, wordnet_here: Path
) -> None:
    chance = random.Random(3)
    nouns = chance.sample(list(graph.words.words("")), 150)
    endings = ("", "s", "es", "ses", "ves", "xes", "zes", "ches", "shes", "men", "ies")
    forms = [noun[: len(noun) - cut] + end for noun in nouns for end in endings for cut in (0, 1)]
    forms += [line.split()[0] for line in EXCEPTIONS.splitlines()]
    wrong = [form for form in forms if list(base_forms(form)) != nltks._morphy(form, "n")]
    assert wrong == []


def test_regular_forms_need_no_wordnet_and_irregular_ones_do(machine: Path) -> None:
    assert base_forms("Hunting Dogs") == ("hunting_dog",)
    assert base_forms("dog") == ("dog",)
    assert base_forms("mice") == ()


def test_irregular_forms_are_read_from_the_wordnet(wordnet_here: Path) -> None:
    assert base_forms("mice") == ("mouse",)


@pytest.mark.parametrize("plural", ["dogs", "mice"])
def test_a_class_expression_never_takes_a_base_form_but_its_error_names_it(
    wordnet_here: Path, plural: str
) -> None:
    (base,) = base_forms(plural)
    with pytest.raises(UnknownName) as raised:
        evaluate(plural, Resolver(Graph.load()))
    assert raised.value.close[0] == base


def test_a_data_noun_alone_gives_regular_forms(made_wordnet: Path, machine: Path) -> None:
    folder = machine / "wordnet-base"
    folder.mkdir()
    (folder / "data.noun").symlink_to(made_wordnet / "data.noun")
    assert base_forms("dogs") == ("dog",)
    assert base_forms("mice") == ()
