"""What predictions are held against: images by name, each with the classes that it may be called.

Where the images come from is its maker's; how they are counted is figures.py's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from imnet_data.errors import UnknownTruth
from imnet_data.facts import ilsvrc
from imnet_data.facts.real import real_labels
from imnet_data.facts.validation import validation_labels
from imnet_data.labels import ClassOrder
from imnet_data.layouts.image_names import serial_name
from imnet_data.scoring.orders import ilsvrc_order
from imnet_data.sharding.entry import ClassLabel
from imnet_data.splits import Split
from imnet_data.taxonomy.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

# What needs no catalogue, with what it is called in a sentence.
PACKAGED: Final = {
    "val": "ILSVRC 2012's validation labels",
    "real": "the reassessed labels (ReaL) of ILSVRC 2012's validation images",
}


@dataclass(frozen=True, eq=False)
class Truth:
    """Images with their classes; rows without names are in the order of `names`.

    `labels` has the class indices of all images one after the other, and `starts` (one more than
    there are images) where each image's begin: most truths have one a image, ReaL has none to
    nine. Images without a label are left out of every figure. `asked` (bool, one an image) are the
    images in question, None for all.
    """

    name: str
    words: str
    classes: tuple[ClassLabel, ...]
    names: Sequence[str]
    labels: Ints
    starts: Ints
    asked: NDArray[np.bool_] | None = None

    @classmethod
    def of_one_label(
        cls,
        name: str,
        words: str,
        classes: Iterable[ClassLabel],
        labelled: Iterable[tuple[str, int]],
    ) -> Self:
        """Images with a label each, -1 for none; they are sorted by their names."""
        found = sorted(labelled)
        labels = np.array([label for _, label in found], np.int64)
        counts = (labels >= 0).astype(np.int64)
        return cls(
            name,
            words,
            tuple(classes),
            [one for one, _ in found],
            labels[labels >= 0],
            _starts(counts),
        )

    def __len__(self) -> int:
        return len(self.names)

    @property
    def images(self) -> int:
        """How many images are in question."""
        return len(self) if self.asked is None else int(self.asked.sum())

    def in_question(self, images: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of some images that are in question."""
        return images if self.asked is None else images & self.asked

    @cached_property
    def order(self) -> ClassOrder:
        """The classes in their order, by wnid, or by name where one has none."""
        order = ClassOrder.make(self.name, (one.wnid or one.name for one in self.classes))
        return ilsvrc_order() if order.wnids == ilsvrc_order().wnids else order

    @cached_property
    def counts(self) -> Ints:
        """How many labels each image has, shape (images,)."""
        return np.diff(self.starts)

    @cached_property
    def only(self) -> Ints:
        """The label of each image that has exactly one, else -1; shape (images,)."""
        only = np.full(len(self), -1, np.int64)
        one = self.counts == 1
        only[one] = self.labels[self.starts[:-1][one]]
        return only

    @property
    def is_single(self) -> bool:
        """Whether no image has several labels."""
        return len(self.labels) <= len(self) and bool((self.counts <= 1).all())

    def holds(self, predicted: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Which predictions are among their image's labels; shape (images,) as what is given."""
        if self.is_single:
            same: NDArray[np.bool_] = (self.only == predicted) & (self.only >= 0)
            return same
        images, labels = self.pairs()
        right = np.zeros(len(self), np.bool_)
        right[images[labels == predicted[images]]] = True
        return right

    def pairs(self) -> tuple[Ints, Ints]:
        """Every image with every label of it: two arrays, the images' places ascending."""
        return np.repeat(np.arange(len(self)), self.counts), self.labels

    def only_of(self, wnids: Iterable[str], name: str) -> Self:
        """The same images, of which those of some classes alone are in question.

        All keep their places, so that predictions of the others may be there, and do not count.

        Raises:
            UnknownTruth: it has none of these classes.
        """
        wanted = set(wnids)
        taken = np.array([one.wnid in wanted for one in self.classes], np.bool_)
        images, labels = self.pairs()
        kept = np.zeros(len(self), np.bool_)
        kept[images[taken[labels]]] = True
        if not kept.any():
            raise UnknownTruth(self.name, f"{self.words} have no image of the classes of {name}")
        return replace(
            self,
            words=f"{self.words}, those of the classes of {name}",
            labels=self.labels[kept[images]],
            starts=_starts(np.where(kept, self.counts, 0)),
            asked=kept,
        )


def truth_of(name: str) -> Truth:
    """The truth of `val` or `real`, which are packaged: no catalogue is needed.

    Raises:
        UnknownTruth: it is neither.

    >>> truth = truth_of("real")
    >>> len(truth), int((truth.counts > 0).sum())
    (50000, 46837)
    """
    if name not in PACKAGED:
        raise UnknownTruth(name, f"{name!r} is neither val nor real")
    series = serial_name(Split.VAL, 0).removesuffix("0" * 8)
    names = [f"{series}{number:08d}" for number in range(1, 50_001)]
    if name == "val":
        labels = validation_labels().astype(np.int64)
        starts = np.arange(len(labels) + 1)
    else:
        labels, starts = real_labels()
    return Truth(name, PACKAGED[name], ilsvrc_classes(), names, labels, starts)


@cache
def ilsvrc_classes() -> tuple[ClassLabel, ...]:
    """The 1,000 classes by class index, called as their synsets are ('crane.n.05')."""
    graph = Graph.load()
    return tuple(
        ClassLabel(one.class_index, one.wnid, graph.name(int(one.wnid[1:])))
        for one in ilsvrc.classes()
    )


def _starts(counts: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(counts)))
