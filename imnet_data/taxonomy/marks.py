"""Classes marked in and out one by one, and the one expression that says the same.

How an expression is read is expression.py's and evaluation.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imnet_data.taxonomy.expression import Chain, Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from imnet_data.taxonomy.expression import Node, Operator
    from imnet_data.taxonomy.names import Resolver

_ALL = 1740  # entity.n.01, above every noun


class Marks:
    """Synsets and own classes that are marked, each in or out, with all below it.

    In whatever order they are made, the nearer mark counts: a class is taken if a mark above it
    says so and every mark above it that leaves it out lies above that one. With nothing marked in,
    it is all nouns that others are left out of.

    >>> from imnet_data.taxonomy.graph import Graph
    >>> from imnet_data.taxonomy.names import Resolver
    >>> graph = Graph.load()
    >>> marks = Marks(Resolver(graph))
    >>> for name, is_in in [("corgi.n.01", True), ("dog.n.01", False), ("animal.n.01", True)]:
    ...     marks.put(graph.by_name(name), is_in=is_in)
    >>> marks.expression()
    'animal.n.01 - dog.n.01 | corgi.n.01'
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._is_in: dict[int, bool] = {}
        self._below: dict[int, NDArray[np.int64]] = {}

    def __len__(self) -> int:
        return len(self._is_in)

    def of(self, synset: int) -> bool | None:
        """Whether a synset is marked in, or out; None where it has no mark of its own."""
        return self._is_in.get(synset)

    @property
    def taken(self) -> tuple[int, ...]:
        """What is marked in, in the order in which it was."""
        return tuple(synset for synset, is_in in self._is_in.items() if is_in)

    @property
    def left_out(self) -> tuple[int, ...]:
        """What is marked out, likewise."""
        return tuple(synset for synset, is_in in self._is_in.items() if not is_in)

    def put(self, synset: int, *, is_in: bool) -> None:
        """Mark a synset, in the place of the mark that it may have."""
        self._is_in[synset] = is_in

    def turn(self, synset: int, *, is_in: bool) -> None:
        """Mark a synset, or take the mark off where it is marked so already."""
        if self._is_in.get(synset) == is_in:
            del self._is_in[synset]
        else:
            self._is_in[synset] = is_in

    def clear(self) -> None:
        """Take all marks off."""
        self._is_in.clear()

    def expression(self) -> str:
        """The class expression of all marks, with every name written in full; '' for no mark.

        Marks that change nothing are not in it.
        """
        tree = self._tree()
        return "" if tree is None else str(tree)

    def _tree(self) -> Node | None:
        if not self._is_in:
            return None
        first, *rest = self._groups()
        chained = list(_operands(first))
        for group in rest:
            parts = list(_operands(group))
            bare = all(operator == "|" for operator, _ in parts)
            chained += parts if bare else [("|", _chain(parts))]
        return _chain(chained)

    def _groups(self) -> list[tuple[list[Name], list[Name]]]:
        """Names to take, those that lie under the same marks together, and to leave out of them."""
        out = self.left_out
        by_above: dict[frozenset[int], list[int]] = {}
        for synset in self.taken or (_ALL,):
            above = frozenset(mark for mark in out if self._is_under(synset, mark))
            by_above.setdefault(above, []).append(synset)
        groups = []
        for above in sorted(by_above, key=len):
            taken = by_above[above]
            others = [mark for mark in out if mark not in above]
            less = [mark for mark in others if any(self._meet(mark, one) for one in taken)]
            groups.append((self._names(taken), self._names(less)))
        return groups

    def _names(self, synsets: Sequence[int]) -> list[Name]:
        return [Name(self._resolver.name(synset)) for synset in synsets]

    def _is_under(self, synset: int, above: int) -> bool:
        below = self._at_or_under(above)
        at = int(np.searchsorted(below, synset))
        return at < len(below) and int(below[at]) == synset

    def _meet(self, one: int, other: int) -> bool:
        """Whether any class lies at or under both."""
        few, many = sorted((self._at_or_under(one), self._at_or_under(other)), key=len)
        places = np.searchsorted(many, few)
        places[places == len(many)] = 0
        return bool((many[places] == few).any())

    def _at_or_under(self, synset: int) -> NDArray[np.int64]:
        if synset not in self._below:
            self._below[synset] = self._resolver.at_or_under(synset)
        return self._below[synset]


def _operands(group: tuple[list[Name], list[Name]]) -> Iterator[tuple[Operator, Node]]:
    taken, less = group
    yield from (("|", name) for name in taken)
    yield from (("-", name) for name in less)


def _chain(operands: Sequence[tuple[Operator, Node]]) -> Node:
    (_, first), *rest = operands
    return Chain(first, tuple(rest)) if rest else first
