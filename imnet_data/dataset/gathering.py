"""The catalogue's image rows gathered into a data set's arrays, some thousands at a time.

Which rows these are is made.py's, reading them again rows.py's.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.archives.kinds import FOLDER
from imnet_data.dataset.rows import CODEC, ROW_DTYPE, DatasetRows, Kind, Source
from imnet_data.dataset.shared_arrays import SharedArrays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imnet_data.archives.reading import Place
    from imnet_data.image_rows import ImageRows
    from imnet_data.upkeep import ArchiveInfo

    Rows = Sequence[Sequence[Any]]

_MOST: Final = 0xFFFF_FFFF


class Gathering:
    """What was gathered so far; `archives` are the catalogue's, `releases` their names by id."""

    def __init__(
        self, held: ImageRows, archives: Sequence[ArchiveInfo], releases: dict[int, str]
    ) -> None:
        self._held = held
        self._releases = releases
        # Growing in place: a list of arrays would be held twice in the end.
        self._rows = bytearray()
        self._text = bytearray()
        self._starts = bytearray(8)
        self._stored = 0
        self._sources: dict[Source, int] = {}
        self._kinds: dict[Kind, int] = {}
        self._usual = {
            archive.id: self._number_of(source)
            for archive in archives
            if (source := _usual_source(archive)) is not None
        }

    def add(self, rows: Rows, labels: Mapping[int, int]) -> None:
        """Put image rows behind those that are there; `labels` are by synset."""
        found: list[Any] = [None] * len(rows)
        kinds: dict[tuple[int, int, int], int] = {}
        others = []
        for at, row in enumerate(rows):
            _, release, synset, split, number, archive, offset, size, member, name = row
            source = self._usual.get(archive)
            if source is None or member or name or number > _MOST:
                others.append(at)
                continue
            key = release, split, synset
            kind = kinds.get(key)
            if kind is None:
                known = Kind(
                    self._releases[release], split, synset, labels[synset], is_stored=False
                )
                kind = kinds[key] = self._kinds.setdefault(known, len(self._kinds))
            found[at] = offset, size, number, source, kind
        if others:
            self._add_others(found, others, rows, labels)
        self._rows += np.array(found, ROW_DTYPE).tobytes()

    def rows(self) -> DatasetRows:
        """All that was added."""
        arrays = SharedArrays(
            np.frombuffer(self._rows, ROW_DTYPE),
            np.frombuffer(self._starts, np.int64),
            np.frombuffer(self._text, np.uint8),
        )
        return DatasetRows(arrays, tuple(self._sources), tuple(self._kinds))

    def _add_others(
        self, found: list[Any], others: list[int], rows: Rows, labels: Mapping[int, int]
    ) -> None:
        """Those of whose place or name something is stored, or that lie elsewhere by now."""
        chosen = [rows[at] for at in others]
        names = list(self._held.names(chosen))
        places = self._held.places(chosen, names)
        for at, row, name, place in zip(others, chosen, names, places, strict=True):
            source, base = _source_of(place, name)
            is_stored = bool(row[9]) or source.ending is None or row[4] > _MOST
            number = self._store(name, base, source) if is_stored else row[4]
            kind = Kind(self._releases[row[1]], row[3], row[2], labels[row[2]], is_stored)
            kind_at = self._kinds.setdefault(kind, len(self._kinds))
            found[at] = place.offset, place.size, number, self._number_of(source), kind_at

    def _number_of(self, source: Source) -> int:
        return self._sources.setdefault(source, len(self._sources))

    def _store(self, name: str, base: str, source: Source) -> int:
        for text in (name, base if source.ending is None else ""):
            self._text += text.encode(*CODEC)
            self._starts += len(self._text).to_bytes(8, "little")
        self._stored += 1
        return self._stored - 1


def _usual_source(archive: ArchiveInfo) -> Source | None:
    """What holds for all images of an archive of which nothing is stored; None to look at each."""
    base = archive.template.rpartition("/")[2]
    ending = base.removeprefix("{name}")
    if archive.is_folder or not base.startswith("{name}") or not _ends_a_name(ending):
        return None
    if not archive.is_there:  # an image may have another place
        return None
    return Source(archive.path, archive.container, archive.file_size, archive.seek_index, ending)


def _source_of(place: Place, name: str) -> tuple[Source, str]:
    """What a place has in common with others, and the last part of its member's name."""
    if place.container == FOLDER:
        path, base = os.path.split(place.path)
        file_size = 0  # each file its own
    else:
        path, base, file_size = place.path, place.member or "", place.file_size
    stem = name.rpartition("/")[2]
    ending: str | None = base[len(stem) :] if base.startswith(stem) else None
    if ending is not None and not _ends_a_name(ending):
        ending = None
    return Source(path, place.container, file_size, place.seek_index, ending), base


def _ends_a_name(ending: str) -> bool:
    """Whether it is an extension, and not the rest of a longer name that begins alike."""
    return ending == "" or (ending.startswith(".") and "{" not in ending)
