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
    from imnet_data.taxonomy.names import Resolver

Hit = dict[str, Any]
# A class's id, what matched, and how.
Found = tuple[int, str, str]


class Search:
    """A text to search for; `read_as` are the base forms of one that is no lemma ("dogs")."""

    def __init__(self, scope: Scope, text: str) -> None:
        self._scope = scope
        self._text = text
        self.read_as = () if scope.graph.senses(text) else base_forms(text)

    def hits(self, limit: int) -> list[Hit]:
        """The first hits, each class once, with the images at or under it."""
        return [self._hit(*found) for found in self.found(limit)]

    def found(self, limit: int) -> list[Found]:
        """The first that are found, each class once."""
        found: dict[int, Found] = {}
        for one in self._all_found(limit):
            found.setdefault(one[0], one)
            if len(found) == limit:
                break
        return list(found.values())

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

    def _all_found(self, limit: int) -> Iterator[Found]:
        """All, as they come; a class may come again."""
        yield from ((*found, "own") for found in own_matches(self._scope.resolver, self._text))
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


def own_matches(resolver: Resolver, text: str) -> list[tuple[int, str]]:
    """The own classes whose names hold a text, read as a lemma is, with these names."""
    wanted = as_lemma(text.removeprefix("own:"))
    own = resolver.own.classes.values()
    return [(one.id, one.name) for one in own if wanted in as_lemma(one.name)]
