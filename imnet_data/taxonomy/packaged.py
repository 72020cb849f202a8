"""The packaged arrays of the noun graph, mapped from disk when first needed.

What they mean is said here; scripts/compile_taxonomy.py makes them, and nothing writes them else.

A place is a synset's position in `ids`. A row of many values a synset is kept as one flat array
and a count a synset; counts are a quarter of the size of bounds, and summing them takes 0.2 ms.

    ids               every synset id, ascending
    parents           places above, plain hypernyms first       parent_counts, hypernym_counts
    children          places below                              child_counts
    closure           ids of all descendants, ascending         closure_counts
    min_depths, max_depths     edges to the root, the shortest and the longest way
    lemma_text        a synset's lemmas, joined by blanks       lemma_lengths, in bytes
    name_senses       the sense number in a synset's name
    lexname_codes     position in lexnames, names joined by blanks
    word_text         lower-case lemmas in byte order, each ended by a newline    word_lengths
    senses            ids of a word's senses in WordNet's order                   sense_counts
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray


def load(name: str, dtype: DTypeLike) -> NDArray[Any]:
    """One packaged array, mapped read-only, in this machine's byte order."""
    path = files("imnet_data.taxonomy").joinpath("arrays", f"{name}.npy")
    # A plain ndarray over the map: np.memmap pays a microsecond of Python on every slice.
    mapped = np.asarray(np.load(str(path), mmap_mode="r", allow_pickle=False))
    return mapped.astype(dtype, copy=False)


@dataclass(frozen=True, slots=True)
class Rows:
    """Many values a row, flat: row i is `values[bounds[i]:bounds[i + 1]]`.

    Memoryviews, because reading one number from one takes 40 ns and from an array 100.
    """

    values: memoryview
    bounds: memoryview

    @classmethod
    def load(cls, values: str, counts: str, dtype: DTypeLike = np.int32) -> Rows:
        """The rows of two packaged arrays."""
        return cls(load(values, dtype).data, _bounds(counts).data)

    def row(self, i: int) -> list[int]:
        """The values of one row."""
        row: list[int] = self.span(i).tolist()
        return row

    def span(self, i: int) -> memoryview:
        """One row without a copy."""
        return self.values[self.bounds[i] : self.bounds[i + 1]]


def _bounds(counts: str) -> NDArray[np.int32]:
    lengths = load(counts, np.int32)
    bounds = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=bounds[1:])
    return bounds
