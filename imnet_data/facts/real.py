"""The reassessed labels ("ReaL") of ILSVRC 2012's 50,000 validation images.

Source: real.json of google-research/reassessed-imagenet, Apache-2.0 (Beyer, Hénaff, Kolesnikov,
Zhai, van den Oord, "Are we done with ImageNet?", 2020), one line an image, nothing else changed.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@cache
def real_labels() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The class indices (0..999) that fit each validation image, and where each image's begin.

    Returns:
        The labels of all images one after the other, shape (57553,), and shape (50001,): the
        labels of image number i + 1 are `labels[starts[i]:starts[i + 1]]`. 3,163 images have none:
        no label fits them, and they count neither as right nor as wrong.

    >>> labels, starts = real_labels()
    >>> labels[starts[1]:starts[2]].tolist()  # ILSVRC2012_val_00000002: skis, on an alp
    [970, 795]
    """
    file = files("imnet_data.facts").joinpath("ilsvrc2012_real_labels.txt")
    text = file.read_text(encoding="ascii")
    labels = np.fromstring(text, dtype=np.int64, sep=" ")
    lines = text.split("\n")[:-1]
    counts = [line.count(" ") + 1 if line else 0 for line in lines]
    starts = np.concatenate(([0], np.cumsum(counts)))
    for array in (labels, starts):
        array.flags.writeable = False
    return labels, starts
