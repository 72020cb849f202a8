"""ImageNet's own image names, and the key that a name gives.

A key's name has no folder and no extension, and is the same in every copy of the same picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from imnet_data import wnid
from imnet_data.splits import Split

ILSVRC2012 = "ilsvrc2012"

# Copies that went through Hugging Face carry the class behind the name: n01440764_10026_n01440764.
_NAME = re.compile(
    r"(?:(?P<wnid>n[0-9]{8})_(?P<number>[0-9]{1,12})"
    r"|ILSVRC2012_(?P<series>val|test)_(?P<serial>[0-9]{7,8}))"
    r"(?P<tail>(?:_n[0-9]{8})?(?:\.[A-Za-z0-9]+)?)\Z"
)


@dataclass(frozen=True, slots=True)
class ImageName:
    """A file name read as one of ImageNet's.

    `wnid` is None for the numbered series `ILSVRC2012_val_…` and `ILSVRC2012_test_…`. `plain` says
    that the number is written as ImageNet writes it, so that it gives the name back; `tail` is
    what follows the number: a class suffix and the extension.
    """

    wnid: str | None
    series: Split
    number: int
    plain: bool
    stem: str
    tail: str


def read_name(base: str) -> ImageName | None:
    """A base name as one of ImageNet's, or None.

    >>> read_name("n01440764_10026_n01440764.JPEG").stem
    'n01440764_10026'
    >>> read_name("ILSVRC2012_val_0000293.JPEG").stem  # seven digits: the same picture
    'ILSVRC2012_val_00000293'
    """
    match = _NAME.match(base)
    if match is None:
        return None
    if match["wnid"]:
        digits = match["number"]
        number = int(digits)
        stem = f"{match['wnid']}_{digits}"
        return ImageName(
            match["wnid"], Split.TRAIN, number, str(number) == digits, stem, match["tail"]
        )
    series = Split.of(match["series"])
    number = int(match["serial"])
    stem = serial_name(series, number)
    return ImageName(None, series, number, plain=True, stem=stem, tail=match["tail"])


def serial_name(series: Split, number: int) -> str:
    """The name of a picture of ILSVRC2012's validation or test series."""
    return f"ILSVRC2012_{series.label}_{number:08d}"


def rebuilt_name(release: str, split: int, synset_id: int, number: int) -> str:
    """The name that a catalogue row without a stored name has.

    >>> rebuilt_name("fall11", 0, 1440764, 10026)
    'n01440764_10026'
    >>> rebuilt_name("ilsvrc2012", 2, 1751748, 1)
    'ILSVRC2012_val_00000001'
    """
    if release == ILSVRC2012 and split in (Split.VAL, Split.TEST):
        return serial_name(Split(split), number)
    return f"{wnid.from_id(synset_id)}_{number}"
