"""Copying a catalogue into another database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.errors.catalogue import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Sequence


class CatalogueTaken(CatalogueError):
    """A catalogue is to be copied to where something is already."""

    def __init__(self, location: str) -> None:
        super().__init__(location, f"{location} is there already, and a copy replaces nothing")


class CopyDiffers(CatalogueError):
    """What came there is not what was read; the copy was undone. `tables` are those that differ."""

    def __init__(self, location: str, tables: Sequence[str]) -> None:
        self.tables = tuple(tables)
        super().__init__(
            location,
            f"{location} did not keep what was written to it (in {', '.join(tables)}), "
            "and the copy was undone",
        )
