"""The classes of a packaged list with all their numbers, each under its own name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.cli.text import words
from imnet_data.facts import ilsvrc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.facts.class_lists import ClassList
    from imnet_data.taxonomy.graph import Graph


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class of a list: `index` counts in the list's own order, from 0.

    `ilsvrc_class_index` (0..999, by wnid) and `ilsvrc2012_id` (1..1000, the devkit's order) are
    None where it is none of the 1,000 classes.
    """

    index: int
    wnid: str
    ilsvrc_class_index: int | None
    ilsvrc2012_id: int | None
    words: str


def class_rows(listed: ClassList, graph: Graph) -> Iterator[ClassRow]:
    """Every class of a list, in its order."""
    known = ilsvrc.by_wnid()
    for index, (wnid, synset) in enumerate(zip(listed.wnids, listed.ids.tolist(), strict=True)):
        one = known.get(wnid)
        if one is None:
            yield ClassRow(index, wnid, None, None, words(graph.lemmas(synset)))
        else:
            yield ClassRow(index, wnid, one.class_index, one.ilsvrc2012_id, one.words)
