"""What a person may write for a class: a wnid, a synset's name, a word, `@list`, `own:NAME`.

One name at a time; how names are joined is expression.py's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imnet_data import wnid as wnids
from imnet_data.errors import UnknownName
from imnet_data.facts.class_lists import class_list
from imnet_data.taxonomy.close_matches import close_lemmas
from imnet_data.taxonomy.lemmas import as_lemma
from imnet_data.taxonomy.notices import Notice, notice_of
from imnet_data.taxonomy.own import OwnClass, OwnClasses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imnet_data.taxonomy.graph import Graph

ImageCount = Callable[[int], int]

_SENSE = re.compile(r"(?P<lemma>.+)\.(?P<pos>[nvasr])\.(?P<number>[0-9]{1,4})\Z", re.DOTALL)
_OTHER_POS = {"v": "verbs", "a": "adjectives", "s": "adjectives", "r": "adverbs"}


@dataclass(frozen=True, slots=True, eq=False)
class Resolution:
    """What a name means: `ids`, ascending; `synset`, unless it is a class list's name.

    `name` is the one way to write it that needs no reading: 'dog.n.01', '@ilsvrc2012', 'own:rex'.
    """

    name: str
    ids: NDArray[np.int64]
    synset: int | None
    notice: Notice | None = None


class Resolver:
    """Reads names against the graph, the user's own classes and the packaged class lists.

    `images` gives the number of images at or under a synset id; with it, the notice about a word
    whose first sense has none says which sense was probably meant.

    >>> from imnet_data.taxonomy.graph import Graph
    >>> found = Resolver(Graph.load()).resolve("Dog")
    >>> found.name, len(found.ids), str(found.notice)[:35]
    ('dog.n.01', 190, 'Dog: read as dog.n.01 (n02084071); ')
    """

    def __init__(
        self, graph: Graph, own: Sequence[OwnClass] = (), images: ImageCount | None = None
    ) -> None:
        self.graph = graph
        self.own = OwnClasses(graph, own)
        self._images = images

    def resolve(self, name: str) -> Resolution:
        """The classes of one name, case-blind.

        A class list means its members alone; every other name means itself and all below. A word
        is its first sense in WordNet's order, on every catalogue.

        Raises:
            UnknownName: nothing has that name; it says what comes close.
        """
        text = name.strip()
        if text.startswith("@"):
            return self._class_list(text)
        if text.lower().startswith("own:"):
            return self._synset(self.own.by_name(text[4:].strip()).id)
        if wnids.is_wnid(text.lower()):
            return self._wnid(text.lower())
        if (match := _SENSE.match(as_lemma(text))) is not None:
            return self._sense(match["lemma"], match["pos"], int(match["number"]))
        return self._word(text)

    def name(self, synset: int) -> str:
        """How a synset or an own class is written: 'dog.n.01', 'own:rex'.

        Raises:
            UnknownName: no synset and no own class has the id.
        """
        own = self.own.classes.get(synset)
        return f"own:{own.name}" if own is not None else self.graph.name(synset)

    def at_or_under(self, synset: int) -> NDArray[np.int64]:
        """A synset or own class and everything below, own classes too, ascending."""
        own = np.array(self.own.under(synset), np.int64)
        if synset in self.own.classes:
            # A parent may have been numbered after its child.
            return np.sort(np.append(own, synset))
        return np.concatenate((self.graph.at_or_under(synset), own), dtype=np.int64)

    def parents(self, synset: int) -> tuple[int, ...]:
        """What stands right above a synset, both kinds of hypernyms, or above an own class."""
        if synset < wnids.FIRST_OWN_ID:
            return self.graph.parents(synset)
        parent = self.own.classes[synset].parent
        return () if parent is None else (parent,)

    def children(self, synset: int) -> tuple[int, ...]:
        """What stands right below one: hyponyms, then the own classes that hang there."""
        nouns = self.graph.children(synset) if synset < wnids.FIRST_OWN_ID else ()
        return nouns + self.own.children(synset)

    def _class_list(self, text: str) -> Resolution:
        found = class_list(text[1:])
        return Resolution(f"@{found.name}", np.sort(found.ids), None)

    def _wnid(self, wnid: str) -> Resolution:
        synset = wnids.to_id(wnid)
        if synset not in self.graph:
            raise UnknownName(wnid, kind="noun of WordNet 3.0")
        return self._synset(synset)

    def _sense(self, lemma: str, pos: str, number: int) -> Resolution:
        written = f"{lemma}.{pos}.{number:02d}"
        senses = self.graph.senses(lemma)
        if pos != "n":
            nouns = [f"{lemma}.n.01"] if senses else []
            raise UnknownName(
                written, kind=f"noun (the taxonomy has no {_OTHER_POS[pos]})", close=nouns
            )
        if not senses:
            close = [f"{word}.n.01" for word in close_lemmas(self.graph.words, lemma)]
            raise UnknownName(written, kind="synset", close=close)
        if not 1 <= number <= len(senses):
            last = f"{lemma}.n.{len(senses):02d}"
            raise UnknownName(written, kind="synset", close=_ends(f"{lemma}.n.01", last))
        return self._synset(senses[number - 1])

    def _word(self, text: str) -> Resolution:
        senses = self.graph.senses(text)
        if not senses:
            raise UnknownName(text, close=self._close(as_lemma(text)))
        own = self._own_called(as_lemma(text))
        notice = notice_of(text, senses, self.graph, self._images, own=own)
        return self._synset(senses[0], notice)

    def _close(self, word: str) -> list[str]:
        halves = [(word[:at], word[at + 1 :]) for at, sign in enumerate(word) if sign == "-"]
        apart = [f"{a} - {b}" for a, b in halves if self.graph.senses(a) and self.graph.senses(b)]
        return [*self._own_called(word), *apart, *close_lemmas(self.graph.words, word)]

    def _own_called(self, word: str) -> list[str]:
        """The user's own classes of a name, read as lemmas are."""
        return [self.name(own) for own, c in self.own.classes.items() if as_lemma(c.name) == word]

    def _synset(self, synset: int, notice: Notice | None = None) -> Resolution:
        return Resolution(self.name(synset), self.at_or_under(synset), synset, notice)


def _ends(first: str, last: str) -> list[str]:
    return [first] if first == last else [first, last]
