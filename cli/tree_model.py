"""The part of the class tree that a command shows, with its images counted in one pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imnet_data.tally import Counts
from imnet_data.wnid import FIRST_OWN_ID, from_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.scope import Scope


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
        children = self._resolver.children(synset)
        if level >= self._depth:
            node.deeper = len(children)
            node.is_cut = bool(children)
            return node
        shown: Sequence[int] = children
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
        found = [self.grow(own) for own in self._resolver.own.children(None)]
        return sorted(found, key=lambda node: node.name)

    def _node(self, synset: int, parent: int | None) -> Node:
        name = self._resolver.name
        parents = self._resolver.parents(synset)
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
