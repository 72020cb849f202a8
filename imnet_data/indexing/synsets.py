"""The catalogue's synset and closure rows: for each class with images, itself and its ancestors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imnet_data.db import bulk
from imnet_data.db.words import words_of_own
from imnet_data.wnid import FIRST_OWN_ID, from_id

if TYPE_CHECKING:
    from imnet_data.db.engine import Connection
    from imnet_data.taxonomy.graph import Graph


def words_of(graph: Graph, synset: int) -> str:
    """A noun's words as the catalogue keeps them.

    >>> from imnet_data.taxonomy.graph import Graph
    >>> words_of(Graph.load(), 2084071)
    'dog, domestic dog, Canis familiaris'
    """
    return ", ".join(graph.lemmas(synset)).replace("_", " ")


def words_of_row(synset: int, name: str) -> str:
    """The words of a class that the catalogue has, whoever's it is, by its id and stored name."""
    from imnet_data.taxonomy.graph import Graph  # noqa: PLC0415 - for an upgrade alone

    return words_of_own(name) if synset >= FIRST_OWN_ID else words_of(Graph.load(), synset)


class SynsetRows:
    """Adds what is not there yet; one for a whole indexing run."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._there: set[int] = set()

    def is_noun(self, synset_id: int) -> bool:
        """Whether a synset id is one of WordNet 3.0's."""
        return synset_id in self._graph

    def add(self, connection: Connection, synset_ids: set[int]) -> None:
        """Add these classes with their ancestors and every pair of the closure between them.

        A user's own class needs nothing: it is written with its pairs when it is made or hung.
        """
        new = {synset for synset in synset_ids if synset < FIRST_OWN_ID} - self._there
        if not new:
            return
        nouns = np.array(sorted(new), np.int64)
        pairs = [tuple(pair) for pair in self._graph.closure_rows(nouns).tolist()]
        named = sorted({ancestor for ancestor, _ in pairs})
        rows = [
            (synset, from_id(synset), self._graph.name(synset), words_of(self._graph, synset))
            for synset in named
        ]
        bulk.add_synsets(connection, rows, pairs)
        self._there |= new
