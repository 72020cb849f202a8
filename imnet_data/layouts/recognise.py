"""What an archive is: its layout, release and split, and why we think so.

Said by the user, else by the file's name, else by the names and classes inside. A label is never
guessed here: that is each layout's own business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import FOLDER, stem_of
from imnet_data.layouts import published_names
from imnet_data.layouts.image_names import ILSVRC2012
from imnet_data.layouts.layout_names import (
    BOXES,
    CLASS_FOLDERS,
    CLASS_INDICES,
    DEVKIT,
    FULL_RELEASE,
    ILSVRC_TEST,
    ILSVRC_TRAIN,
    ILSVRC_VAL,
    KAGGLE,
    SHARDS,
    TINY_IMAGENET,
)
from imnet_data.layouts.layout_of import is_rearranged, layout_of
from imnet_data.layouts.published_names import NAMED_AS_ILSVRC2012
from imnet_data.layouts.survey import Survey, tree_depth
from imnet_data.splits import Split, split_in_name, split_word

if TYPE_CHECKING:
    from collections.abc import Collection

_SPLIT_OF: Final = {
    ILSVRC_TRAIN: Split.TRAIN,
    ILSVRC_VAL: Split.VAL,
    ILSVRC_TEST: Split.TEST,
    FULL_RELEASE: Split.NONE,
    DEVKIT: Split.NONE,
    KAGGLE: Split.TRAIN,  # of the pictures named by class; the others' names tell theirs
}
_FALL11: Final = "fall11"
_RELEASE_OF: Final = {
    ILSVRC_TRAIN: (ILSVRC2012, "by its classes"),
    ILSVRC_VAL: (ILSVRC2012, "by its images' names"),
    ILSVRC_TEST: (ILSVRC2012, "by its images' names"),
    FULL_RELEASE: (_FALL11, "by its classes"),
    KAGGLE: (ILSVRC2012, "by its folders' names"),
    TINY_IMAGENET: (published_names.TINY_IMAGENET_RELEASE, "by its files' names"),
    BOXES: (ILSVRC2012, "by its files' names"),
    DEVKIT: (ILSVRC2012, "by its files' names"),
}
_SKETCH: Final = re.compile(r"sketch_[0-9]+\.JPEG\Z")


@dataclass(frozen=True, slots=True)
class Reading:
    """What an archive is taken for; `why` is the ground for its release, in words for the user.

    `layout_why` is the ground for its layout. `depth` and `has_splits` say where a tree's class
    folders stand. `by_classes`: the release was told by the classes of a first look, so that a
    class outside it found later overturns it.
    """

    layout: str
    release: str
    split: Split
    why: str
    depth: int = 0
    has_splits: bool = False
    by_classes: bool = False
    layout_why: str = ""


def recognise(
    survey: Survey,
    *,
    ilsvrc2012: Collection[str],
    release: str | None = None,
    layout: str | None = None,
    split: Split | None = None,
) -> Reading:
    """What the surveyed archive is; what the user said comes first.

    `ilsvrc2012` are the wnids of the 1000 classes.
    """
    named = _published_release(survey)
    if named in NAMED_AS_ILSVRC2012 and is_rearranged(survey):
        named = None  # whatever its folder is called: its splits or classes are somebody's own
    found, layout_why = (
        (layout, "as asked") if layout else layout_of(survey, release or named, ilsvrc2012)
    )
    by_classes = False
    if release is not None:
        why = "as asked"
    elif named is not None:
        by_folder = survey.container == FOLDER
        release, why = named, "by its folder's name" if by_folder else "by the file's name"
    else:
        release, why = _release(survey, found, ilsvrc2012)
        by_classes = found == ILSVRC_TRAIN
    depth, has_splits = tree_depth(survey.folders)
    if split is None:
        split = _split(survey, found, release)
    return Reading(found, release, split, why, depth, has_splits, by_classes, layout_why)


def own_release(survey: Survey) -> str:
    """The name of a user's own release: of its tree's top folder, else of what was given."""
    path = Path(survey.path if survey.container == FOLDER else survey.source)
    return _as_release(stem_of(_named(path).name))


def _named(path: Path) -> Path:
    """The path, or the folder above that is called by more than a split."""
    while split_word(stem_of(path.name)) and path.parent != path:
        path = path.parent
    return path


def _as_release(name: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-") or "own"
    return f"{name}-own" if name.lower() == ILSVRC2012 else name


# -- the release


def _published_release(survey: Survey) -> str | None:
    """The release whose published name the archive, a folder above it or the top folder bears.

    Above it up to the path that was given, whose own parents are somebody's disk.
    """
    path, source = Path(survey.path), Path(survey.source)
    above = [folder.name for folder in path.parents if source in folder.parents]
    tops = sorted({folder.split("/")[0] for folder in survey.folders})[:1]
    return published_names.published_release(
        [path.name, *above, source.name, _named(source).name, *tops]
    )


def _release(survey: Survey, layout: str, ilsvrc2012: Collection[str]) -> tuple[str, str]:
    """The release of an archive whose name tells none, and the ground for it."""
    if layout in SHARDS:
        return _release_of_shard(survey, ilsvrc2012)
    if layout in (CLASS_FOLDERS, CLASS_INDICES):
        if survey.firsts and all(map(_SKETCH.match, survey.firsts)):
            return published_names.SKETCH, "by its images' names"
        return own_release(survey), "by its folder's name"
    if layout == BOXES and not survey.wnids <= set(ilsvrc2012):
        return _FALL11, "by its classes"
    return _RELEASE_OF[layout]


def _release_of_shard(survey: Survey, ilsvrc2012: Collection[str]) -> tuple[str, str]:
    """By the names of repositories above it; else by its images' names, if they are ImageNet's."""
    named = published_names.repository_release(survey.path)
    if named is not None:
        return named, "by its folder's name"
    if survey.images > 2 * survey.names[None] and survey.wnids <= set(ilsvrc2012):
        return ILSVRC2012, "by its images' names"
    return _as_release(published_names.repository_name(survey.path)), "by its folder's name"


# -- the split


def _split(survey: Survey, layout: str, release: str) -> Split:
    hint = survey.split_hint or Split.NONE
    if layout in SHARDS:
        return split_in_name(stem_of(Path(survey.path).name)) or hint
    if layout == BOXES and release in NAMED_AS_ILSVRC2012:
        return Split.TRAIN
    if layout == BOXES:
        return split_in_name(stem_of(Path(survey.path).name)) or hint
    return _SPLIT_OF.get(layout, hint)
