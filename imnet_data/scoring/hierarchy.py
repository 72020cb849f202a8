"""How far off mistakes are in WordNet: a poodle taken for a spaniel is not one taken for a bus.

Heights are counted in the nouns at or above the classes that are scored, and in no others.

Source: Deng, Berg, Li, Fei-Fei, "What Does Classifying More Than 10,000 Image Categories Tell
Us?", 2010: the height of the lowest common hypernym, height being the longest way down to a leaf.
Bertinetto et al., "Making Better Mistakes", 2020, call its mean over mistakes the severity; their
figures differ, since they make a tree of the graph first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.taxonomy.graph import Graph
from imnet_data.wnid import to_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from imnet_data.scoring.answers import Answers
    from imnet_data.sharding.entry import ClassLabel


@dataclass(frozen=True, slots=True)
class Severity:
    """How bad the mistakes are, in edges of WordNet.

    `over_errors` is the mean height over the mistakes, None where there is none; `over_all` counts
    each right answer as 0. `same_parent` of `errors` are within one parent: truth and answer have
    a direct hypernym in common. An answer that is no class of the truth is left out, and counted
    in `left_out`. `root_height` is the worst that there is.
    """

    over_errors: float | None
    over_all: float
    errors: int
    same_parent: int
    left_out: int
    root_height: int

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "over_errors": self.over_errors,
            "over_all": self.over_all,
            "errors": self.errors,
            "same_parent": self.same_parent,
            "same_parent_share": self.same_parent / self.errors if self.errors else None,
            "left_out": self.left_out,
            "root_height": self.root_height,
        }


class Hierarchy:
    """Some classes with all their hypernyms in WordNet 3.0, instance hypernyms too.

    For the 1,000 classes these are 1,860 nouns, and the root's height is 18.

    >>> hierarchy = Hierarchy(["n02085620", "n02123045", "n04285008"])  # two pets and a sports car
    >>> hierarchy.height(0, 1) < hierarchy.height(0, 2)
    True
    """

    def __init__(self, wnids: Sequence[str]) -> None:
        self._graph = Graph.load()
        self._classes = [to_id(wnid) for wnid in wnids]

    def height(self, a: int, b: int) -> int:
        """The height of the lowest common hypernym of two classes, by their places; 0 of one.

        Of several common hypernyms the one of the least height counts.
        """
        if a == b:
            return 0
        others = self._above_as_sets[b]
        return next(self._heights[one] for one in self._above[a] if one in others)

    def is_same_parent(self, a: int, b: int) -> bool:
        """Whether two classes have a direct hypernym in common."""
        return not self._parents[a].isdisjoint(self._parents[b])

    @property
    def root_height(self) -> int:
        """The greatest height of all."""
        return max(self._heights.values())

    @cached_property
    def _heights(self) -> dict[int, int]:
        """The longest way down to a class that has none below it, by synset."""
        nodes = np.unique(self._closure[:, 0])
        held = set(nodes.tolist())
        # Whoever has more of these nouns at or above it lies deeper than all of those.
        deepest_first = sorted(held, key=self._graph.max_depth, reverse=True)
        heights = dict.fromkeys(held, 0)
        for one in deepest_first:
            for above in self._graph.parents(one):
                heights[above] = max(heights[above], heights[one] + 1)
        return heights

    @cached_property
    def _closure(self) -> NDArray[np.int32]:
        return self._graph.closure_rows(np.array(self._classes, np.int64))

    @cached_property
    def _above(self) -> list[list[int]]:
        """What is at or above each class, lowest first, of equals the lower id."""
        above: dict[int, list[int]] = {one: [] for one in self._classes}
        for ancestor, descendant in self._closure.tolist():
            if descendant in above:
                above[descendant].append(ancestor)
        key = self._heights.__getitem__
        return [sorted(above[one], key=lambda a: (key(a), a)) for one in self._classes]

    @cached_property
    def _above_as_sets(self) -> list[frozenset[int]]:
        return [frozenset(one) for one in self._above]

    @cached_property
    def _parents(self) -> list[frozenset[int]]:
        return [frozenset(self._graph.parents(one)) for one in self._classes]


def severity(answers: Answers) -> Severity | None:
    """How bad a model's mistakes are; None where a class is no noun of WordNet, or none counts.

    Where an image has several labels, the one that is nearest to the answer counts.
    """
    wnids = wnids_of(answers.truth.classes)
    total = int(answers.counted.sum())
    if wnids is None or not total:
        return None
    hierarchy = _hierarchy(tuple(wnids))
    wrong = answers.counted & ~answers.first_right
    known = wrong & (answers.top[:, 0] >= 0)
    heights, siblings = _of_errors(hierarchy, answers, known)
    errors = int(known.sum())
    return Severity(
        over_errors=float(heights.mean()) if errors else None,
        over_all=float(heights.sum() / max(total - int(wrong.sum()) + errors, 1)),
        errors=errors,
        same_parent=int(siblings.sum()),
        left_out=int(wrong.sum()) - errors,
        root_height=hierarchy.root_height,
    )


@lru_cache(maxsize=4)
def _hierarchy(wnids: tuple[str, ...]) -> Hierarchy:
    """Some classes' hierarchy, kept: one of 1,000 takes longer to make than its figures."""
    return Hierarchy(wnids)


def wnids_of(classes: Sequence[ClassLabel]) -> list[str] | None:
    """The classes' wnids; None where one has none."""
    wnids = [one.wnid for one in classes if one.wnid is not None]
    return wnids if len(wnids) == len(classes) else None


def _of_errors(
    hierarchy: Hierarchy, answers: Answers, known: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The height of each mistake, and whether it is within one parent; each pair asked once."""
    classes = len(answers.truth.classes)
    images, labels = answers.truth.pairs()
    chosen = known[images]
    images, labels = images[chosen], labels[chosen]
    asked = labels * classes + answers.top[images, 0]
    pairs, which = np.unique(asked, return_inverse=True)
    split = [divmod(pair, classes) for pair in pairs.tolist()]
    height_of = np.array([hierarchy.height(a, b) for a, b in split], np.int64)
    same_of = np.array([hierarchy.is_same_parent(a, b) for a, b in split], np.bool_)
    # An image's pairs stand together; the least height of them is the image's.
    first = np.flatnonzero(np.diff(images, prepend=-1))
    if not len(first):
        return np.empty(0, np.int64), np.empty(0, np.bool_)
    heights = np.minimum.reduceat(height_of[which], first)
    return heights, np.logical_or.reduceat(same_of[which], first)
