from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import pytest

import imnet_data
from imnet_data.errors import NoInformationContent, TaxonomyError
from imnet_data.scope import Scope
from imnet_data.words.information import information_content, names
from imnet_data.words.similarity import MEASURES, by_content, by_graph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.taxonomy.graph import Graph
    from imnet_data.words.similarity import InformationContent

PAIRS = 250
DEPTH = 19  # of all nouns; nltk looks at each of them to learn it, which takes ten seconds


def pairs(graph: Graph) -> Iterator[tuple[int, int]]:
    """Pairs from all over, and of relatives, where ways up part and meet again."""
    chance = random.Random(30)
    several = [s for s in graph.ids.tolist() if len(graph.parents(s)) > 1]
    for at in range(PAIRS):
        a = chance.choice(several if at % 2 else graph.ids.tolist())
        near = [*graph.ancestors(a).tolist(), *graph.children(a), a]
        yield a, chance.choice(near) if at % 3 else int(chance.choice(graph.ids))


@pytest.fixture(scope="module")
def content(graph: Graph) -> InformationContent:
    """Counts at random, as a body of text would give them: some synsets were never met."""
    chance = random.Random(31)
    counts = {synset: float(chance.choice((0, 1, 2, 50))) for synset in graph.ids.tolist()}
    return {"n": counts | {0: 1e6}, "v": {}}


def test_path_lch_and_wup_are_nltks(nltks: Any, graph: Graph) -> None:
    nltks._max_depth["n", False] = DEPTH
    for a, b in pairs(graph):
        ours = [by_graph(measure, graph, a, b) for measure in MEASURES[:3]]
        one, other = (nltks.synset_from_pos_and_offset("n", synset) for synset in (a, b))
        assert ours == [
            one.path_similarity(other), one.lch_similarity(other), one.wup_similarity(other),
        ], (a, b)  # fmt: skip


def test_the_depth_of_all_nouns_is_what_nltk_finds(wordnet: Any, graph: Graph) -> None:
    deepest = [synset for synset in graph.ids.tolist() if graph.max_depth(synset) >= DEPTH]
    theirs = [wordnet.synset_from_pos_and_offset("n", synset).max_depth() for synset in deepest]
    assert max(theirs) == DEPTH


def test_res_lin_and_jcn_are_nltks(nltks: Any, graph: Graph, content: InformationContent) -> None:
    for a, b in pairs(graph):
        ours = [by_content(measure, graph, a, b, content) for measure in MEASURES[3:]]
        one, other = (nltks.synset_from_pos_and_offset("n", synset) for synset in (a, b))
        theirs = [
            one.res_similarity(other, content), one.lin_similarity(other, content),
            one.jcn_similarity(other, content),
        ]  # fmt: skip
        assert ours == theirs, (a, b)


def test_the_root_beside_itself_is_a_number_too(graph: Graph) -> None:
    counts: InformationContent = {"n": {0: 9.0, 1740: 9.0}}
    found = [by_content(measure, graph, 1740, 1740, counts) for measure in MEASURES[3:]]
    assert found == [0, 0, 1e300]


@pytest.fixture
def brown(machine: Path) -> Iterator[str]:
    """nltk's wordnet_ic with one file, in the folder of nltk data."""
    folder = machine / "nltk_data" / "corpora" / "wordnet_ic"
    folder.mkdir(parents=True)
    dog = imnet_data.synset("dog.n.01")
    above = [f"{synset.id}n 100" for synset in dog.ancestors if synset.id != 1740]
    lines = ["wnver::made-up", "1740n 1000 ROOT", *above, "2084071n 10", "2121620n 5"]
    (folder / "ic-brown.dat").write_text("\n".join(lines) + "\n")
    information_content.cache_clear()
    yield "ic-brown.dat"
    information_content.cache_clear()


def test_a_file_of_nltks_wordnet_ic_is_read_by_its_name(brown: str) -> None:
    dog, cat = imnet_data.synset("dog.n.01"), imnet_data.synset("cat.n.01")
    assert names() == [brown]
    shared, of_dog, of_cat = (-math.log(count / 1000) for count in (100, 10, 5))
    assert dog.similarity(cat, measure="res", ic=brown) == pytest.approx(shared)
    lin = dog.similarity(cat, measure="lin", ic=brown)
    assert lin == pytest.approx(2 * shared / (of_dog + of_cat))


def test_a_measure_that_lacks_its_content_says_so(machine: Path) -> None:
    dog = imnet_data.synset("dog.n.01")
    with pytest.raises(ValueError, match=r"ic='ic-brown.dat'"):
        dog.similarity(dog, measure="res")
    with pytest.raises(NoInformationContent, match=r"'ic-brown.dat'$"):
        dog.similarity(dog, measure="res", ic="ic-brown.dat")
    with pytest.raises(ValueError, match="no measure 'cosine': it is path, lch, wup"):
        dog.similarity(dog, measure="cosine")  # type: ignore[arg-type]


def test_own_classes_have_no_similarity_and_no_nltk_synset() -> None:
    dog = imnet_data.synset("dog.n.01")
    own = Scope(None).synset(100_000_000)
    for ask in (lambda: own.similarity(dog), lambda: dog.similarity(own), lambda: own.nltk):
        with pytest.raises(TaxonomyError):
            ask()
    assert (own.gloss, own.examples) == (None, ())
