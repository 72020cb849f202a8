"""Which layout an archive has: by the files beside its images, else by their own names.

The release and the split are recognise.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import COMPRESSED_TARS, PARQUET, TAR, is_list_name
from imnet_data.layouts.class_folders import is_index
from imnet_data.layouts.devkit import is_ground_truth
from imnet_data.layouts.layout_names import (
    BOXES,
    CLASS_FOLDERS,
    CLASS_INDICES,
    DEVKIT,
    FULL_RELEASE,
    HUGGING_FACE,
    ILSVRC_TEST,
    ILSVRC_TRAIN,
    ILSVRC_VAL,
    KAGGLE,
    TINY_IMAGENET,
    WEBDATASET,
)
from imnet_data.layouts.published_names import (
    FULL_RELEASES,
    NAMED_AS_ILSVRC2012,
    TINY_IMAGENET_RELEASE,
)
from imnet_data.layouts.survey import class_names, tree_depth
from imnet_data.layouts.tiny_imagenet import VAL_LIST, is_tiny_list
from imnet_data.splits import Split

if TYPE_CHECKING:
    from collections.abc import Collection

    from imnet_data.layouts.survey import Survey

_SERIES: Final = {Split.VAL: ILSVRC_VAL, Split.TEST: ILSVRC_TEST}


def is_rearranged(survey: Survey) -> bool:
    """Whether most images that bear ImageNet's names lie under another split or class."""
    named = survey.images - survey.names[None]
    return survey.contradictions + survey.regrouped > named // 2


def layout_of(survey: Survey, release: str | None, ilsvrc2012: Collection[str]) -> tuple[str, str]:
    """The layout, by what lies beside the images, else by their own names; and the ground."""
    found = _by_what_is_beside(survey)
    if found is not None:
        return found
    if release == TINY_IMAGENET_RELEASE and not is_rearranged(survey):
        return TINY_IMAGENET, "by its images' names"
    layout = _by_names(survey, release, ilsvrc2012)
    if layout != CLASS_FOLDERS:
        return layout, "by its class tars" if survey.inner_tars else "by its images' names"
    if release is not None and release.startswith("imagenetv2") and _has_numbered_classes(survey):
        return CLASS_INDICES, "by its folders, which are numbers"
    return CLASS_FOLDERS, "by its folders"


def _by_what_is_beside(survey: Survey) -> tuple[str, str] | None:
    if survey.container == PARQUET:
        return HUGGING_FACE, "by its Parquet columns"
    if survey.is_cls_loc:
        return KAGGLE, "by its folders CLS-LOC"
    if not survey.images:
        return _without_images(survey)
    if any(map(is_tiny_list, survey.lists)):
        told = VAL_LIST if VAL_LIST in survey.lists else "lists of boxes"
        return TINY_IMAGENET, f"by its {told}"
    if _is_webdataset(survey):
        ending = ".cls" if survey.beside[".cls"] else ".json"
        return WEBDATASET, f"by the {ending} beside each image"
    return None


def _without_images(survey: Survey) -> tuple[str, str] | None:
    truth = min(filter(is_ground_truth, survey.lists), default=None)
    if truth is not None:
        return DEVKIT, f"by its {truth}"
    if survey.beside[".xml"]:
        return BOXES, "by its XML files"
    listed = min(filter(is_list_name, survey.lists), default=None)
    return None if listed is None else (BOXES, f"by its {listed}")


def _is_webdataset(survey: Survey) -> bool:
    """Whether most images have a label file of their own name; beside class folders, a `.cls`."""
    if survey.container != TAR and survey.container not in COMPRESSED_TARS:
        return False
    plain = survey.folders <= {"", "."} or bool(survey.beside[".cls"])
    return plain and survey.samples > survey.images // 2


def _has_numbered_classes(survey: Survey) -> bool:
    """Whether all class folders are called by numbers that can be ILSVRC's class indices."""
    depth, has_splits = tree_depth(survey.folders)
    classes = class_names(survey.folders, depth, has_splits=has_splits)
    return bool(classes) and all(map(is_index, classes))


def _by_names(survey: Survey, release: str | None, ilsvrc2012: Collection[str]) -> str:
    known_cut = release is not None and release not in NAMED_AS_ILSVRC2012 | FULL_RELEASES
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
    if release in FULL_RELEASES:
        return FULL_RELEASE
    if release in NAMED_AS_ILSVRC2012 or survey.wnids <= set(ilsvrc2012):
        return ILSVRC_TRAIN
    return FULL_RELEASE
