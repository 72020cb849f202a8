"""WordNet 3.0's nouns as a graph: parents, children, closures, depths, paths, similarity.

Works on synset ids, which are WordNet's offsets; names that people write are names.py's.

It is a DAG: 2,213 of the 82,115 nouns have several parents. Plain and instance hypernyms count
alike everywhere, as in nltk's hypernym_paths() and lowest_common_hypernyms().
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data import wnid as wnids
from imnet_data.errors import UnknownName
from imnet_data.taxonomy.lemmas import Lemmas, SearchHit
from imnet_data.taxonomy.packaged import Rows, load
from imnet_data.taxonomy.walks import closed_pairs, distances, paths

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAME = re.compile(r"(?P<lemma>.+)\.n\.(?P<sense>[0-9]{1,4})\Z", re.DOTALL)


class Graph:
    """The noun graph; `Graph.load()` gives the one that is packaged.

    Raises:
        UnknownName: from every method that takes an id, for one that is no noun's.

    >>> graph = Graph.load()
    >>> dog = graph.by_name("dog.n.01")
    >>> [graph.name(parent) for parent in graph.parents(dog)]
    ['canine.n.02', 'domestic_animal.n.01']
    """

    def __init__(self) -> None:
        self.ids: NDArray[np.int32] = load("ids", np.int32)
        self._ids = self.ids.data
        self._parents = Rows.load("parents", "parent_counts")
        self._hypernym_counts = load("hypernym_counts", np.uint8).data
        self._children = Rows.load("children", "child_counts")
        self._closure = Rows.load("closure", "closure_counts")
        self._min_depths = load("min_depths", np.uint8).data
        self._max_depths = load("max_depths", np.uint8).data

    @staticmethod
    def load() -> Graph:
        """The packaged graph, mapped from disk once a process."""
        return _packaged()

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, synset: object) -> bool:
        if not isinstance(synset, int | np.integer):
            return False
        place = bisect_left(self._ids, synset)
        return place < len(self._ids) and self._ids[place] == synset

    # -- one edge away

    def parents(self, synset: int) -> tuple[int, ...]:
        """The ids directly above, plain hypernyms before instance hypernyms."""
        return self._at(self._parents.row(self._place(synset)))

    def hypernyms(self, synset: int) -> tuple[int, ...]:
        """The ids that this synset is a kind of."""
        return self.parents(synset)[: self._hypernym_counts[self._place(synset)]]

    def instance_hypernyms(self, synset: int) -> tuple[int, ...]:
        """The ids that this synset, one person or place, is an instance of."""
        return self.parents(synset)[self._hypernym_counts[self._place(synset)] :]

    def children(self, synset: int) -> tuple[int, ...]:
        """The ids directly below, ascending."""
        return self._at(self._children.row(self._place(synset)))

    # -- any number of edges away

    def ancestors(self, synset: int) -> NDArray[np.int32]:
        """Every id above, ascending, without the synset itself."""
        above = sorted(self._distances(synset).keys() - {self._place(synset)})
        return self.ids[above]

    def descendants(self, synset: int) -> NDArray[np.int32]:
        """Every id below, ascending, without the synset itself: a read-only view, not a copy.

        >>> graph = Graph.load()
        >>> len(graph.descendants(graph.by_name("animal.n.01")))
        4016
        """
        return np.frombuffer(self._closure.span(self._place(synset)), np.int32)

    def at_or_under(self, synset: int) -> NDArray[np.int32]:
        """The synset and every id below, ascending."""
        below = self.descendants(synset)
        # The value must have the array's own type, or numpy converts the array on every call.
        own = np.array([synset], np.int32)
        at = int(np.searchsorted(below, own)[0])
        return np.concatenate((below[:at], own, below[at:]))

    def is_under(self, synset: int, ancestor: int) -> bool:
        """Whether a synset lies below another; none lies below itself."""
        below = self._closure.span(self._place(ancestor))
        at = bisect_left(below, synset)
        return at < len(below) and below[at] == synset

    def closure_rows(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """All (ancestor, descendant) pairs among some ids and their ancestors, each with itself.

        Returns:
            Shape (k, 2), sorted, no pair twice. Of fall11's 21,841 classes: 269,152 pairs over
            23,546 synsets, in about 0.1 s.
        """
        wanted = np.unique(np.asarray(ids, np.int64))
        places = np.searchsorted(self.ids, wanted.astype(np.int32))
        known = places < len(self)
        known[known] = self.ids[places[known]] == wanted[known]
        if not known.all():
            raise _unknown(int(wanted[~known][0]))
        return self.ids[closed_pairs(places, self._parents)]

    # -- paths and depths

    def paths_to_root(self, synset: int) -> list[tuple[int, ...]]:
        """Every way down from the root to the synset, both ends included.

        >>> graph = Graph.load()
        >>> [len(path) for path in graph.paths_to_root(2084071)]
        [14, 9]
        """
        return [self._at(path) for path in paths(self._place(synset), self._parents)]

    def min_depth(self, synset: int) -> int:
        """Edges on the shortest way to the root."""
        return int(self._min_depths[self._place(synset)])

    def max_depth(self, synset: int) -> int:
        """Edges on the longest way to the root."""
        return int(self._max_depths[self._place(synset)])

    def lowest_common_hypernyms(self, a: int, b: int) -> tuple[int, ...]:
        """The deepest ids at or above both (by longest way to the root), in order of their names.

        >>> graph = Graph.load()
        >>> [graph.name(s) for s in graph.lowest_common_hypernyms(2084071, 2121620)]
        ['carnivore.n.01']
        """
        common = self._distances(a).keys() & self._distances(b).keys()
        deepest = max(self._max_depths[place] for place in common)
        lowest = self._at([p for p in common if self._max_depths[p] == deepest])
        return tuple(sorted(lowest, key=self.name))

    def path_similarity(self, a: int, b: int) -> float:
        """1 / (1 + edges on the shortest way between two synsets over a common ancestor).

        >>> Graph.load().path_similarity(2084071, 2121620)
        0.2
        """
        from_a, from_b = self._distances(a), self._distances(b)
        edges = min(from_a[place] + from_b[place] for place in from_a.keys() & from_b.keys())
        return 1.0 / (1 + edges)

    # -- words

    @cached_property
    def words(self) -> Lemmas:
        """The graph's words, loaded when first asked for."""
        return Lemmas(self._place)

    def name(self, synset: int) -> str:
        """The synset's name, exactly as nltk gives it ('dog.n.01')."""
        return self.words.name(synset)

    def lemmas(self, synset: int) -> tuple[str, ...]:
        """The synset's lemmas in WordNet's order and spelling, with underscores.

        >>> Graph.load().lemmas(2084071)
        ('dog', 'domestic_dog', 'Canis_familiaris')
        """
        return self.words.lemmas(synset)

    def senses(self, word: str) -> tuple[int, ...]:
        """A word's synsets in WordNet's order, case-blind; none for a word it lacks.

        >>> Graph.load().senses("Hot dog")
        (10187710, 7697537, 7676602)
        """
        return self.words.senses(word)

    def by_name(self, name: str) -> int | None:
        """The synset of a name, by any of its lemmas and case-blind, or None.

        >>> graph = Graph.load()
        >>> graph.by_name("dog.n.01") == graph.by_name("Domestic_Dog.n.01") == 2084071
        True
        """
        match = _NAME.match(name.strip().lower())
        if match is None:
            return None
        senses = self.senses(match["lemma"])
        number = int(match["sense"])
        return senses[number - 1] if 1 <= number <= len(senses) else None

    def search(self, text: str, limit: int = 50) -> list[SearchHit]:
        """Synsets with a text in one of their lemmas, each once.

        Exact lemmas come first, then those that start with the text, then those with a word that
        does, then the rest; within each in the lemmas' order.

        >>> [hit.lemma for hit in Graph.load().search("sea snake", limit=2)]
        ['sea_snake']
        """
        return self.words.search(text, limit)

    def lexname(self, synset: int) -> str:
        """The lexicographer file that holds the synset ('noun.animal')."""
        code = int(self._lexname_codes[self._place(synset)])
        return self._lexnames[code]

    def wnid(self, synset: int) -> str:
        """The synset's wnid ('n02084071')."""
        self._place(synset)
        return wnids.from_id(synset)

    # -- places: positions in the packaged arrays

    @cached_property
    def _lexnames(self) -> list[str]:
        return bytes(load("lexnames", np.uint8)).decode().split(" ")

    @cached_property
    def _lexname_codes(self) -> memoryview:
        return load("lexname_codes", np.uint8).data

    def _place(self, synset: int) -> int:
        place = bisect_left(self._ids, synset)
        if place == len(self._ids) or self._ids[place] != synset:
            raise _unknown(synset)
        return place

    def _at(self, places: list[int] | tuple[int, ...]) -> tuple[int, ...]:
        return tuple(self._ids[place] for place in places)

    def _distances(self, synset: int) -> dict[int, int]:
        return distances(self._place(synset), self._parents)


@cache
def _packaged() -> Graph:
    return Graph()


def _unknown(synset: int) -> UnknownName:
    shown = f"n{synset:08d}" if 0 <= synset < wnids.FIRST_OWN_ID else str(synset)
    return UnknownName(shown, kind="noun synset of WordNet 3.0")
