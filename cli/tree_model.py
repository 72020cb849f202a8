"""The part of the class tree that a command shows, with its images counted in one pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.layouts.placement import UNLABELLED
from imnet_data.wnid import FIRST_OWN_ID, from_id

if TYPE_CHECKING:
    from imnet_data.scope import Scope


class Counts:
    """Images of every class, and at or under every synset, none counted twice.

    One pass over the closure of the classes that have images: 0.1 s for all 21,841, where a
    question a synset would take seconds.
    """

    def __init__(self, scope: Scope) -> None:
        tally = scope.tally
        own: dict[int, int] = {}
        for synset, images in zip(tally.synsets.tolist(), tally.images.tolist(), strict=True):
            own[synset] = own.get(synset, 0) + images
        self.unlabelled = own.pop(UNLABELLED, 0)
        self._own = own
        self._at_or_under: dict[int, int] = {}
        nouns = np.array(sorted(synset for synset in own if synset < FIRST_OWN_ID), np.int64)
        if len(nouns):
            above, below = scope.graph.closure_rows(nouns).T
            images = np.array([own.get(synset, 0) for synset in below.tolist()], np.int64)
            synsets, places = np.unique(above, return_inverse=True)
            sums = np.zeros(len(synsets), np.int64)
            np.add.at(sums, places, images)
            self._at_or_under = dict(zip(synsets.tolist(), sums.tolist(), strict=True))
        for synset, count in own.items():
            if synset >= FIRST_OWN_ID:
                for place in (synset, *scope.resolver.own.ancestors(synset)):
                    self._at_or_under[place] = self._at_or_under.get(place, 0) + count

    def of(self, synset_id: int) -> int:
        """Images of exactly this class."""
        return self._own.get(synset_id, 0)

    def at_or_under(self, synset_id: int) -> int:
        """Images of this class and all below it."""
        return self._at_or_under.get(synset_id, 0)


@dataclass(slots=True)
class Node:
    """A synset where it stands in the tree that is shown; `wnid` is None for a user's own class.

    `classes` are the synsets at or under it. `also_under` are its parents other than the one above
    it here. `folded` children have no images and are not shown; `deeper` ones lie below the depth
    asked for, and `is_cut` says whether there are such anywhere below. `is_repeated`: it stands
    further up already, with its children.
    """

    wnid: str | None
    name: str
    images: int
    subtree_images: int
    classes: int
    also_under: tuple[str, ...]
    children: list[Node] = field(default_factory=list)
    folded: int = 0
    deeper: int = 0
    is_cut: bool = False
    is_repeated: bool = False


class Growth:
    """Grows the nodes at and under a synset, to a depth.

    With `folds`, children without images are counted rather than shown, beside such as have some.
    With `repeats`, a synset that has several parents is grown under each of them.
    """

    def __init__(self, scope: Scope, *, depth: int, folds: bool, repeats: bool) -> None:
        self.counts = Counts(scope)
        # Kept, because the scope looks for changes in the catalogue whenever it is asked for one.
        self._resolver = scope.resolver
        self._graph = scope.graph
        self._depth = depth
        self._folds = folds
        self._repeats = repeats
        self._shown: dict[int, tuple[int, Node]] = {}

    def grow(self, synset: int, parent: int | None = None, level: int = 0) -> Node:
        """The node of a synset, with what is below it."""
        node = self._node(synset, parent)
        node.is_repeated = not self._repeats and self._was_shown(synset, level)
        if node.is_repeated:
            return node
        self._shown[synset] = level, node
        children = self._children(synset)
        if level >= self._depth:
            node.deeper = len(children)
            node.is_cut = bool(children)
            return node
        shown = children
        if self._folds and node.subtree_images:
            shown = [child for child in children if self.counts.at_or_under(child)]
        node.folded = len(children) - len(shown)
        node.children = [self.grow(child, synset, level + 1) for child in shown]
        node.is_cut = any(child.is_cut for child in node.children)
        return node

    def _was_shown(self, synset: int, level: int) -> bool:
        """Whether it was shown with all that there is room for below it here."""
        if synset not in self._shown:
            return False
        shown_level, shown = self._shown[synset]
        return shown_level <= level or not shown.is_cut

    def own_roots(self) -> list[Node]:
        """The nodes of the user's own classes that hang nowhere, by name."""
        classes = self._resolver.own.classes.values()
        found = [self.grow(own.id) for own in classes if own.parent is None]
        return sorted(found, key=lambda node: node.name)

    def _node(self, synset: int, parent: int | None) -> Node:
        name = self._resolver.name
        parents = self._parents(synset)
        # At the top, where nothing stands above it, a single parent is nothing odd.
        others = [other for other in parents if other != parent] if len(parents) > 1 else []
        return Node(
            None if synset >= FIRST_OWN_ID else from_id(synset),
            name(synset),
            self.counts.of(synset),
            self.counts.at_or_under(synset),
            len(self._resolver.at_or_under(synset)),
            tuple(map(name, others)),
        )

    def _parents(self, synset: int) -> tuple[int, ...]:
        if synset < FIRST_OWN_ID:
            return self._graph.parents(synset)
        parent = self._resolver.own.classes[synset].parent
        return () if parent is None else (parent,)

    def _children(self, synset: int) -> list[int]:
        nouns = self._graph.children(synset) if synset < FIRST_OWN_ID else ()
        return [*nouns, *self._own_below.get(synset, ())]

    @cached_property
    def _own_below(self) -> dict[int, list[int]]:
        below: dict[int, list[int]] = {}
        for own in self._resolver.own.classes.values():
            if own.parent is not None:
                below.setdefault(own.parent, []).append(own.id)
        return below
