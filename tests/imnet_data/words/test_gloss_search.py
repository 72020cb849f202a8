from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imnet_data.words import found
from imnet_data.words.gloss_search import search_glosses

from .tiny import nouns, write

if TYPE_CHECKING:
    from pathlib import Path

# Few words, alike in part, so that whole words and parts of words both come up.
WORDS = st.sampled_from(
    ["dog", "dogs", "hotdog", "Dog's", "dog-like", "cat", "cats", "CAT", "thing"]
)
GLOSSES = st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=6)
WANTED = st.lists(
    st.sampled_from([("dog",), ("dogs", "dog"), ("cats", "cat"), ("like",), ("thing",)]),
    min_size=1, max_size=3,
)  # fmt: skip


@given(texts=GLOSSES, wanted=WANTED)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_gloss_is_found_by_its_whole_words_and_by_nothing_else(
    machine: Path, texts: list[str], wanted: list[tuple[str, ...]]
) -> None:
    ids, content = nouns(texts)
    write(machine / "wordnet-base", content)
    found.forget()
    holding = [
        synset
        for synset, text in zip(ids, texts, strict=True)
        if all(re.search(rf"\b({'|'.join(word)})\b", text, re.IGNORECASE) for word in wanted)
    ]
    assert [hit.id for hit in search_glosses(wanted)] == holding


def test_the_passage_shows_the_words_as_they_stand_in_definition_or_example(machine: Path) -> None:
    long = "something that goes on for a while before it comes to " + 'the Point; "pointless"'
    (synset, _), content = nouns([long, 'none; "no point in it"'])
    write(machine / "wordnet-base", content)
    first, second = search_glosses([("point",)])
    assert (first.id, first.words) == (synset, ("Point",))
    assert first.passage == '… it comes to the Point; "pointless"'
    assert second.passage == 'none; "no point in it"'


def test_words_and_pointers_of_a_record_are_not_its_gloss(machine: Path) -> None:
    write(machine / "wordnet-base", nouns(["a gloss"])[1])
    assert list(search_glosses([("thing",)])) == []
    assert list(search_glosses([("00001740",)])) == []


def test_nothing_is_found_without_words_letters_or_a_wordnet(machine: Path) -> None:
    assert list(search_glosses([("gloss",)])) == []
    write(machine / "wordnet-base", nouns(["a gloss"])[1])
    assert list(search_glosses([])) == []
    assert list(search_glosses([("",)])) == []
    assert list(search_glosses([("a",)])) == []
    assert len(list(search_glosses([("a",), ("gloss",)]))) == 1
