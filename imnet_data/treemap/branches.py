"""The classes that have images, and what is above them, as a tree: each class under one parent.

WordNet is no tree: who draws one has to choose, and to say so. The page is page.py's.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imnet_data.tally import Counts
from imnet_data.wnid import FIRST_OWN_ID, from_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imnet_data.scope import Scope

OWN_CLASSES = "your own classes"
UNLABELLED = "without a label"
EVERYTHING = "all images"


@dataclass(slots=True)
class Branches:
    """A tree of synsets as columns of one length, parents before children, the root first.

    `parents` are places in the columns, -1 the root's. `own` are images of exactly that class,
    `in_all` those at or under it in WordNet, none twice. The tree has each image once, at its own
    class: of a class with several parents, `also` has the places of those that it is not drawn
    under, and what is drawn of these is less than their `in_all`. `classes` have images.
    """

    names: list[str] = field(default_factory=list)
    wnids: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    in_all: list[int] = field(default_factory=list)
    also: dict[int, list[int]] = field(default_factory=dict)
    classes: int = 0

    def drawn(self) -> list[int]:
        """Images at or below each place of the tree as it is drawn."""
        sums = list(self.own)
        for place in range(len(sums) - 1, 0, -1):
            sums[self.parents[place]] += sums[place]
        return sums

    def add(self, name: str, wnid: str, parent: int, own: int, in_all: int) -> int:
        """Put one below its parent; gives its place."""
        self.names.append(name)
        self.wnids.append(wnid)
        self.parents.append(parent)
        self.own.append(own)
        self.in_all.append(in_all)
        return len(self.names) - 1


def branches(scope: Scope) -> Branches:
    """The branches that have images, in all releases and splits.

    A synset is drawn under the first of its hypernyms, as WordNet has them; all of them are above
    it in the tree too, being above what has images.
    """
    return _Growing(scope).grown()


class _Growing:
    """Adds synset by synset, level by level."""

    def __init__(self, scope: Scope) -> None:
        self._counts = Counts(scope)
        self._resolver = scope.resolver
        self._places: dict[int, int] = {}
        self._below: dict[int, list[int]] = {}
        self._tree = Branches()

    def grown(self) -> Branches:
        """The tree."""
        tree, counts = self._tree, self._counts
        tree.classes = counts.classes
        roots, hanging_nowhere = self._hang(self._with_images())
        own = sum(map(counts.at_or_under, hanging_nowhere))
        total = own + counts.unlabelled + sum(map(counts.at_or_under, roots))
        top = tree.add(EVERYTHING, "", -1, 0, total)
        self._grow(roots, top)
        if hanging_nowhere:
            self._grow(hanging_nowhere, tree.add(OWN_CLASSES, "", top, 0, own))
        if counts.unlabelled:
            tree.add(UNLABELLED, "", top, counts.unlabelled, counts.unlabelled)
        for synset, place in self._places.items():
            others = self._resolver.parents(synset)[1:]
            if others:
                tree.also[place] = [self._places[other] for other in others]
        return tree

    def _with_images(self) -> set[int]:
        return {synset for synset in self._counts.synsets if self._counts.at_or_under(synset)}

    def _hang(self, synsets: Iterable[int]) -> tuple[list[int], list[int]]:
        """Note what is below what; gives the roots, and own classes that hang nowhere."""
        roots: list[int] = []
        nowhere: list[int] = []
        for synset in sorted(synsets):
            parents = self._resolver.parents(synset)
            if parents:
                self._below.setdefault(parents[0], []).append(synset)
            else:
                (nowhere if synset >= FIRST_OWN_ID else roots).append(synset)
        return roots, nowhere

    def _grow(self, synsets: Iterable[int], parent: int) -> None:
        waiting = deque((synset, parent) for synset in synsets)
        while waiting:
            synset, above = waiting.popleft()
            place = self._places[synset] = self._tree.add(
                self._resolver.name(synset),
                "" if synset >= FIRST_OWN_ID else from_id(synset),
                above,
                self._counts.of(synset),
                self._counts.at_or_under(synset),
            )
            waiting.extend((child, place) for child in self._below.get(synset, ()))
