"""The graph against nltk's own reader, on the whole of WordNet 3.0; skipped where there is none."""

import random
from typing import Any

from imnet_data.taxonomy.graph import Graph


def ids(synsets: Any) -> set[int]:
    return {synset.offset() for synset in synsets}


def test_every_noun_is_there_and_some_thousands_have_nltks_names_edges_and_depths(
    wordnet: Any, graph: Graph
) -> None:
    with wordnet.open("data.noun") as lines:
        nouns = [int(line[:8]) for line in lines if line[0] != " "]
    assert nouns == graph.ids.tolist()
    # nltk takes half a minute for all of them, which scripts/compile_taxonomy.py made from these.
    for ours in nouns[7::29]:
        theirs = wordnet.synset_from_pos_and_offset("n", ours)
        assert graph.name(ours) == theirs.name()
        assert list(graph.lemmas(ours)) == theirs.lemma_names()
        assert graph.lexname(ours) == theirs.lexname()
        assert set(graph.hypernyms(ours)) == ids(theirs.hypernyms())
        assert set(graph.instance_hypernyms(ours)) == ids(theirs.instance_hypernyms())
        assert set(graph.children(ours)) == ids(theirs.hyponyms() + theirs.instance_hyponyms())
        assert graph.min_depth(ours) == theirs.min_depth()
        assert graph.max_depth(ours) == theirs.max_depth()


def test_random_pairs_have_nltks_hypernyms_similarity_and_paths(wordnet: Any, graph: Graph) -> None:
    chance = random.Random(30)
    for _ in range(500):
        a, b = (int(chance.choice(graph.ids)) for _ in range(2))
        theirs_a, theirs_b = (wordnet.synset_from_pos_and_offset("n", synset) for synset in (a, b))
        lowest = [synset.offset() for synset in theirs_a.lowest_common_hypernyms(theirs_b)]
        assert list(graph.lowest_common_hypernyms(a, b)) == lowest
        assert graph.path_similarity(a, b) == theirs_a.path_similarity(theirs_b)
        # As sets: nltk keeps a synset's pointers in a set, so that its order changes by the run.
        paths = {tuple(s.offset() for s in path) for path in theirs_a.hypernym_paths()}
        assert set(graph.paths_to_root(a)) == paths


def test_words_have_nltks_senses_in_nltks_order(wordnet: Any, graph: Graph) -> None:
    for word in ("dog", "crane", "hot_dog", "maillot", "car", "head", "o.k.", "9/11"):
        theirs = [s.offset() for s in wordnet.synsets(word, pos="n", check_exceptions=False)]
        ours = list(graph.senses(word))
        # nltk adds the senses of the word's other forms ("dogs"); ours are the word's own.
        assert ours == [synset for synset in theirs if synset in ours]
