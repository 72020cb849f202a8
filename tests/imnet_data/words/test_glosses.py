from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.words import found, glosses
from imnet_data.words.places import CHOSEN

from .tiny import nouns, write

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.taxonomy.graph import Graph


def test_definition_and_examples_are_read(machine: Path) -> None:
    text = 'the thing (a thing); as such; "it is the thing"; "a second thing"'
    (synset, other), content = nouns([text, "something else"])
    write(machine / "wordnet-base", content)
    assert glosses.available()
    assert glosses.gloss(synset) == "the thing (a thing); as such"
    assert glosses.examples(synset) == ("it is the thing", "a second thing")
    assert (glosses.gloss(other), glosses.examples(other)) == ("something else", ())


def test_without_a_wordnet_they_are_missing(machine: Path) -> None:
    assert glosses.gloss(2084071) is None
    assert glosses.examples(2084071) == ()
    assert not glosses.available()


@pytest.mark.parametrize("synset", [-1, 0, 3, 10**9])
def test_an_id_that_starts_no_record_has_no_gloss(machine: Path, synset: int) -> None:
    write(machine / "wordnet-base", nouns(["a thing"])[1])
    assert glosses.gloss(synset) is None


def test_glosses_and_examples_are_cut_as_nltk_cuts_them(
    wordnet: Any, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CHOSEN)
    found.forget()
    try:
        for synset in graph.ids[::40].tolist():
            theirs = wordnet.synset_from_pos_and_offset("n", synset)
            assert glosses.gloss(synset) == theirs.definition()
            assert list(glosses.examples(synset)) == theirs.examples()
    finally:
        found.forget()
