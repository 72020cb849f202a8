"""What a recipe comes to in one catalogue: its release, classes, splits, and groups of images.

Which images of them are drawn is members.py's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.layouts.placement import UNLABELLED
from imnet_data.sharding.entry import NO_LABEL
from imnet_data.splits import Split
from imnet_data.subsets.classes import classes_of
from imnet_data.subsets.image_list import ImageList
from imnet_data.subsets.recipe_parts import OnlyIds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.db.groups import Group
    from imnet_data.scope import Scope
    from imnet_data.subsets.classes import SubsetClasses
    from imnet_data.subsets.recipe import Recipe
    from imnet_data.tally import Tally

TRAIN, VAL = Split.TRAIN.label, Split.VAL.label

# The order in which splits and parts are listed.
_SPLITS = (Split.TRAIN, Split.VAL, Split.TEST, Split.NONE)


@dataclass(frozen=True, slots=True)
class Held:
    """A group of images that belongs to a subset, as the catalogue's counts have it."""

    group: Group
    label: int
    split: Split
    images: int
    bytes: int


class Frame:
    """A recipe in one catalogue, as that stands when this is made."""

    def __init__(self, recipe: Recipe, scope: Scope) -> None:
        self.classes: SubsetClasses = classes_of(recipe, scope)
        self.release = self.classes.release
        self.release_id = scope.release_id(self.release)
        self._scope = scope
        recipe = self.classes.recipe
        asked = tuple(map(Split.of, recipe.splits)) or tuple(self._splits_here(recipe, scope.tally))
        self.splits = tuple(split for split in _SPLITS if split in asked)
        self._recipe = replace(recipe, splits=tuple(split.label for split in self.splits))

    @cached_property
    def listed(self) -> ImageList | None:
        """The list of images that the recipe holds to, read when it is first needed.

        Raises:
            ImageListError: it cannot be read, or lists other images than it did.
        """
        only_ids = self._recipe.only_ids
        return None if only_ids is None else ImageList.of(only_ids)

    @property
    def recipe(self) -> Recipe:
        """The recipe with its release and splits, and the digest of its list of images."""
        only_ids = self._recipe.only_ids
        if only_ids is None or only_ids.digest is not None:
            return self._recipe
        assert self.listed is not None
        path = os.path.abspath(only_ids.path)
        return replace(self._recipe, only_ids=OnlyIds(path, self.listed.digest))

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts: the splits, or what a holdout makes of them."""
        return tuple(dict.fromkeys(part for split in self.splits for part in self.parts_of(split)))

    def parts_of(self, split: Split) -> tuple[str, ...]:
        """The parts that a split's images may be in.

        A release without splits is something to train on, so its part is called so, unless there
        is a `train` beside it. A holdout deals out all but the test images.
        """
        if self._recipe.holdout is not None and split is not Split.TEST:
            return (TRAIN, VAL)
        if split is Split.NONE and Split.TRAIN not in self.splits:
            return (TRAIN,)
        return (split.label,)

    def first_split_of(self, part: str) -> Split:
        """The split that a part's images are of, or most of them where it is of several."""
        return next(split for split in self.splits if part in self.parts_of(split))

    def held(self) -> Iterator[Held]:
        """The groups of images as they are now, in the order of keys."""
        tally = self._scope.tally
        mask = tally.release_ids == self.release_id
        rows = np.flatnonzero(mask & np.isin(tally.splits, self.splits))
        counts = zip(tally.images[rows].tolist(), tally.bytes[rows].tolist(), strict=True)
        for group, (images, size) in zip(tally.groups(rows), counts, strict=True):
            split = Split(group.split)
            label = self.label_of(group.synset, split)
            if label is not None:
                yield Held(group, label, split, images, size)

    def label_of(self, synset: int, split: Split) -> int | None:
        """The subset's index of a class's images in a split; None where they do not belong to it.

        Images without a class belong to it where they are a release's test images, and the subset
        has all its classes: nobody knows of what class they are.
        """
        if synset != UNLABELLED:
            return self.classes.index_of(synset)
        return NO_LABEL if split is Split.TEST and self.classes.is_whole else None

    def _splits_here(self, recipe: Recipe, tally: Tally) -> Iterator[Split]:
        """The splits that have labelled images; with a holdout, what it is to be made from."""
        mask = tally.mask(self.classes.ids, split=None, release_id=self.release_id)
        held = set(np.unique(tally.splits[mask]).tolist())
        if recipe.holdout is not None and Split.TRAIN in held:
            held = {Split.TRAIN}
        yield from (split for split in _SPLITS if split in held)
