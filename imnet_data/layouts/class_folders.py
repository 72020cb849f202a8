"""A tree of class folders: `[…/][split/]CLASS/…/image`, as torchvision's ImageFolder reads it.

A class is a wnid, a synset name (`dog.n.01`), or any other name, which is then a user's own class;
a bare word is never taken for a synset.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from imnet_data.facts.ilsvrc import CLASSES
from imnet_data.layouts.image_names import ILSVRC2012, read_name
from imnet_data.layouts.placement import UNLABELLED, Layout, Notes, Placed
from imnet_data.splits import Split, split_word
from imnet_data.wnid import is_wnid, to_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.archives.members import Run
    from imnet_data.archives.names import Names


@dataclass(frozen=True, slots=True)
class _Folder:
    """What a folder says of the images in it; `key` is its path from the class on."""

    split: Split
    synset: int
    wnid: str | None
    key: str


class ClassFoldersLayout(Layout):
    """Images in class folders.

    `depth` is how many folders stand before the class (or before the split, where `has_splits`);
    `by_name` gives the synset id of a synset name, and `own` that of a user's own class, which it
    makes where it is new.
    """

    def __init__(
        self,
        release: str,
        split: Split,
        *,
        depth: int,
        has_splits: bool,
        is_noun: Callable[[int], bool],
        by_name: Callable[[str], int | None],
        own: Callable[[str], int],
        forced_split: Split | None = None,
    ) -> None:
        self.notes = Notes()
        self._release = release
        self._split = split
        self._forced_split = forced_split
        self._depth = depth
        self._has_splits = has_splits
        self._is_noun = is_noun
        self._by_name = by_name
        self._own = own
        self._folders: dict[str, _Folder] = {}
        self._owned: dict[str, int] = {}

    def place(self, run: Run) -> Iterator[Placed]:
        """The run's images with their class, split and key."""
        folder = self._folders.get(run.directory)
        if folder is None:
            folder = self._folders[run.directory] = self._read(run.directory)
        if folder.wnid is not None and folder.synset == UNLABELLED:
            unknown = self.notes.unknown
            unknown[folder.wnid] = unknown.get(folder.wnid, 0) + len(run.names)
        numbers, names, tail = self._keys(folder, run.names)
        yield Placed(
            run.directory,
            folder.synset,
            folder.split,
            numbers,
            names,
            run.names,
            run.offsets,
            run.sizes,
            tail,
        )

    def _keys(
        self, folder: _Folder, bases: Names
    ) -> tuple[list[int], list[str] | None, str | None]:
        serial = self._release == ILSVRC2012 and folder.split in (Split.VAL, Split.TEST)
        if folder.wnid is not None and folder.synset != UNLABELLED and not serial:
            first = read_name(bases[0])
            if first is not None and first.wnid == folder.wnid:
                numbers = bases.numbers_between(f"{folder.wnid}_", first.tail)
                if numbers is not None:
                    return numbers, None, first.tail
        keys = [self._key(folder, base, serial=serial) for base in bases]
        return [number for number, _ in keys], [name for _, name in keys], None

    def _key(self, folder: _Folder, base: str, *, serial: bool) -> tuple[int, str]:
        """Number and stored name: ImageNet's own name without its folder, else the path."""
        parsed = read_name(base)
        if parsed is None:
            return 0, f"{folder.key}/{base}" if folder.key else base
        if parsed.wnid is not None:
            alike = parsed.wnid == folder.wnid and folder.synset != UNLABELLED
            rebuilds = alike and parsed.plain and not serial
        else:
            rebuilds = serial and parsed.series == folder.split
        return (parsed.number, "") if rebuilds else (0, parsed.stem)

    def _read(self, directory: str) -> _Folder:
        # As tree_depth() counts them: a tar's paths may double slashes.
        parts = PurePosixPath(directory).parts[self._depth :]
        split = self._split
        if self._has_splits and parts:
            split = split_word(parts[0]) or split
            parts = parts[1:]
        if self._forced_split is not None:
            split = self._forced_split
        if not parts:
            return _Folder(split, UNLABELLED, None, "")
        name = parts[0].removesuffix(".tar")
        wnid = name.lower() if is_wnid(name.lower()) else None
        return _Folder(split, self._class(name, wnid), wnid, "/".join([name, *parts[1:]]))

    def _class(self, name: str, wnid: str | None) -> int:
        if wnid is None:
            return self._by_name(name) or self._own_class(name)
        return to_id(wnid) if self._is_noun(to_id(wnid)) else UNLABELLED

    def _own_class(self, name: str) -> int:
        if name not in self._owned:
            self._owned[name] = self._own(name)
            self.notes.numbered += is_index(name)
        return self._owned[name]


def is_index(name: str) -> bool:
    """Whether a folder's name can be a class index of ILSVRC.

    >>> is_index("10"), is_index("1000"), is_index("cat")
    (True, False, False)
    """
    return name.isascii() and name.isdecimal() and int(name) < CLASSES
