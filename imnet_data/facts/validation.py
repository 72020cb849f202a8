"""The labels of ILSVRC 2012's 50,000 validation images.

Source: ILSVRC2012_devkit_t12 (data/ILSVRC2012_validation_ground_truth.txt), its ILSVRC2012_IDs
turned into class indices; under ilsvrc2012-devkit-COPYING.txt beside this file. The test images'
labels were never published.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@cache
def validation_labels() -> NDArray[np.uint16]:
    """The class index (0..999) of every validation image, in the order of the images' numbers.

    Returns:
        Shape (50000,); label i belongs to image number i + 1.

    >>> int(validation_labels()[0])  # ILSVRC2012_val_00000001, a sea snake
    65
    """
    file = files("imnet_data.facts").joinpath("ilsvrc2012_val_labels.txt")
    labels = np.fromstring(file.read_text(encoding="ascii"), dtype=np.uint16, sep="\n")
    labels.flags.writeable = False
    return labels
