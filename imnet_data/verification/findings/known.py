"""The oddities that ILSVRC 2012 was published with: findings that tell nothing about one's copy.

Sources: the 22 CMYK pictures of the training set as cytsai/ilsvrc-cmyk-image-list names them, and
TensorFlow Datasets after it; the PNG, the CMYK picture of the validation set and those with broken
EXIF data as TensorFlow's ImageNet scripts and Pillow's users report them. Identifiers only.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from imnet_data.layouts.image_names import ILSVRC2012


def is_known(release: str, split: str, name: str, code: str) -> bool:
    """Whether an image was published with what a finding says; such a finding is only a note.

    >>> is_known("ilsvrc2012", "train", "n02105855_2933", "wrong-extension")
    True
    >>> is_known("ilsvrc2012", "train", "n02105855_2933", "truncated")
    False
    """
    return release == ILSVRC2012 and (str(split), name, code) in _known()


@cache
def _known() -> frozenset[tuple[str, str, str]]:
    folder = files("imnet_data.facts")
    cmyk = folder.joinpath("ilsvrc2012_cmyk.txt").read_text(encoding="ascii").split()
    odd = folder.joinpath("ilsvrc2012_oddities.csv").read_text(encoding="ascii").splitlines()
    return frozenset(("train", name, "cmyk") for name in cmyk) | frozenset(
        (row["split"], row["name"], row["code"]) for row in csv.DictReader(odd)
    )
