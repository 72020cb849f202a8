"""The layouts by name, as the catalogue stores them and `--layout` takes them.

What each expects is its own module's; which one an archive has, layout_of.py's to tell.
"""

from __future__ import annotations

from typing import Final

ILSVRC_TRAIN: Final = "ilsvrc-train"
ILSVRC_VAL: Final = "ilsvrc-val"
ILSVRC_TEST: Final = "ilsvrc-test"
FULL_RELEASE: Final = "full-release"
CLASS_FOLDERS: Final = "class-folders"
CLASS_INDICES: Final = "class-indices"
KAGGLE: Final = "kaggle-cls-loc"
TINY_IMAGENET: Final = "tiny-imagenet"
WEBDATASET: Final = "webdataset"
HUGGING_FACE: Final = "hugging-face"
BOXES: Final = "boxes"
DEVKIT: Final = "devkit"
LAYOUTS: Final = (
    ILSVRC_TRAIN, ILSVRC_VAL, ILSVRC_TEST, FULL_RELEASE, CLASS_FOLDERS, CLASS_INDICES, KAGGLE,
    TINY_IMAGENET, WEBDATASET, HUGGING_FACE, BOXES, DEVKIT,
)  # fmt: skip
WITHOUT_IMAGES: Final = frozenset({BOXES, DEVKIT})
SHARDS: Final = frozenset({WEBDATASET, HUGGING_FACE})
