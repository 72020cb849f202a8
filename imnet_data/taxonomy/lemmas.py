"""The words of the noun graph: a synset's lemmas and name, a word's senses, and the search.

What a person may write for a synset is names.py's question; this file knows words only.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.taxonomy.packaged import Rows, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

_UNDERSCORE, _HYPHEN = b"_-"


class Rank(IntEnum):
    """How a lemma matches a searched text, the best first."""

    EXACT = 0
    PREFIX = 1
    WORD_START = 2
    SUBSTRING = 3


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A synset that a search found, with the lemma that matched, as WordNet spells it."""

    id: int
    lemma: str
    rank: Rank


def as_lemma(text: str) -> str:
    """A text as WordNet writes lemmas: lower case, white space as underscores.

    >>> as_lemma("  Hot  Dog ")
    'hot_dog'
    """
    return "_".join(text.lower().split())


class Lemmas:
    """The words of the graph; `place` gives a synset's position in the packaged arrays."""

    def __init__(self, place: Callable[[int], int]) -> None:
        self._place = place
        self._lemmas = Rows.load("lemma_text", "lemma_lengths", np.uint8)
        self._name_senses = load("name_senses", np.uint8).data
        self._words = Rows.load("word_text", "word_lengths", np.uint8)
        self._senses = Rows.load("senses", "sense_counts")
        self._bytes: NDArray[np.uint8] = np.asarray(self._words.values)
        self._starts: NDArray[np.int32] = np.asarray(self._words.bounds)

    def lemmas(self, synset: int) -> tuple[str, ...]:
        """A synset's lemmas in WordNet's order and spelling, with underscores."""
        return self._lemmas_at(self._place(synset))

    def name(self, synset: int) -> str:
        """A synset's name, as nltk gives it: its first lemma and that lemma's sense number."""
        place = self._place(synset)
        return f"{self._lemmas_at(place)[0].lower()}.n.{self._name_senses[place]:02d}"

    def senses(self, word: str) -> tuple[int, ...]:
        """The ids of a word's senses in WordNet's order; none for a word it lacks."""
        return self._senses_of(_bytes(as_lemma(word)))

    def words(self, prefix: str) -> Iterator[str]:
        """Every lower-case lemma that starts with a prefix, in byte order."""
        start = _bytes(prefix)
        return (self._word(i).decode() for i in self._starting_with(start))

    def words_ending(self, suffix: str) -> Iterator[str]:
        """Every lower-case lemma that ends with a suffix, in byte order."""
        return (self._word(i).decode() for i in self._words_at(self._hits(_bytes(suffix) + b"\n")))

    def search(self, text: str, limit: int) -> list[SearchHit]:
        """Synsets by a part of their lemmas, the best rank first, each once."""
        needle = _bytes(as_lemma(text))
        hits: dict[int, SearchHit] = {}
        if not needle or limit < 1:
            return []
        for rank, i in self._ranked(needle):
            word = self._word(i).decode()
            for synset in self._senses.row(i):
                if synset not in hits:
                    hits[synset] = SearchHit(synset, self._spelling(synset, word), rank)
                    if len(hits) == limit:
                        return list(hits.values())
        return list(hits.values())

    def _ranked(self, needle: bytes) -> Iterator[tuple[Rank, int]]:
        """Words that hold a needle, in tiers; a word may come again in a later tier."""
        for i in self._starting_with(needle):
            yield (Rank.EXACT if self._word(i) == needle else Rank.PREFIX), i
        hits = self._hits(needle)
        before = self._bytes[hits - 1]
        for i in self._words_at(hits[(before == _UNDERSCORE) | (before == _HYPHEN)]):
            yield Rank.WORD_START, i
        for i in self._words_at(hits):
            yield Rank.SUBSTRING, i

    def _starting_with(self, prefix: bytes) -> Iterator[int]:
        for i in range(self._find(prefix), len(self._words.bounds) - 1):
            if not self._word(i).startswith(prefix):
                return
            yield i

    def _hits(self, needle: bytes) -> NDArray[np.intp]:
        """Where a needle stands in the text, all hits at once: bytes.find() takes a call a hit."""
        end = max(0, len(self._bytes) - len(needle) + 1)
        found = self._bytes[:end] == needle[0]
        for k, byte in enumerate(needle[1:2], start=1):
            found &= self._bytes[k : end + k] == byte
        hits = np.flatnonzero(found)
        for k, byte in enumerate(needle[2:], start=2):
            hits = hits[self._bytes[hits + k] == byte]
        return hits

    def _words_at(self, hits: NDArray[np.intp]) -> list[int]:
        """The words that hold some positions of the text, ascending."""
        words: list[int] = (np.searchsorted(self._starts, hits, side="right") - 1).tolist()
        return words

    def _find(self, word: bytes) -> int:
        return bisect_left(range(len(self._words.bounds) - 1), word, key=self._word)

    def _senses_of(self, word: bytes) -> tuple[int, ...]:
        i = self._find(word)
        if i == len(self._words.bounds) - 1 or self._word(i) != word:
            return ()
        return tuple(self._senses.row(i))

    def _word(self, i: int) -> bytes:
        return bytes(self._words.span(i)[:-1])

    def _lemmas_at(self, place: int) -> tuple[str, ...]:
        return tuple(bytes(self._lemmas.span(place)).decode().split(" "))

    def _spelling(self, synset: int, word: str) -> str:
        return next(lemma for lemma in self.lemmas(synset) if lemma.lower() == word)


def _bytes(text: str) -> bytes:
    # A terminal may hand over bytes that are no text; Python keeps them as lone surrogates.
    return text.encode("utf-8", "surrogatepass")
