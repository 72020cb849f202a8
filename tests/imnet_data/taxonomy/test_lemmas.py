from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.lemmas import Rank, as_lemma

GRAPH = Graph.load()
ALL_IDS = GRAPH.ids.tolist()


@cache
def by_word() -> dict[str, set[int]]:
    """Every lower-case lemma with the synsets that have it, from the synsets' side."""
    found: dict[str, set[int]] = {}
    for synset in ALL_IDS:
        for lemma in GRAPH.lemmas(synset):
            found.setdefault(lemma.lower(), set()).add(synset)
    return found


words = st.deferred(lambda: st.sampled_from(sorted(by_word())))


def test_a_name_leads_back_to_its_synset() -> None:
    assert all(GRAPH.by_name(GRAPH.name(synset)) == synset for synset in ALL_IDS[3::8])


def test_names_are_unique() -> None:
    assert len({GRAPH.name(synset) for synset in ALL_IDS}) == len(ALL_IDS)


@given(words)
def test_senses_are_the_synsets_with_that_lemma(word: str) -> None:
    senses = GRAPH.senses(word)
    assert set(senses) == by_word()[word]
    assert len(set(senses)) == len(senses)
    assert [GRAPH.by_name(f"{word}.n.{i}") for i, _ in enumerate(senses, 1)] == list(senses)


def test_senses_keep_wordnets_order_not_the_ids() -> None:
    assert [GRAPH.name(s) for s in GRAPH.senses("dog")] == [
        "dog.n.01", "frump.n.01", "dog.n.03", "cad.n.01", "frank.n.02", "pawl.n.01", "andiron.n.01",
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["hot dog", "HOT_DOG", "  Hot \t dog\n"])
def test_words_are_case_blind_and_white_space_is_an_underscore(written: str) -> None:
    assert GRAPH.senses(written) == GRAPH.senses("hot_dog") != ()


@pytest.mark.parametrize("name", ["domestic_dog.n.01", "Canis_familiaris.n.1", " DOG.N.01 "])
def test_any_lemma_names_a_synset(name: str) -> None:
    assert GRAPH.by_name(name) == 2084071


@pytest.mark.parametrize(
    "name", ["dog.n.08", "dog.n.00", "dog.v.01", "dog", "", "zzz.n.01", ".n.01"]
)
def test_what_is_no_name_is_none(name: str) -> None:
    assert GRAPH.by_name(name) is None


def test_a_lemma_with_dots_in_it_can_be_named() -> None:
    synset = GRAPH.by_name(".22.n.01")
    assert synset is not None
    assert ".22" in GRAPH.lemmas(synset)


def expected_rank(needle: str, word: str) -> Rank:
    if word == needle:
        return Rank.EXACT
    if word.startswith(needle):
        return Rank.PREFIX
    inner = f"_{needle}" in word or f"-{needle}" in word
    return Rank.WORD_START if inner else Rank.SUBSTRING


@settings(max_examples=10)
@given(
    words.flatmap(lambda w: st.tuples(st.integers(0, len(w) - 1), st.integers(3, 9), st.just(w)))
)
def test_search_finds_every_synset_with_the_text_best_rank_first(cut: tuple[int, int, str]) -> None:
    start, length, word = cut
    needle = as_lemma(word[start : start + length])
    if not needle:
        return
    best: dict[int, Rank] = {}
    for other, synsets in by_word().items():
        if needle in other:
            rank = expected_rank(needle, other)
            for synset in synsets:
                best[synset] = min(rank, best.get(synset, rank))
    hits = GRAPH.search(needle, limit=100_000)
    assert {hit.id: hit.rank for hit in hits} == best
    assert [hit.rank for hit in hits] == sorted(hit.rank for hit in hits)
    assert all(needle in hit.lemma.lower() and hit.lemma in GRAPH.lemmas(hit.id) for hit in hits)


def test_search_stops_at_the_limit_with_the_best() -> None:
    everything = GRAPH.search("dog", limit=100_000)
    assert GRAPH.search("dog", limit=10) == everything[:10]
    assert [hit.id for hit in everything[:7]] == list(GRAPH.senses("dog"))


@pytest.mark.parametrize("text", ["", "   ", "qqqqq", "é", "dog\0", "x" * 5000])
def test_search_for_what_is_nowhere_finds_nothing(text: str) -> None:
    assert GRAPH.search(text) == []
    assert GRAPH.search("dog", limit=0) == []


def test_search_shows_the_lemma_as_wordnet_spells_it() -> None:
    hits = {hit.lemma for hit in GRAPH.search("canis fam")}
    assert hits == {"Canis_familiaris"}
