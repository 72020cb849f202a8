"""Tiny-ImageNet: its train pictures named by class, its val pictures labelled by a list.

Its names have the form of ILSVRC's, and are other pictures; so it is a release of its own. The
boxes in its lists are boxes.py's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imnet_data.archives.text import text_of
from imnet_data.layouts.boxes import reads_boxes
from imnet_data.layouts.image_names import read_name
from imnet_data.layouts.placement import UNLABELLED, Layout, Notes, Placed, class_wnid_of
from imnet_data.splits import Split, split_word
from imnet_data.wnid import is_wnid, to_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.archives.members import Run
    from imnet_data.archives.texts import Text

VAL_LIST = "val_annotations.txt"
_LIST = re.compile(rf"(?:n[0-9]{{8}}_boxes|{VAL_LIST.removesuffix('.txt')})\.txt\Z")
_SERIES = re.compile(r"((val|test)_[0-9]+)\.[A-Za-z0-9]+\Z")


def is_tiny_list(base: str) -> bool:
    """Whether a file is one of the lists that Tiny-ImageNet alone has.

    >>> is_tiny_list("val_annotations.txt"), is_tiny_list("words.txt")
    (True, False)
    """
    return _LIST.match(base) is not None


class TinyImageNetLayout(Layout):
    """Tiny-ImageNet's pictures, in its own folders or sorted into class folders.

    `split` is that of pictures whose folders and names tell none; `is_noun` tells whether a synset
    id is in WordNet 3.0.
    """

    learns = True

    def __init__(
        self, split: Split, *, is_noun: Callable[[int], bool], forced_split: Split | None = None
    ) -> None:
        self.notes = Notes()
        self._split = split
        self._forced_split = forced_split
        self._is_noun = is_noun
        self._classes: dict[str, int] = {}

    def reads(self, base: str) -> bool:
        """Whether a file holds boxes."""
        return reads_boxes(base)

    def needs(self, base: str) -> bool:
        """Whether it is the list of val's classes."""
        return base == VAL_LIST

    def learn(self, text: Text) -> None:
        """Take in the class of each val picture: a line is its name, its wnid, its box."""
        for line in text.content.splitlines():
            words = text_of(line).split()
            if len(words) > 1 and is_wnid(words[1]):
                self._classes[words[0].partition(".")[0]] = self._noun(words[1])

    def place(self, run: Run) -> Iterator[Placed]:
        """The run's images with their class, split and key."""
        parts = run.directory.split("/")
        folder = next((part for part in reversed(parts) if is_wnid(part)), None)
        split = next((found for part in parts if (found := split_word(part))), self._split)
        placed = self._place_train(run, split)
        if placed is not None:
            yield placed
            return
        for at, base in enumerate(run.names):
            synset, own_split, number, name = self._place_one(run.directory, folder, split, base)
            yield Placed(
                run.directory, synset, own_split, [number], [name], [base],
                [run.offsets[at]], [run.sizes[at]],
            )  # fmt: skip

    def _place_train(self, run: Run, split: Split) -> Placed | None:
        """The whole run at once, where it is `<wnid>_<number>` of one class."""
        first = read_name(run.names[0])
        if first is None or first.wnid is None or not self._is_noun(to_id(first.wnid)):
            return None
        numbers = run.names.numbers_between(f"{first.wnid}_", first.tail)
        if numbers is None:
            return None
        own_split = self._of(split or Split.TRAIN)
        return Placed(
            run.directory, to_id(first.wnid), own_split, numbers, None,
            run.names, run.offsets, run.sizes, first.tail,
        )  # fmt: skip

    def _place_one(
        self, directory: str, folder: str | None, split: Split, base: str
    ) -> tuple[int, Split, int, str]:
        """Class, split, number and stored name of one image."""
        parsed = read_name(base)
        if parsed is not None and parsed.wnid is not None:
            synset = self._noun(parsed.wnid)
            number, name = (parsed.number, "") if parsed.plain and synset else (0, parsed.stem)
            return synset, self._of(split or Split.TRAIN), number, name
        series = _SERIES.match(base)
        if series is None:
            synset = UNLABELLED if folder is None else self._noun(folder)
            return synset, self._of(split), 0, f"{directory}/{base}" if directory else base
        own_split = self._of(Split.of(series[2]))
        return self._class_of(series[1], folder), own_split, 0, series[1]

    def _class_of(self, name: str, folder: str | None) -> int:
        """The class of the list; else that of a folder that somebody sorted the picture into."""
        if name not in self._classes:
            return UNLABELLED if folder is None else self._noun(folder)
        if folder not in (None, class_wnid_of(self._classes[name])):
            self.notes.mislaid += 1
        return self._classes[name]

    def _noun(self, wnid: str) -> int:
        if self._is_noun(to_id(wnid)):
            return to_id(wnid)
        self.notes.unknown[wnid] = self.notes.unknown.get(wnid, 0) + 1
        return UNLABELLED

    def _of(self, split: Split) -> Split:
        return split if self._forced_split is None else self._forced_split
