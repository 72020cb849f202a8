"""How many images of each class a release has as it was published, where that is packaged.

What a catalogue has of them is class_checks.py's to compare.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.facts import ilsvrc
from imnet_data.facts.validation import validation_labels
from imnet_data.layouts.image_names import ILSVRC2012
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.splits import Split
from imnet_data.wnid import to_id

if TYPE_CHECKING:
    from collections.abc import Mapping

# "LOC_sample_submission.csv" of Kaggle and the archive's own names count up to it.
_ILSVRC_TEST: Final = 100_000
# ImageNet-V2: ten images in each of its 1,000 folders, in each of its three drawings.
_V2: Final = "imagenetv2-"
_V2_A_CLASS: Final = 10


def published_counts(release: str, split: Split) -> Mapping[int, int] | None:
    """Images by synset id; None where nothing is packaged of a release and split.

    Images whose labels were never published stand under 0.

    >>> published_counts("ilsvrc2012", Split.TRAIN)[1440764]
    1300
    >>> sum(published_counts("ilsvrc2012", Split.TRAIN).values())
    1281167
    >>> published_counts("imagenette", Split.TRAIN) is None
    True
    """
    if release.startswith(_V2) and split is not Split.TRAIN:
        return _v2()
    if release != ILSVRC2012:
        return None
    match split:
        case Split.TRAIN:
            return _ilsvrc_train()
        case Split.VAL:
            return _ilsvrc_val()
        case Split.TEST:
            return {UNLABELLED: _ILSVRC_TEST}
    return None


@cache
def _ilsvrc_train() -> Mapping[int, int]:
    return {to_id(one.wnid): one.num_train_images for one in ilsvrc.classes()}


@cache
def _ilsvrc_val() -> Mapping[int, int]:
    counted = np.bincount(validation_labels(), minlength=ilsvrc.CLASSES).tolist()
    return {to_id(one.wnid): counted[one.class_index] for one in ilsvrc.classes()}


@cache
def _v2() -> Mapping[int, int]:
    return {to_id(one.wnid): _V2_A_CLASS for one in ilsvrc.classes()}
