"""A user's own classes: any name, an id from 100,000,000 up, and an optional place in the graph.

They come from the catalogue; this file knows how they hang, not where they are stored.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from imnet_data.errors import TaxonomyError, UnknownName
from imnet_data.taxonomy.lemmas import as_lemma
from imnet_data.wnid import FIRST_OWN_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imnet_data.taxonomy.graph import Graph


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class of the user's own; `parent` is a synset id, another own class's id, or None."""

    id: int
    name: str
    parent: int | None = None

    def __post_init__(self) -> None:
        if self.id < FIRST_OWN_ID:
            raise ValueError(f"own class {self.name!r} has id {self.id}, below {FIRST_OWN_ID}")


class OwnClasses:
    """Own classes, hung into the noun graph.

    Raises:
        TaxonomyError: a class lies under itself, or under an own class that is not there.

    >>> from imnet_data.taxonomy.graph import Graph
    >>> rex = OwnClass(id=100_000_000, name="rex", parent=2084071)
    >>> own = OwnClasses(Graph.load(), [rex])
    >>> own.under(15388)
    [100000000]
    """

    def __init__(self, graph: Graph, classes: Iterable[OwnClass]) -> None:
        self._graph = graph
        self.classes = {own.id: own for own in classes}
        self._above = {own: tuple(self._chain(own)) for own in self.classes}
        self._below: dict[int, list[int]] = defaultdict(list)
        for own in sorted(self.classes):
            for above in self.ancestors(own):
                self._below[above].append(own)
        self._children: dict[int | None, list[int]] = defaultdict(list)
        for one in self.classes.values():
            self._children[one.parent].append(one.id)

    def ancestors(self, own: int) -> list[int]:
        """Every own class and synset above an own class, ascending."""
        chain = self._above[own]
        synsets = [link for link in chain if link < FIRST_OWN_ID]
        above = {int(a) for synset in synsets for a in self._graph.ancestors(synset)}
        return sorted(above.union(chain))

    def under(self, synset: int) -> list[int]:
        """The own classes below a synset or an own class, ascending, without itself."""
        return self._below.get(synset, [])

    def children(self, synset: int | None) -> tuple[int, ...]:
        """The own classes right below a synset or an own class; of None those that hang nowhere."""
        return tuple(self._children.get(synset, ()))

    def by_name(self, name: str) -> OwnClass:
        """The own class of a name: exactly that, or the only one that differs in case or spaces.

        Raises:
            UnknownName: no class has the name, or only a case-blind reading has several.
        """
        exact = [own for own in self.classes.values() if own.name == name]
        alike = exact or [
            own for own in self.classes.values() if as_lemma(own.name) == as_lemma(name)
        ]
        if len(alike) == 1:
            return alike[0]
        names = [own.name for own in self.classes.values()]
        close = [own.name for own in alike] or get_close_matches(name, names)
        raise UnknownName(name, kind="class of your own", close=close)

    def _chain(self, own: int) -> Iterator[int]:
        """The own classes above one, and the synset that the last of them hangs at."""
        seen = {own}
        above = self.classes[own].parent
        while above is not None:
            if above in seen:
                raise TaxonomyError(f"own class {self.classes[own].name!r} lies under itself")
            yield above
            if above < FIRST_OWN_ID:
                return
            if above not in self.classes:
                raise TaxonomyError(
                    f"own class {self.classes[own].name!r} lies under {above}, which is not there"
                )
            seen.add(above)
            above = self.classes[above].parent
