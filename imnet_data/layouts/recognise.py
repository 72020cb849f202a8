"""What an archive is: its layout, release and split, and why we think so.

Said by the user, else by the file's name, else by the names and classes inside. A label is never
guessed here: that is each layout's own business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from imnet_data.layouts.image_names import ILSVRC2012
from imnet_data.layouts.survey import Survey, tree_depth
from imnet_data.splits import Split, split_word

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

ILSVRC_TRAIN: Final = "ilsvrc-train"
ILSVRC_VAL: Final = "ilsvrc-val"
ILSVRC_TEST: Final = "ilsvrc-test"
FULL_RELEASE: Final = "full-release"
CLASS_FOLDERS: Final = "class-folders"
KAGGLE: Final = "kaggle-cls-loc"
TINY_IMAGENET: Final = "tiny-imagenet"
WEBDATASET: Final = "webdataset"
HUGGING_FACE: Final = "hugging-face"
BOXES: Final = "boxes"
DEVKIT: Final = "devkit"
LAYOUTS: Final = (ILSVRC_TRAIN, ILSVRC_VAL, ILSVRC_TEST, FULL_RELEASE, CLASS_FOLDERS)

_SPLIT_OF: Final = {
    ILSVRC_TRAIN: Split.TRAIN,
    ILSVRC_VAL: Split.VAL,
    ILSVRC_TEST: Split.TEST,
    FULL_RELEASE: Split.NONE,
}
_SERIES: Final = {Split.VAL: ILSVRC_VAL, Split.TEST: ILSVRC_TEST}

# Releases by the names that their archives and folders are published under.
_PUBLISHED_NAMES: Final = (
    (re.compile(r"ilsvrc.?2012|ilsvrc2017_cls", re.IGNORECASE), ILSVRC2012),
    (re.compile(r"fall11", re.IGNORECASE), "fall11"),
    (re.compile(r"winter21", re.IGNORECASE), "winter21"),
    (re.compile(r"imagenet21k_resized", re.IGNORECASE), "imagenet21k_resized"),
    (re.compile(r"imagenetv2.?matched.?frequency", re.IGNORECASE), "imagenetv2-matched-frequency"),
    (re.compile(r"imagenetv2.?threshold0\.?7", re.IGNORECASE), "imagenetv2-threshold0.7"),
    (re.compile(r"imagenetv2.?top.?images", re.IGNORECASE), "imagenetv2-top-images"),
    (re.compile(r"imagenette", re.IGNORECASE), "imagenette"),
    (re.compile(r"imagewoof", re.IGNORECASE), "imagewoof"),
    (re.compile(r"tiny-?imagenet", re.IGNORECASE), "tiny-imagenet"),
    (re.compile(r"imagenet-(a|r|o|sketch)\b", re.IGNORECASE), r"imagenet-\1"),
)
_BY_CLASS_TARS: Final = {"fall11", "winter21"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What an archive is taken for; `why` is the ground, in words for the user.

    `depth` and `has_splits` say where a tree's class folders stand. `by_classes`: the release was
    told by the classes of a first look, so that a class outside it found later overturns it.
    """

    layout: str
    release: str
    split: Split
    why: str
    depth: int = 0
    has_splits: bool = False
    by_classes: bool = False


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
    named = _published_name(survey)
    if named == ILSVRC2012 and _is_rearranged(survey):
        named = None  # whatever its folder is called: its splits or classes are somebody's own
    found = layout or _layout(survey, release or named, ilsvrc2012)
    by_classes = False
    if release is not None:
        why = "as asked"
    elif named is not None:
        release, why = named, "by the file's name"
    elif found == CLASS_FOLDERS:
        release, why = own_release(survey), "by its folder's name"
    elif found == FULL_RELEASE:
        release, why = "fall11", "by its classes"
    else:
        release, why, by_classes = ILSVRC2012, "by its classes", found == ILSVRC_TRAIN
        if found in (ILSVRC_VAL, ILSVRC_TEST):
            why = "by its images' names"
    depth, has_splits = tree_depth(survey.folders)
    if split is None:
        split = _SPLIT_OF.get(found, survey.split_hint or Split.NONE)
    return Reading(found, release, split, why, depth, has_splits, by_classes)


def agree(readings: Sequence[Reading], surveys: Sequence[Survey]) -> list[Reading]:
    """Readings of the split folders of one tree, made to tell one story.

    A tree whose `val` holds pictures of ILSVRC's train split is somebody's own cut, and then its
    `train` is too: neither may pass for ILSVRC2012's.
    """
    own = any(
        reading.layout == CLASS_FOLDERS and survey.split_hint is not None and survey.contradictions
        for reading, survey in zip(readings, surveys, strict=True)
    )
    if not own:
        return list(readings)
    agreed = []
    for reading, survey in zip(readings, surveys, strict=True):
        if (
            reading.layout == CLASS_FOLDERS
            or survey.split_hint is None
            or reading.why == "as asked"
        ):
            agreed.append(reading)
            continue
        depth, has_splits = tree_depth(survey.folders)
        agreed.append(
            Reading(
                CLASS_FOLDERS,
                own_release(survey),
                survey.split_hint,
                "its splits are not ILSVRC2012's own",
                depth,
                has_splits,
            )
        )
    return agreed


def own_release(survey: Survey) -> str:
    """The name of a user's own release: that of the folder or file that was given."""
    source = Path(survey.source)
    name = source.name.removesuffix(".tar")
    while split_word(name) and source.parent != source:
        source = source.parent
        name = source.name
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-") or "own"
    return f"{name}-own" if name.lower() == ILSVRC2012 else name


def _published_name(survey: Survey) -> str | None:
    """The release whose published name the archive, the given folder or the top folder bears."""
    tops = sorted({folder.split("/")[0] for folder in survey.folders})[:1]
    for name in (Path(survey.path).name, Path(survey.source).name, *tops):
        for pattern, release in _PUBLISHED_NAMES:
            match = pattern.search(name)
            if match:
                return match.expand(release).lower()
    return None


def _is_rearranged(survey: Survey) -> bool:
    """Whether most images that bear ImageNet's names lie under another split or class."""
    named = survey.images - survey.names[None]
    return survey.contradictions + survey.regrouped > named // 2


def _layout(survey: Survey, release: str | None, ilsvrc2012: Collection[str]) -> str:
    known_cut = release is not None and release not in (ILSVRC2012, *_BY_CLASS_TARS)
    named_by_class = survey.names[Split.TRAIN]
    if survey.names and not survey.inner_tars:
        (most, count), *_ = survey.names.most_common(1)
        foreign = most is None or survey.contradictions + survey.regrouped > count // 2
        if foreign or (known_cut and len(survey.folders) > 1):
            return CLASS_FOLDERS
        if most in _SERIES:
            return _SERIES[most]
    elif not named_by_class and not survey.wnids:
        return CLASS_FOLDERS
    if release in _BY_CLASS_TARS:
        return FULL_RELEASE
    if release == ILSVRC2012 or survey.wnids <= set(ilsvrc2012):
        return ILSVRC_TRAIN
    return FULL_RELEASE
