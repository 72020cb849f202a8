"""What two subsets of one catalogue differ in: classes, images, parts and labels.

Both are streamed in the order of keys, so that nothing is held. A subset and its lock are
compared by check.py.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from imnet_data.subsets.check import NAMED, NO_CLASS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imnet_data.db.groups import Group
    from imnet_data.subsets.stretch import Stretch
    from imnet_data.subsets.subset import Subset


@dataclass(slots=True)
class OnlyIn:
    """The images that only one of two subsets has: how many a part and a class, and the first."""

    parts: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    first: list[str] = field(default_factory=list)

    @property
    def images(self) -> int:
        """How many they are."""
        return self.parts.total()


@dataclass(slots=True)
class SubsetDiff:
    """What two subsets differ in; images that are left out count as not in them.

    `classes` are the names of the classes that only the one, and only the other has;
    `another_order` says that both have the same ones, numbered otherwise. `both` counts the images
    that both have; of those, `moved` are in another part and `relabelled` of another class, by
    what they are in the one and in the other.
    """

    classes: tuple[tuple[str, ...], tuple[str, ...]]
    another_order: bool
    only: tuple[OnlyIn, OnlyIn] = field(default_factory=lambda: (OnlyIn(), OnlyIn()))
    both: int = 0
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    relabelled: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def is_none(self) -> bool:
        """Whether they are the same: the same images in the same parts under the same labels."""
        images = any(one.images for one in self.only) or self.moved or self.relabelled
        return not (any(self.classes) or self.another_order or images)


class _Row(NamedTuple):
    """An image of one of the two: `at` is its place in the order of keys."""

    at: tuple[int, int, str]
    which: int
    part: str
    label: str
    key: bytes


def diff(one: Subset, other: Subset) -> SubsetDiff:
    """What two subsets of the same catalogue differ in."""
    names, others = ([klass.name for klass in subset.classes] for subset in (one, other))
    lacking = (_without(names, others), _without(others, names))
    found = SubsetDiff(lacking, another_order=not any(lacking) and names != others)
    for _, rows in groupby(merge(_rows(one, 0), _rows(other, 1)), key=lambda row: row.at):
        first, *second = rows
        if not second:
            _count(found.only[first.which], first)
            continue
        found.both += 1
        if first.part != second[0].part:
            found.moved[first.part, second[0].part] += 1
        if first.label != second[0].label:
            found.relabelled[first.label, second[0].label] += 1
    return found


def _count(only: OnlyIn, row: _Row) -> None:
    only.parts[row.part] += 1
    only.classes[row.label] += 1
    if len(only.first) < NAMED:
        only.first.append(row.key.decode())


def _rows(subset: Subset, which: int) -> Iterator[_Row]:
    """A subset's images in the order of keys; parts of one class lie among one another."""
    tally = subset.scope.tally
    groups = tally.groups(np.arange(len(tally.synsets)))
    places = {group: place for place, group in enumerate(groups)}
    labels = {klass.index: klass.name for klass in subset.classes}
    for together in subset.members.together():
        yield from merge(
            *(_of(subset.kept(one), which, places, labels) for one in together),
            key=lambda row: row.at,
        )


def _of(
    stretch: Stretch, which: int, places: Mapping[Group, int], labels: Mapping[int, str]
) -> Iterator[_Row]:
    if not len(stretch):
        return
    place = places[stretch.group]
    label = labels.get(stretch.label, NO_CLASS)
    for row, key in zip(stretch.rows, stretch.keys, strict=True):
        yield _Row((place, row[4], row[9]), which, stretch.part, label, key)


def _without(names: list[str], others: list[str]) -> tuple[str, ...]:
    held = set(others)
    return tuple(name for name in names if name not in held)
