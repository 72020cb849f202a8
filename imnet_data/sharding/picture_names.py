"""What a picture's file is called: ImageNet's own name, or one made of the user's.

What a sample of a WebDataset is called is keys.py's.
"""

from __future__ import annotations

import re
from typing import Final

from imnet_data.sharding.endings import ending_of
from imnet_data.sharding.keys import key_of

_OF_TRAIN: Final = re.compile(r"n\d{8}_\d+")
_OF_OTHERS: Final = re.compile(r"ILSVRC20\d\d_(val|test)_\d{8}")


def is_published(name: str) -> bool:
    """Whether a name is one of ImageNet's, whose files end in `.JPEG` whatever is in them.

    >>> is_published("n01440764_10026"), is_published("cats/tom.jpg")
    (True, False)
    """
    return bool(_OF_TRAIN.fullmatch(name) or _OF_OTHERS.fullmatch(name))


def file_name(name: str, start: bytes) -> str:
    """The name of a file for the image of that name, which begins with these bytes.

    >>> file_name("n02105855_2933", b""), file_name("cats/tom", b"GIF89a")
    ('n02105855_2933.JPEG', 'cats%2Ftom.gif')
    """
    return f"{name}.JPEG" if is_published(name) else f"{key_of(name)}.{ending_of(start)}"


def path_of_table(name: str, wnid: str | None, label: int, start: bytes) -> str:
    """The `path` of an image in Parquet, as ILSVRC/imagenet-1k has it: with the wnid behind.

    >>> path_of_table("n01440764_10026", "n01440764", 0, b"")
    'n01440764_10026_n01440764.JPEG'
    >>> path_of_table("ILSVRC2012_test_00000001", None, -1, b"")
    'ILSVRC2012_test_00000001.JPEG'
    """
    if wnid is None or label < 0 or not is_published(name):
        return file_name(name, start)
    return f"{name}_{wnid}.JPEG"


def class_folders(classes: list[tuple[int, str | None, str]]) -> dict[int, str]:
    """The folder of each class by its label: the wnid, or of one of a user's own its name.

    >>> class_folders([(0, "n01440764", "tench"), (1, None, "my cats/dogs")])
    {0: 'n01440764', 1: 'my%20cats%2Fdogs'}
    """
    return {label: wnid or key_of(name) for label, wnid, name in classes}
