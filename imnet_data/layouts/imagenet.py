"""Layouts whose file names are ImageNet's: ILSVRC train, validation and test, and full releases.

The name says the class (or, for validation, the picture's number, whose label is published), so
the folders around it are only a check.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imnet_data.layouts.image_names import ILSVRC2012, ImageName, read_name
from imnet_data.layouts.placement import UNLABELLED, Layout, Notes, Placed, class_wnid_of
from imnet_data.splits import Split
from imnet_data.wnid import to_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imnet_data.archives.members import Run

_WNID_FOLDER = re.compile(r"(?:.*/)?(n[0-9]{8})(?:\.tar)?\Z", re.IGNORECASE)


def folder_wnid(directory: str) -> str | None:
    """The wnid of the folder or inner tar that images lie in, if that is its name."""
    match = _WNID_FOLDER.match(directory)
    return match[1].lower() if match else None


class ImageNetLayout(Layout):
    """Images under ImageNet's names.

    `is_noun` tells whether a synset id is in WordNet 3.0; `validation` is the published class, as
    a synset id, of each of the 50,000 validation images in order; `published` the release's
    classes, or None where they are not known; `split` that of pictures whose name tells none.
    """

    def __init__(
        self,
        release: str,
        split: Split,
        *,
        is_noun: Callable[[int], bool],
        validation: Sequence[int],
        published: frozenset[int] | None = None,
        forced_split: Split | None = None,
    ) -> None:
        self.notes = Notes()
        self._release = release
        self._split = split if forced_split is None else forced_split
        # A train picture strayed into validation keeps its key, as every picture does anywhere.
        strays = release == ILSVRC2012 and forced_split is None and split in (Split.VAL, Split.TEST)
        self._class_split = Split.TRAIN if strays else self._split
        self._forced_split = forced_split
        self._is_noun = is_noun
        self._validation = validation
        self._published = None if published is None else published | {UNLABELLED}

    def place(self, run: Run) -> Iterator[Placed]:
        """The run's images with their class, split and key."""
        placed = self._place_alike(run)
        if placed is not None:
            self._check(placed)
            yield placed
            return
        group: Placed | None = None
        for at, base in enumerate(run.names):
            synset, split, number, name = self._place_one(run.directory, base)
            if group is None or (group.synset, group.split) != (synset, split):
                if group is not None:
                    self._check(group)
                    yield group
                names: list[str] = []
                bases: list[str] = []
                group = Placed(run.directory, synset, split, [], names, bases, [], [])
            group.numbers.append(number)
            names.append(name)
            bases.append(base)
            group.offsets.append(run.offsets[at])
            group.sizes.append(run.sizes[at])
        if group is not None:
            self._check(group)
            yield group

    def _place_alike(self, run: Run) -> Placed | None:
        """The whole run at once, where it is `<wnid>_<number>` in the folder of that wnid."""
        first = read_name(run.names[0])
        if first is None or first.wnid is None or first.wnid != folder_wnid(run.directory):
            return None
        synset = to_id(first.wnid)
        if not self._is_noun(synset) or not self._names_by_class():
            return None
        numbers = run.names.numbers_between(f"{first.wnid}_", first.tail)
        if numbers is None:
            return None
        return Placed(
            run.directory,
            synset,
            self._class_split,
            numbers,
            None,
            run.names,
            run.offsets,
            run.sizes,
            first.tail,
        )

    def _names_by_class(self) -> bool:
        """Whether a number in this release and split rebuilds a name of the form wnid_number."""
        return not (self._release == ILSVRC2012 and self._class_split in (Split.VAL, Split.TEST))

    def _place_one(self, directory: str, base: str) -> tuple[int, Split, int, str]:
        """Class, split, number and stored name of one image."""
        parsed = read_name(base)
        if parsed is None:
            return self._place_other(directory, base)
        return self._place_named(parsed, folder_wnid(directory))

    def _place_named(self, parsed: ImageName, folder: str | None) -> tuple[int, Split, int, str]:
        """A picture under a name of ImageNet's, in the folder of a class or in none."""
        if parsed.wnid is None:
            return self._place_series(parsed, folder)
        synset = self._noun(parsed.wnid)
        if folder is not None and folder != parsed.wnid:
            self.notes.mislaid += 1
        if synset == UNLABELLED or not parsed.plain or not self._names_by_class():
            return synset, self._class_split, 0, parsed.stem
        return synset, self._class_split, parsed.number, ""

    def _place_series(self, parsed: ImageName, folder: str | None) -> tuple[int, Split, int, str]:
        """A picture of the numbered series: its label is published (validation) or none (test)."""
        split = parsed.series if self._forced_split is None else self._forced_split
        synset = UNLABELLED
        if parsed.series is Split.VAL and 0 < parsed.number <= len(self._validation):
            synset = self._validation[parsed.number - 1]
            if folder is not None and folder != class_wnid_of(synset):
                self.notes.mislaid += 1
        if self._release == ILSVRC2012 and split == parsed.series:
            return synset, split, parsed.number, ""
        return synset, split, 0, parsed.stem

    def _place_other(self, directory: str, base: str) -> tuple[int, Split, int, str]:
        """A name that is not ImageNet's: the folder's class, if it has one, and its path as key."""
        folder = folder_wnid(directory)
        if folder is not None:
            return self._noun(folder), self._split, 0, f"{folder}/{base}"
        return UNLABELLED, self._split, 0, f"{directory}/{base}" if directory else base

    def _noun(self, wnid: str) -> int:
        synset = to_id(wnid)
        if self._is_noun(synset):
            return synset
        self.notes.unknown[wnid] = self.notes.unknown.get(wnid, 0) + 1
        return UNLABELLED

    def _check(self, placed: Placed) -> None:
        if self._published is not None and placed.synset not in self._published:
            self.notes.foreign += len(placed.numbers)
