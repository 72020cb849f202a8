"""Cutting WordNet's tree into superclasses: each class goes to exactly one of them.

The cut hangs on the packaged graph and the classes alone, never on which of them have images.

WordNet is a graph in which 2,213 nouns have several parents, so that 'dog' lies under 'canine' and
under 'domestic animal'. To cut it, each noun is taken under its first parent alone, the one that
WordNet names first and, of plain and instance hypernyms, the plain one: 'dog' under 'canine'.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from imnet_data.wnid import FIRST_OWN_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imnet_data.subsets.recipe_parts import Superclasses
    from imnet_data.taxonomy.names import Resolver

# Above the root of WordNet and the own classes that hang nowhere.
_TOP: Final = 0


@dataclass(frozen=True, slots=True)
class Superclass:
    """A synset or own class with the classes that it stands for, ascending.

    `alone`: it was taken apart, and stands for itself only.
    """

    synset: int
    members: tuple[int, ...]
    alone: bool = False


def cut(classes: Iterable[int], how: Superclasses, resolver: Resolver) -> list[Superclass]:
    """The superclasses of some classes, in the order of their ids.

    A superclass that has but one branch in which classes lie is that branch, so that each is named
    as narrowly as its classes allow.

    >>> from imnet_data.subsets.recipe_parts import Superclasses
    >>> from imnet_data.taxonomy.evaluation import evaluate
    >>> from imnet_data.taxonomy.graph import Graph
    >>> from imnet_data.taxonomy.names import Resolver
    >>> resolver = Resolver(Graph.load())
    >>> found = cut(evaluate("@imagenette", resolver), Superclasses(count=2), resolver)
    >>> [(resolver.name(one.synset), len(one.members)) for one in found]
    [('artifact.n.01', 8), ('vertebrate.n.01', 2)]
    """
    tree = _Tree(classes, how.min_classes, resolver)
    if how.depth is not None:
        found = tree.at_depth(how.depth)
    elif how.count is not None:
        found = tree.at_most(how.count)
    else:
        assert how.max_classes is not None
        found = tree.no_larger_than(how.max_classes)
    kept = (one for one in found if len(one.members) >= how.min_classes)
    return sorted(kept, key=lambda one: one.synset)


class _Tree:
    """The classes and what lies above them, each noun under its first parent."""

    def __init__(self, classes: Iterable[int], least: int, resolver: Resolver) -> None:
        self._resolver = resolver
        self._least = least
        self._above: dict[int, int] = {}
        self._ways = {one: self._way(one) for one in sorted(classes)}
        self._branches: dict[int, list[int]] = defaultdict(list)
        for synset, above in self._above.items():
            self._branches[above].append(synset)
        self._members: dict[int, list[int]] = defaultdict(list)
        for one, way in self._ways.items():
            for step in way:
                self._members[step].append(one)

    def at_depth(self, depth: int) -> Iterator[Superclass]:
        """What lies so many edges below the root; a class that lies higher stands for itself."""
        for synset in {way[min(depth, len(way) - 1)] for way in self._ways.values()}:
            higher = synset in self._ways and len(self._ways[synset]) <= depth
            yield self._superclass(synset, alone=higher)

    def at_most(self, count: int) -> Iterator[Superclass]:
        """The largest are taken apart first, as long as no more than so many come of it."""
        waiting: list[tuple[int, int, Superclass]] = []
        parts, done = self._parts(_TOP), 0
        while parts or waiting:
            for part in parts:
                heappush(waiting, (-len(part.members), part.synset, part))
            largest = heappop(waiting)[-1]
            parts = self._apart(largest)
            if not parts or done + len(waiting) + len(parts) > count:
                parts, done = [], done + 1
                yield largest

    def no_larger_than(self, classes: int) -> Iterator[Superclass]:
        """Whatever has more than so many classes is taken apart, until nothing has."""
        todo = self._parts(_TOP)
        while todo:
            one = todo.pop()
            if one.alone or len(one.members) <= classes:
                yield one
            else:
                todo += self._parts(one.synset)

    def _apart(self, one: Superclass) -> list[Superclass]:
        """The two or more parts, each large enough, that one falls apart into; none if it cannot.

        Where a single part is large enough, it goes on with that one: the small ones beside it are
        left out however it is cut.
        """
        while not one.alone:
            parts = [p for p in self._parts(one.synset) if len(p.members) >= self._least]
            if len(parts) != 1:
                return parts
            (one,) = parts
        return []

    def _parts(self, synset: int) -> list[Superclass]:
        """What a synset falls apart into: its branches, and itself where it is a class."""
        parts = [self._narrowed(branch) for branch in self._branches[synset]]
        return [*parts, self._superclass(synset, alone=True)] if synset in self._ways else parts

    def _narrowed(self, synset: int) -> Superclass:
        while synset not in self._ways and len(self._branches[synset]) == 1:
            (synset,) = self._branches[synset]
        return self._superclass(synset, alone=synset not in self._branches)

    def _superclass(self, synset: int, *, alone: bool) -> Superclass:
        return Superclass(synset, (synset,) if alone else tuple(self._members[synset]), alone)

    def _way(self, one: int) -> list[int]:
        """The way down to a class, from WordNet's root or an own class that hangs nowhere."""
        way = [one]
        while (above := self._parent(way[-1])) != _TOP:
            way.append(above)
        way.reverse()
        return way

    def _parent(self, synset: int) -> int:
        if synset not in self._above:
            if synset >= FIRST_OWN_ID:
                above = self._resolver.own.classes[synset].parent or _TOP
            else:
                above = next(iter(self._resolver.graph.parents(synset)), _TOP)
            self._above[synset] = above
        return self._above[synset]
