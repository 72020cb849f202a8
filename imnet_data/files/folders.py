"""What lies right in a folder of a store: objects with their sizes, and prefixes as folders.

A listing of all that is below is store.py's.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imnet_data.errors import ObjectMissing
from imnet_data.files.system import said, system_of
from imnet_data.files.tries import Tries
from imnet_data.files.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a folder; a folder has neither size nor version."""

    name: str
    is_folder: bool
    size: int = 0
    version: str = ""


def entries(url: str) -> list[Entry]:
    """What a folder holds, in the order of names; nothing where nothing is there.

    Raises:
        LoginNeeded, StoreFailed, StoreRefused, NeedsExtra: as in `store.status()`.
    """
    system, path = system_of(url)

    def listed() -> list[dict[str, Any]]:
        with said(url):
            found: list[dict[str, Any]] = system.ls(path, detail=True)
        return found

    with suppress(ObjectMissing):
        return sorted(_entries(Tries(url).of(listed), path), key=lambda one: one.name)
    return []


def _entries(found: list[dict[str, Any]], path: str) -> Iterator[Entry]:
    for about in found:
        # A folder that was made by hand is an object of its own in it, and has no name there.
        inside = str(about["name"]).rstrip("/")
        name = inside.rpartition("/")[2]
        if inside == path.rstrip("/") or not name:
            continue
        if about["type"] == "directory":
            yield Entry(name, is_folder=True)
        else:
            size = int(about["size"] or 0)
            yield Entry(name, is_folder=False, size=size, version=version_of(about))
