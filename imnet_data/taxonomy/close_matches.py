"""Which lemmas a misspelt one may have meant, fast enough for an error message."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from imnet_data.words import morphology

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.taxonomy.lemmas import Lemmas


def close_lemmas(words: Lemmas, lemma: str, limit: int = 3) -> list[str]:
    """Lemmas that look like one that does not exist: its singular, then the closest first.

    Looks at those that share its first two letters, then at those that share its last three:
    comparing all 117,798 would take seconds.

    >>> from imnet_data.taxonomy.graph import Graph
    >>> close_lemmas(Graph.load().words, "labardor_retriever")
    ['labrador_retriever']
    """
    if not lemma:
        return []
    singulars = [word for word in morphology.candidates(lemma) if words.senses(word)]
    alike = _alike(words, lemma, limit)
    return [*singulars, *(word for word in alike if word not in singulars)][:limit]


def _alike(words: Lemmas, lemma: str, limit: int) -> list[str]:
    for candidates in (words.words(lemma[:2]), words.words_ending(lemma[-3:])):
        like_length = _of_like_length(candidates, lemma)
        if close := get_close_matches(lemma, like_length, n=limit, cutoff=0.75):
            return close
    return []


def _of_like_length(candidates: Iterator[str], lemma: str) -> list[str]:
    # A ratio of 0.75 cannot be reached by a text much shorter or longer, so none is compared.
    shortest, longest = 0.6 * len(lemma), len(lemma) / 0.6
    return [word for word in candidates if shortest <= len(word) <= longest]
