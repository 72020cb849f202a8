"""What a shape is: how it is written, what is in it, and what the report says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .pictures import Picture

BY_FILE, BY_FOLDER = "by the file's name", "by its folder's name"
BY_CLASSES, BY_NAMES, BY_TARS = "by its classes", "by its images' names", "by its class tars"
BY_CLS_LOC = "by its folders CLS-LOC"
BY_FOLDERS = "by its folders"


@dataclass(frozen=True)
class Shape:
    """One way in which pictures lie on a disk.

    `write` makes it in an empty folder and gives the path to index. `told` is what the report says
    of it, archive by archive: container, layout, release, and the grounds for both.
    """

    name: str
    write: Callable[[Path], Path]
    release: str
    pictures: tuple[Picture, ...]
    told: frozenset[tuple[str, str, str, str]]

    def __str__(self) -> str:
        return self.name


def told(*lines: tuple[str, str, str, str]) -> frozenset[tuple[str, str, str, str]]:
    """Container, layout, ground for the layout, ground for the release."""
    return frozenset(lines)
