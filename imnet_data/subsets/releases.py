"""Which release a recipe takes its images of, and which classes that release has.

Classes are those that were published, so that a partial copy has the same; only of a release that
nobody published are they those that were indexed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.errors import AmbiguousRelease, RecipeError, UnknownRelease
from imnet_data.errors.root import either
from imnet_data.facts import class_lists
from imnet_data.layouts.image_names import ILSVRC2012
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.layouts.published_names import BLURRED, SKETCH
from imnet_data.splits import Split
from imnet_data.subsets.recipe_checks import class_lists_in

if TYPE_CHECKING:
    import numpy.typing as npt

    from imnet_data.scope import Scope
    from imnet_data.subsets.recipe import Recipe

# The class lists of releases that are not called as their list is. winter21 is fall11 without
# 2,674 classes of persons, and no list says which: its classes are numbered as fall11's, and those
# 2,674 have no images.
_LISTS: Final = {
    BLURRED: "ilsvrc2012",
    SKETCH: "ilsvrc2012",
    "imagenetv2-matched-frequency": "ilsvrc2012",
    "imagenetv2-threshold0.7": "ilsvrc2012",
    "imagenetv2-top-images": "ilsvrc2012",
    "fall11": "imagenet21k-fall11",
    "winter21": "imagenet21k-fall11",
    "imagenet-22k-wds": "imagenet21k-fall11",
    "imagenet-w21-wds": "imagenet21k-fall11",
    "imagenet-12k-wds": "imagenet12k",
    "imagenet21k_resized": "imagenet21k-p-winter21",
    "imagenet-w21-p": "imagenet21k-p-winter21",
}
# The lists that stand for certain images, those of the release of the same name.
_STAND_FOR_IMAGES: Final = frozenset(
    {ILSVRC2012, "imagenette", "imagewoof", "tiny-imagenet", "imagenet-a", "imagenet-r"}
)


@dataclass(frozen=True, slots=True, eq=False)
class ReleasedClasses:
    """The classes of a release, as ascending ids; `class_list` is None where none is published."""

    release: str
    class_list: str | None
    ids: npt.NDArray[np.int64]


def released_classes(release: str, scope: Scope) -> ReleasedClasses:
    """The classes that a release has.

    Raises:
        UnknownRelease: neither is it a published one, nor has the catalogue one of that name.
    """
    name = _LISTS.get(release, release)
    if name in class_lists.names():
        return ReleasedClasses(release, name, np.sort(class_lists.class_list(name).ids))
    release_id, tally = scope.release_id(release), scope.tally
    indexed = np.unique(tally.synsets[tally.release_ids == release_id])
    return ReleasedClasses(release, None, indexed[indexed != UNLABELLED])


def settled(recipe: Recipe, scope: Scope, ids: npt.NDArray[np.int64] | None) -> Recipe:
    """The recipe with its one release in this catalogue; `ids` are what its classes may be of.

    A full release has no splits: where train images are asked for, all of its images are taken.

    Raises:
        UnknownRelease: the catalogue has none of the releases that it names.
        AmbiguousRelease: it names none, and several have such images.
        RecipeError: it names none, and there are no such images.
    """
    release = _named(recipe, scope) if recipe.release else _only_one(recipe, scope, ids)
    splits = recipe.splits
    if "train" in splits and _splits_of(release, scope) == {Split.NONE}:
        splits = (Split.NONE.label,)
    return replace(recipe, release=release, or_releases=(), splits=splits)


def stands_in_for(recipe: Recipe, release: str) -> str | None:
    """The release whose images the recipe's class list stands for, where others are taken instead.

    None where the images are that release's own, or where a list of images says which they are.

    >>> from imnet_data.subsets.recipe import Recipe
    >>> stands_in_for(Recipe("in1k", classes="@ilsvrc2012"), "fall11")
    'ilsvrc2012'
    """
    if recipe.only_ids is not None or not isinstance(recipe.classes, str):
        return None
    named = [name for name in class_lists_in(recipe.classes) if name in _STAND_FOR_IMAGES]
    return None if not named or release in named else named[0]


def _named(recipe: Recipe, scope: Scope) -> str:
    """The first of the releases that a recipe names which the catalogue has."""
    assert recipe.release is not None
    wanted = (recipe.release, *recipe.or_releases)
    held = scope.tally.releases.values()
    for release in wanted:
        if release in held and _splits_of(release, scope):
            return release
    raise UnknownRelease(either(wanted), known=sorted(held))


def _only_one(recipe: Recipe, scope: Scope, ids: npt.NDArray[np.int64] | None) -> str:
    """The one release that has images of these classes."""
    tally = scope.tally
    mask = tally.mask(ids, split=None, release_id=None)
    if recipe.splits:
        mask &= np.isin(tally.splits, [Split.of(split) for split in recipe.splits])
    held = tally.by_release(mask) or dict.fromkeys(tally.releases.values(), 0)
    if len(held) > 1 and any(held.values()):
        raise AmbiguousRelease(held)
    if len(held) != 1:
        raise RecipeError(recipe.name, None, "the catalogue has no images of such classes")
    return next(iter(held))


def _splits_of(release: str, scope: Scope) -> set[int]:
    """The splits that the catalogue has images of a release in."""
    tally = scope.tally
    here = tally.splits[tally.release_ids == scope.release_id(release)]
    return set(np.unique(here).tolist())
