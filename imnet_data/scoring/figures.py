"""Figures a class and a superclass, and which pairs of classes are taken for one another most.

How many are right in all is answers.py's; how far off the mistakes are, hierarchy.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.scoring.shares import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.scoring.answers import Answers
    from imnet_data.scoring.superclasses import Group
    from imnet_data.sharding.entry import ClassLabel


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class: its images that are right, right among five, and how often it was the answer.

    An image with several labels counts in each of its classes, and is right in all of them if its
    answer is one of them. `predicted` counts answers right and wrong.
    """

    label: ClassLabel
    top1: Share
    top5: Share | None
    predicted: int

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            **class_json(self.label),
            "top1": self.top1.as_json(),
            "top5": None if self.top5 is None else self.top5.as_json(),
            "predicted": self.predicted,
        }


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One superclass: its images that are right, and those whose answer is within it at least."""

    group: Group
    top1: Share
    within: Share

    def as_json(self) -> dict[str, Any]:
        """All of it, with how many classes it has."""
        return {
            "name": self.group.name,
            "classes": len(self.group.classes),
            "top1": self.top1.as_json(),
            "within": self.within.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Confusion:
    """So many of a class's images, of so many, were taken for another class."""

    truth: ClassLabel
    answer: ClassLabel
    images: int
    of: int

    def as_json(self) -> dict[str, Any]:
        """Both classes, and the images."""
        return {
            "truth": class_json(self.truth),
            "answer": class_json(self.answer),
            "images": self.images,
            "of": self.of,
        }


def class_json(label: ClassLabel) -> dict[str, Any]:
    """A class for other programs: its number in the truth's order, its wnid, its name."""
    return {"index": label.index, "wnid": label.wnid, "name": label.name}


def by_class(answers: Answers) -> list[ClassFigures]:
    """The classes that have images that count, in the truth's order."""
    size = len(answers.truth.classes)
    images, labels = answers.truth.pairs()
    counted = answers.counted[images]
    total = np.bincount(labels[counted], minlength=size)
    correct = _per_label(answers.first_right, images, labels, size)
    five = answers.five_right
    correct5 = None if five is None else _per_label(five, images, labels, size)
    first = answers.top[answers.counted, 0]
    predicted = np.bincount(first[first >= 0], minlength=size)
    return [
        ClassFigures(
            answers.truth.classes[at],
            Share(int(correct[at]), int(total[at])),
            None if correct5 is None else Share(int(correct5[at]), int(total[at])),
            int(predicted[at]),
        )
        for at in np.flatnonzero(total).tolist()
    ]


def by_group(answers: Answers, groups: Sequence[Group]) -> list[GroupFigures]:
    """The superclasses that have images that count, in the order given.

    An image with several labels counts in each superclass that one of them is in, once.
    """
    size, many = len(answers.truth.classes), len(groups)
    of_class = np.full(size + 1, -1, np.int64)  # the last place is that of -1, no class
    for at, group in enumerate(groups):
        of_class[list(group.classes)] = at
    images, labels = answers.truth.pairs()
    keys = np.unique(images * many + of_class[labels])
    places, held = keys // many, keys % many
    kept = answers.counted[places]
    places, held = places[kept], held[kept]
    within = of_class[answers.top[places, 0]] == held
    total = np.bincount(held, minlength=many)
    right = np.bincount(held, weights=answers.first_right[places], minlength=many)
    near = np.bincount(held, weights=within | answers.first_right[places], minlength=many)
    return [
        GroupFigures(
            groups[at],
            Share(int(right[at]), int(total[at])),
            Share(int(near[at]), int(total[at])),
        )
        for at in np.flatnonzero(total).tolist()
    ]


def confusions(answers: Answers, most: int) -> list[Confusion]:
    """The pairs of truth and wrong answer that most images have, most first.

    Only images with one label count: of several, none says which was missed. Of equals the lower
    class indices come first.
    """
    truth, size = answers.truth.only, len(answers.truth.classes)
    asked = answers.counted & (truth >= 0)
    wrong = asked & ~answers.first_right & (answers.top[:, 0] >= 0)
    keys, images = np.unique(truth[wrong] * size + answers.top[wrong, 0], return_counts=True)
    total = np.bincount(truth[asked], minlength=size)
    chosen = np.argsort(-images, kind="stable")[:most]
    classes = answers.truth.classes
    return [
        Confusion(classes[key // size], classes[key % size], images_of, int(total[key // size]))
        for key, images_of in zip(keys[chosen].tolist(), images[chosen].tolist(), strict=True)
    ]


def _per_label(right: Any, images: Any, labels: Any, size: int) -> Any:
    return np.bincount(labels[right[images]], minlength=size)
