"""The catalogue's synset and closure rows: for each class with images, itself and its ancestors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imnet_data.db import bulk
from imnet_data.wnid import FIRST_OWN_ID, from_id

if TYPE_CHECKING:
    from imnet_data.db.engine import Connection
    from imnet_data.taxonomy.graph import Graph


class SynsetRows:
    """Adds what is not there yet; one for a whole indexing run."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._there: set[int] = set()

    def add(self, connection: Connection, synset_ids: set[int]) -> None:
        """Add these classes with their ancestors and every pair of the closure between them."""
        new = synset_ids - self._there
        if not new:
            return
        nouns = np.array(sorted(synset for synset in new if synset < FIRST_OWN_ID), np.int64)
        pairs = [tuple(pair) for pair in self._graph.closure_rows(nouns).tolist()]
        named = sorted({ancestor for ancestor, _ in pairs})
        rows = [(synset, from_id(synset), self._graph.name(synset)) for synset in named]
        # A user's own class was written when it was made; here it only gets its pair.
        pairs += [(synset, synset) for synset in new if synset >= FIRST_OWN_ID]
        bulk.add_synsets(connection, rows, pairs)
        self._there |= new
