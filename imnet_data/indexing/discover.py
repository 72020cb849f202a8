"""Which archives a path holds: the tar itself, the tars in a folder, the folder's own image trees.

Nothing is opened here but a tar's first block.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from imnet_data.archives.containers import kind_of
from imnet_data.archives.kinds import FOLDER, is_archive_name, stem_of
from imnet_data.archives.members import is_image
from imnet_data.errors import ArchiveError
from imnet_data.splits import Split, split_word

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    folders is one archive; each tar, zip or Parquet file is one of its own. Inside an image tree
    only its top is searched for them (people unpack beside them); deeper ones are ignored.

    Raises:
        ArchiveMissing, NotAnArchive: the path is none.
    """
    path = os.path.abspath(path)
    kind = kind_of(path)
    if kind != FOLDER:
        return [Source(path, kind, path, split_word(stem_of(os.path.basename(path))))]
    return list(_walk(path, path, split_word(os.path.basename(path)), set()))


_Holding = Literal["images", "deeper", "none"]


def _walk(folder: str, given: str, split: Split | None, seen: set[str]) -> Iterator[Source]:
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    files, children = _list(folder)
    holding = {child: _holding(os.path.join(folder, child), set()) for child in children}
    splits = [child for child in children if split_word(child) and holding[child] != "none"]
    classes = [child for child in children if child not in splits and holding[child] == "images"]
    if splits and not classes and not any(map(is_image, files)):
        for child in splits:
            below = os.path.join(folder, child)
            yield Source(below, FOLDER, given, split_word(child))
            yield from _archives(below, _list(below)[0], given, split_word(child))
        walked = [child for child in children if child not in splits]
    elif (
        classes or any(map(is_image, files)) or any(holding[child] == "images" for child in splits)
    ):
        yield Source(folder, FOLDER, given, split)
        walked = []
    else:
        walked = children
    for child in walked:
        yield from _walk(os.path.join(folder, child), given, split_word(child) or split, seen)
    yield from _archives(folder, files, given, split)


def _archives(folder: str, files: list[str], given: str, below: Split | None) -> Iterator[Source]:
    for name in files:
        if is_archive_name(name):
            path = os.path.join(folder, name)
            split = split_word(stem_of(name)) or below
            try:
                yield Source(path, kind_of(path), given, split)
            except (ArchiveError, OSError) as error:
                yield Source(path, "", given, split, refusal=str(error))


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


def _holding(folder: str, seen: set[str]) -> _Holding:
    """Whether a folder holds images itself, only deeper, or not at all."""
    real = os.path.realpath(folder)
    if real in seen:
        return "none"
    seen.add(real)
    children = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if _is_folder(entry):
                    children.append(entry.path)
                elif is_image(entry.name):
                    return "images"
    except OSError:
        return "none"
    return "deeper" if any(_holding(child, seen) != "none" for child in children) else "none"
