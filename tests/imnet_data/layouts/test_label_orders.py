"""Class names beside label numbers, and which synsets they are found to stand for."""

from __future__ import annotations

import random

from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list
from imnet_data.layouts.label_orders import LabelOrder, order_of_names, order_of_release
from imnet_data.taxonomy.graph import Graph
from imnet_data.wnid import to_id

GRAPH = Graph.load()
WORDS = [one.words for one in ilsvrc.classes()]
IDS = tuple(class_list("ilsvrc2012").ids.tolist())


def order(names: list[str]) -> LabelOrder:
    found = order_of_names(names, GRAPH, where="here")
    assert found is not None
    return found


def test_hugging_faces_thousand_names_are_the_class_indices() -> None:
    names = list(WORDS)
    # Its names differ from each other, so the second crane and maillot are called otherwise.
    names[517], names[639] = "crane2", "maillot, tank suit 2"
    assert order(names).ids == IDS
    assert order(names).name == "ilsvrc2012"
    assert order([name.partition(",")[0].replace(" ", "_") for name in WORDS]).ids == IDS


def test_a_thousand_names_of_which_a_third_is_modern_are_the_class_indices() -> None:
    names = [words if at % 3 else "something newer" for at, words in enumerate(WORDS)]
    assert order(names).name == "ilsvrc2012"


def test_ilsvrcs_words_in_another_order_are_taken_word_for_word_and_the_cranes_left_out() -> None:
    places = list(range(1000))
    random.Random(1).shuffle(places)
    found = order([WORDS[at] for at in places]).ids
    twice = {to_id(wnid) for wnid in ("n02012849", "n03126707")}
    assert all(
        synset == (0 if IDS[at] in twice else IDS[at])
        for at, synset in zip(places, found, strict=True)
        if WORDS.count(WORDS[at]) == 1 or IDS[at] in twice
    )


def test_a_hundred_of_them_are_told_by_their_words() -> None:
    places = [at for at in range(3, 1000, 10) if WORDS.count(WORDS[at]) == 1][:90]
    assert order([WORDS[at] for at in places]).ids == tuple(IDS[at] for at in places)


def test_wnids_and_synset_names_stand_for_themselves() -> None:
    assert order(["n01443537", "n01440764 tench, Tinca tinca", "dog.n.01"]).ids == (
        1443537, 1440764, 2084071,
    )  # fmt: skip
    assert order(["n01443537", "n01440764", "n99999999"]).ids == (1443537, 1440764, 0)


def test_imagenettes_short_names_are_its_list() -> None:
    names = [
        "tench", "English springer", "cassette player", "chain saw", "church", "French horn",
        "garbage truck", "gas pump", "golf ball", "parachute",
    ]  # fmt: skip
    assert order(names).name == "imagenette"
    # In another order they are words, and a bare word is nobody's name.
    assert order(names[::-1]).own == tuple(names[::-1])


def test_names_of_ones_own_are_classes_of_ones_own() -> None:
    found = order(["cat", "dog", ""])
    assert found.ids == (0, 0, 0)
    assert found.own == ("cat", "dog", None)


def test_numbers_and_nothing_are_no_names() -> None:
    assert order_of_names(["0", "1", "2"], GRAPH, where="here") is None
    assert order_of_names([], GRAPH, where="here") is None


def test_a_release_without_a_published_order_has_none() -> None:
    assert order_of_release("winter21") is None
    twelve = order_of_release("imagenet-12k-wds")
    assert twelve is not None
    assert len(twelve.ids) == 11_821
