"""The archives that a plan names: numbered as it is made, found again on another machine.

Reading their images is imnet_data/archives'.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.reading import Place
from imnet_data.errors import PlanArchiveAmbiguous, PlanNeedsArchives, StoreFailed
from imnet_data.files.address import absolute, base_name, is_url, join
from imnet_data.files.folders import entries
from imnet_data.files.status import is_folder, status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class PlannedArchive:
    """An archive of a plan.

    `size_bytes` is None for a folder, whose images are files of their own. `seek_index` is the name
    of a compressed tar's index in the plan's folder, or its path while the plan is made.
    """

    path: str
    size_bytes: int | None
    container: str
    seek_index: str | None = None

    def place(self, offset: int, size: int, member: str | None) -> Place:
        """Where an image's bytes are.

        Raises:
            ValueError: its path leads out of the folder.
        """
        if self.size_bytes is not None:
            return Place(
                self.path, offset, size, self.size_bytes, member, self.container, self.seek_index
            )
        steps = (member or "").split("/")
        if "" in steps or ".." in steps:
            raise ValueError(f"{member!r} is no file of a folder")
        return Place(os.path.join(self.path, *steps), offset, size, size, container=FOLDER)

    @property
    def is_there(self) -> bool:
        """Whether it is where it was, and as large."""
        return _size_of(self.path) == (self.size_bytes, self.size_bytes is None)

    def as_json(self) -> dict[str, Any]:
        """As a plan has it."""
        return {
            "path": self.path, "size_bytes": self.size_bytes, "container": self.container,
            "seek_index": self.seek_index,
        }  # fmt: skip


def archive_of_json(said: Mapping[str, Any]) -> PlannedArchive:
    """An archive out of a plan.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    size, seek_index = said["size_bytes"], said["seek_index"]
    if seek_index is not None and os.path.basename(seek_index) in ("", ".", ".."):
        raise ValueError(f"{seek_index!r} is no name of a file")
    return PlannedArchive(
        str(said["path"]),
        None if size is None else int(size),
        str(said["container"]),
        None if seek_index is None else str(seek_index),
    )


class ArchiveTable:
    """Numbers the archives of places as they come; `folders` are those that are indexed whole."""

    def __init__(self, folders: Iterable[str]) -> None:
        # The longest first: of a folder in another one its images are the inner one's.
        self._folders = sorted((os.path.join(one, "") for one in folders), key=len, reverse=True)
        self._root_of: dict[str, str] = {}
        self._numbers: dict[PlannedArchive, int] = {}

    @property
    def archives(self) -> list[PlannedArchive]:
        """All of them, by their numbers."""
        return list(self._numbers)

    def number(self, archive: PlannedArchive) -> int:
        """The number of an archive."""
        return self._numbers.setdefault(archive, len(self._numbers))

    def of_file(self, path: str) -> tuple[int, str]:
        """The number of the folder that a file is of, and its path there."""
        inside = os.path.dirname(path)
        root = self._root_of.get(inside)
        if root is None:
            known = next((one for one in self._folders if path.startswith(one)), None)
            root = self._root_of[inside] = known or os.path.join(inside, "")
        return self.number(PlannedArchive(root.rstrip("/") or "/", None, FOLDER)), path[len(root) :]


def missing_archives(archives: Iterable[PlannedArchive]) -> list[str]:
    """The paths of those that are not where they were, or not as large."""
    return [archive.path for archive in archives if not archive.is_there]


def found_again(
    archives: Sequence[PlannedArchive], folder: str, *, plan: str
) -> list[PlannedArchive]:
    """The archives as they lie under `folder`, by their base names and sizes.

    Of several that fit, the one whose path has most of the archive's last steps in common.

    Raises:
        PlanNeedsArchives: some are not there.
        PlanArchiveAmbiguous: two fit as well.
    """
    wanted = {os.path.basename(archive.path) for archive in archives}
    there: dict[tuple[str, int | None], list[str]] = {}
    for path, size in _under(folder, wanted):
        there.setdefault((os.path.basename(path), size), []).append(path)
    found: list[PlannedArchive] = []
    missing: list[str] = []
    for archive in archives:
        fitting = there.get((os.path.basename(archive.path), archive.size_bytes), [])
        best = max((_common_steps(archive.path, one) for one in fitting), default=0)
        nearest = [one for one in fitting if _common_steps(archive.path, one) == best]
        if len(nearest) > 1:
            raise PlanArchiveAmbiguous(plan, archive.path, nearest)
        if nearest:
            found.append(replace(archive, path=nearest[0]))
        else:
            missing.append(archive.path)
    if missing:
        raise PlanNeedsArchives(plan, missing, looked_in=folder)
    return found


def _under(folder: str, wanted: set[str]) -> Iterator[tuple[str, int | None]]:
    """The files and folders below one that have a wanted name, with their sizes, None for a folder.

    What is in a folder that is wanted itself is not looked at: it may hold a million files.
    """
    folder = absolute(folder)
    if base_name(folder) in wanted:
        yield folder, None
    if is_url(folder):
        yield from _under_url(folder, wanted)
        return
    for root, folders, files in os.walk(folder):
        for name in sorted(wanted.intersection(files)):
            path = os.path.join(root, name)
            yield path, _size_of(path)[0]
        for name in sorted(wanted.intersection(folders)):
            yield os.path.join(root, name), None
        folders[:] = sorted(one for one in folders if one not in wanted)


def _under_url(folder: str, wanted: set[str]) -> Iterator[tuple[str, int | None]]:
    """Likewise below a URL, a prefix after another."""
    todo = [folder]
    while todo:
        found = entries(folder := todo.pop())
        here = [one for one in found if one.name in wanted]
        yield from ((join(folder, one.name), None if one.is_folder else one.size) for one in here)
        todo += [join(folder, one.name) for one in found if one.is_folder and one not in here]


def _common_steps(path: str, other: str) -> int:
    """How many steps two paths have in common at their ends."""
    steps = zip(reversed(path.split("/")), reversed(other.split("/")), strict=False)
    count = 0
    for one, another in steps:
        if one != another:
            break
        count += 1
    return count


def _size_of(path: str) -> tuple[int | None, bool | None]:
    """The bytes of a file, and whether it is a folder, which has none; None for neither."""
    if not is_url(path) and os.path.isdir(path):
        return None, True
    try:
        return status(path).size, False
    except StoreFailed:
        raise
    except OSError:
        return None, (True if is_url(path) and is_folder(path) else None)
