"""The splits an image can belong to, and the words that folders use for them.

The numbers are what the catalogue stores; they never change.
"""

from __future__ import annotations

import re
from enum import IntEnum


class Split(IntEnum):
    """Where an image belongs; a full release has no splits, so its images are in NONE."""

    NONE = 0
    TRAIN = 1
    VAL = 2
    TEST = 3

    @property
    def label(self) -> str:
        """The split's name as people write it: `none`, `train`, `val`, `test`."""
        return self.name.lower()

    @classmethod
    def of(cls, text: str) -> Split:
        """The split of a name, as in `--split val`.

        Raises:
            ValueError: there is no such split.

        >>> Split.of("val")
        <Split.VAL: 2>
        """
        try:
            return _WORDS[text.lower()]
        except KeyError:
            known = ", ".join(split.label for split in cls)
            raise ValueError(f"no split is called {text!r}; there are {known}") from None


_WORDS = {
    "none": Split.NONE,
    "train": Split.TRAIN,
    "training": Split.TRAIN,
    "val": Split.VAL,
    "valid": Split.VAL,
    "validation": Split.VAL,
    "test": Split.TEST,
    "testing": Split.TEST,
}


# The folders of imagenet21k_resized; its small classes have no split.
_FOLDERS = {"imagenet21k_train": Split.TRAIN, "imagenet21k_val": Split.VAL}
_BESIDE_SPLITS = {"imagenet21k_small_classes"}


def split_word(folder: str) -> Split | None:
    """The split that a folder's name stands for, if it is one of the usual words.

    >>> split_word("Validation"), split_word("n01440764")
    (<Split.VAL: 2>, None)
    """
    split = _WORDS.get(folder.lower()) or _FOLDERS.get(folder.lower())
    return None if split is Split.NONE else split


def is_split_folder(folder: str) -> bool:
    """Whether a folder stands where a tree has its splits, and is no class.

    >>> is_split_folder("imagenet21k_small_classes"), is_split_folder("n01440764")
    (True, False)
    """
    return split_word(folder) is not None or folder.lower() in _BESIDE_SPLITS


def split_in_name(stem: str) -> Split | None:
    """The split that is a word of a shard's name.

    >>> split_in_name("imagenet1k-validation-00"), split_in_name("train-00000-of-00294")
    (<Split.VAL: 2>, <Split.TRAIN: 1>)
    """
    return next(filter(None, map(split_word, re.split(r"[^A-Za-z0-9]+", stem))), None)
