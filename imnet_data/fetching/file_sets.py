"""Which files of a published set are asked for, and what they are called here.

Where such a set is listed is the hub's and the object store's business.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import is_archive_name
from imnet_data.errors import SourceFailed, UnknownPublished

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARTS: Final = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}


def part_of(path: str) -> str | None:
    """The part that a file belongs to as its name says, else the folders that it is in.

    >>> part_of("data/train-00000-of-00294.parquet"), part_of("validation/0000.parquet")
    ('train', 'val')
    >>> part_of("ILSVRC2012_devkit_t12.tar.gz")
    """
    for name in reversed(path.lower().split("/")):
        for word in re.findall("[a-z]+", name):
            if word in _PARTS:
                return _PARTS[word]
    return None


def chosen(
    paths: Iterable[str], *, whole: str, pattern: str | None = None, part: str | None = None
) -> list[str]:
    """The archives among a set's files, in order: those of a part, or that a pattern fits.

    A pattern is a path, a folder, or has `*`, `?` or `[…]` in it; it may name other files too.
    `whole` is what the set is called in sentences.

    Raises:
        UnknownPublished: no file belongs to the part.
        SourceFailed: there is no archive, or nothing that fits the pattern.

    >>> files = ["README.md", "data/test-0.parquet", "data/train-0.parquet"]
    >>> chosen(files, whole="hf://me/mine", part="train")
    ['data/train-0.parquet']
    """
    if pattern is None:
        found = [path for path in paths if is_archive_name(path.rpartition("/")[2])]
    else:
        found = [path for path in paths if _fits(path, pattern)]
    if not found:
        fitting = "no archive" if pattern is None else f"nothing that fits {pattern}"
        raise SourceFailed(whole, f"it has {fitting}")
    if part is not None:
        wanted = _PARTS.get(part.lower(), part.lower())
        held = {path: part_of(path) for path in found}
        found = [path for path in found if held[path] == wanted]
        if not found:
            known = sorted({name for name in held.values() if name})
            raise UnknownPublished(part, kind=f"part of {whole}", known=known)
    return sorted(found)


def name_here(folder: str, path: str, *, whole: str) -> str:
    """What a file of a set is called below the folder that is fetched to.

    The path is the source's word: it must not lead anywhere else.

    Raises:
        SourceFailed: it would.

    >>> name_here("imagenet-1k", "data/train-0.parquet", whole="hf://ILSVRC/imagenet-1k")
    'imagenet-1k/data/train-0.parquet'
    """
    name = f"{folder}/{path}" if folder else path
    steps = name.split("/")
    if any(step in ("", ".", "..") for step in steps) or "\\" in name or not name.isprintable():
        raise SourceFailed(whole, f"a file of it has a path that is not used here: {path!r}")
    return name


def _fits(path: str, pattern: str) -> bool:
    pattern = pattern.strip("/")
    if path.startswith(f"{pattern}/"):  # a folder
        return is_archive_name(path.rpartition("/")[2])
    return path == pattern or fnmatchcase(path, pattern)
