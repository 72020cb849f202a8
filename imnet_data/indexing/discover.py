"""Which archives a path holds: the archive itself, those in a folder, the folder's own trees.

Nothing is opened here but an archive's first bytes and a zip's list of contents.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from imnet_data.archives.containers import kind_of
from imnet_data.archives.kinds import FOLDER, is_archive_name, stem_of
from imnet_data.archives.members import is_image
from imnet_data.archives.tars.partial import finished_path
from imnet_data.errors import ArchiveError
from imnet_data.files.address import absolute, base_name, is_url, join
from imnet_data.files.at_once import all_of
from imnet_data.files.folders import entries
from imnet_data.layouts.devkit import is_ground_truth
from imnet_data.layouts.image_names import read_name
from imnet_data.splits import Split, split_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Source:
    """One archive to index, of one of the kinds in archives/kinds.py.

    `given` is the path that the user gave, `split` what the folder's place in a tree says.
    `refusal` says why a file that is called an archive is none that can be indexed.
    """

    path: str
    kind: str
    given: str
    split: Split | None = None
    refusal: str | None = None


def discover(path: str) -> list[Source]:
    """The archives at a path, in the order of their names.

    A folder with `train`, `val`, `test` below it is one archive a split; any other tree of class
    folders is one archive, and so is a tree of boxes or an unpacked devkit; each tar, zip or
    Parquet file is one of its own. Inside an image tree only its top is searched for them (people
    unpack beside them); deeper ones are ignored.

    Raises:
        ArchiveMissing, NotAnArchive: the path is none.
        StoreFailed, LoginNeeded: it lies in a store that does not tell.
    """
    path = absolute(path)
    base = base_name(path)
    kind = kind_of(path)
    if kind != FOLDER:
        return [Source(path, kind, path, split_word(stem_of(finished_path(base))))]
    walk = FarWalk if is_url(path) else Walk
    found = list(walk(path, _tells).sources(path, split_word(base)))
    # A folder of nothing but boxes under names of one's own was meant, if it was given.
    return found or list(walk(path, _may_tell).sources(path, split_word(base)))


# What a folder holds: images or files of boxes or labels, itself or only deeper; images count more.
_Holding = Literal["images", "images below", "texts", "texts below", "none"]
_IMAGES = ("images", "images below")


class Walk:
    """One walk over the folders at a path; each is looked at once."""

    def __init__(self, given: str, tells: Callable[[str], bool]) -> None:
        self._given = given
        self._tells = tells
        self._walked: set[str] = set()
        self._held: dict[str, _Holding] = {}

    def sources(self, folder: str, split: Split | None) -> Iterator[Source]:
        """The archives at a folder and below; `split` is what the folders above say."""
        real = self._real(folder)
        if real in self._walked:
            return
        self._walked.add(real)
        files, children = self._list(folder)
        self._look_ahead([os.path.join(folder, child) for child in children])
        held = {child: self._holding(os.path.join(folder, child)) for child in children}
        splits = [child for child in children if split_word(child) and held[child] in _IMAGES]
        own = any(map(is_image, files))
        classes = own or any(held[child] == "images" for child in children if child not in splits)
        if splits and not classes:
            for child in splits:
                yield from self._split(os.path.join(folder, child), split_word(child))
            walked = [child for child in children if child not in splits]
        elif classes or any(held[child] == "images" for child in splits):
            yield Source(folder, FOLDER, self._given, split)
            walked = []
        elif any(map(self._tells, files)) or "texts" in held.values():
            yield Source(folder, FOLDER, self._given, split)
            walked = [child for child in children if held[child] in ("images below", "none")]
        else:
            walked = children
        for child in walked:
            yield from self.sources(os.path.join(folder, child), split_word(child) or split)
        yield from self._archives(folder, files, split)

    def _split(self, folder: str, split: Split | None) -> Iterator[Source]:
        yield Source(folder, FOLDER, self._given, split)
        yield from self._archives(folder, self._list(folder)[0], split)

    def _archives(self, folder: str, files: list[str], below: Split | None) -> Iterator[Source]:
        for name in files:
            if is_archive_name(name):
                path = os.path.join(folder, name)
                split = split_word(stem_of(name)) or below
                try:
                    yield Source(path, kind_of(path), self._given, split)
                except (ArchiveError, OSError) as error:
                    yield Source(path, "", self._given, split, refusal=str(error))

    def _holding(self, folder: str) -> _Holding:
        """What a folder holds; one that links lead back to holds nothing more."""
        real = self._real(folder)
        if real not in self._held:
            self._held[real] = "none"
            self._held[real] = self._look(folder)
        return self._held[real]

    def _real(self, folder: str) -> str:
        return os.path.realpath(folder)

    def _list(self, folder: str) -> tuple[list[str], list[str]]:
        return _list(folder)

    def _look_ahead(self, folders: list[str]) -> None:
        """Nothing: a folder of this machine is looked at quickly."""

    def _look(self, folder: str) -> _Holding:
        children, texts = [], False
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if _is_folder(entry):
                        children.append(entry.path)
                    elif is_image(entry.name):
                        return "images"
                    else:
                        texts = texts or self._tells(entry.name)
        except OSError:
            return "none"  # the scan of the folder says why
        return self._with_below(children, texts=texts)

    def _with_below(self, children: list[str], *, texts: bool) -> _Holding:
        below = texts
        for child in children:
            held = self._holding(child)
            if held in _IMAGES:
                return "images below"
            below = below or held != "none"
        return "texts" if texts else "texts below" if below else "none"


class FarWalk(Walk):
    """One walk over the prefixes of a store, many of which are listed at once."""

    def __init__(self, given: str, tells: Callable[[str], bool]) -> None:
        super().__init__(given, tells)
        self._seen: dict[str, tuple[bool, bool, list[str]]] = {}

    def _real(self, folder: str) -> str:
        return folder

    def _list(self, folder: str) -> tuple[list[str], list[str]]:
        shown = [one for one in entries(folder) if not one.name.startswith(".")]
        return (
            [one.name for one in shown if not one.is_folder],
            [one.name for one in shown if one.is_folder],
        )

    def _look_ahead(self, folders: list[str]) -> None:
        todo = [folder for folder in folders if folder not in self._seen]
        self._seen |= zip(todo, all_of(self._seen_in, todo), strict=True)

    def _seen_in(self, folder: str) -> tuple[bool, bool, list[str]]:
        """Whether images are in a folder, whether texts, and what lies below."""
        files, children = self._list(folder)
        return (
            any(map(is_image, files)),
            any(map(self._tells, files)),
            [join(folder, child) for child in children],
        )

    def _look(self, folder: str) -> _Holding:
        self._look_ahead([folder])
        images, texts, children = self._seen[folder]
        if images:
            return "images"
        self._look_ahead(children)
        return self._with_below(children, texts=texts)


def _tells(name: str) -> bool:
    """Whether a file says something of ImageNet's images: boxes, or labels."""
    return is_ground_truth(name) or (_may_tell(name) and read_name(name) is not None)


def _may_tell(name: str) -> bool:
    """Whether a file may hold boxes; the folders of many programs have XML of their own."""
    return name.lower().endswith(".xml") and not name.startswith(".")


def _list(folder: str) -> tuple[list[str], list[str]]:
    """Files and folders by name, hidden ones left out."""
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    (folders if _is_folder(entry) else files).append(entry.name)
    except OSError:
        return [], []  # the scan of the folder says why
    return sorted(files), sorted(folders)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself; the scan of the folder says so
        return False
