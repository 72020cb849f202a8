"""What `search` finds: own classes, then lemmas, then glosses, each class once."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from imnet_data.taxonomy.lemmas import Rank, as_lemma
from imnet_data.words import glosses
from imnet_data.words.gloss_search import search_glosses
from imnet_data.words.morphology import base_forms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.scope import Scope

Hit = dict[str, Any]


class Search:
    """A text to search for; `read_as` are the base forms of one that is no lemma ("dogs")."""

    def __init__(self, scope: Scope, text: str) -> None:
        self._scope = scope
        self._text = text
        self.read_as = () if scope.graph.senses(text) else base_forms(text)

    def hits(self, limit: int) -> list[Hit]:
        """The first hits, each class once, with the images at or under it."""
        hits: dict[int, Hit] = {}
        for synset, matched, rank in self.found(limit):
            if synset not in hits:
                hits[synset] = self._hit(synset, matched, rank)
            if len(hits) == limit:
                break
        return list(hits.values())

    def _hit(self, synset: int, matched: str, rank: str) -> Hit:
        own = rank == "own"
        return {
            "wnid": None if own else self._scope.graph.wnid(synset),
            "name": self._scope.resolver.name(synset),
            "matched": matched,
            "rank": rank,
            "gloss": None if own else glosses.gloss(synset),
            "subtree_images": self._scope.subtree_images(synset),
        }

    def found(self, limit: int) -> Iterator[tuple[int, str, str]]:
        """Ids with what matched and how; a class may come again."""
        yield from self._own()
        search = self._scope.graph.search
        for base in self.read_as:
            exact = (hit for hit in search(base, limit) if hit.rank is Rank.EXACT)
            yield from ((hit.id, hit.lemma, "exact") for hit in exact)
        for text in (self._text, *self.read_as):
            yield from ((hit.id, hit.lemma, hit.rank.name.lower()) for hit in search(text, limit))
        words = as_lemma(self._text).split("_")
        forms = [tuple(dict.fromkeys((word, *base_forms(word)))) for word in words]
        # Twice as many as are wanted would do where all are among the lemmas' already.
        for hit in islice(search_glosses(forms), 2 * limit):
            yield hit.id, hit.passage, "gloss"

    def _own(self) -> Iterator[tuple[int, str, str]]:
        wanted = as_lemma(self._text.removeprefix("own:"))
        for own in self._scope.resolver.own.classes.values():
            if wanted in as_lemma(own.name):
                yield own.id, own.name, "own"
