"""Looking after what is in the catalogue: its archives, where they are, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data import seek_indexes
from imnet_data.archives.containers import folder_scan, kind_of
from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.signature import signature_of
from imnet_data.db import archives as rows
from imnet_data.db import bulk, removal, writer
from imnet_data.db.engine import reading, writing
from imnet_data.db.origins import forget_origin
from imnet_data.db.own_classes import drop_unused_synsets
from imnet_data.errors import (
    ArchiveChanged,
    ArchiveTaken,
    LoginNeeded,
    NeedsExtra,
    StoreError,
    UnknownArchive,
)
from imnet_data.files.address import absolute, is_url
from imnet_data.files.status import exists, status
from imnet_data.indexing.stored_text import faults_from_text
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.places import from_uri, to_uri
from imnet_data.splits import Split

if TYPE_CHECKING:
    from imnet_data.archives.members import Fault
    from imnet_data.db.engine import Storage
    from imnet_data.tally import Tally


@dataclass(frozen=True, slots=True)
class ArchiveInfo:
    """An indexed archive.

    `images`, `size_bytes` and `unlabelled` count the images that have their place here, in images
    and bytes; `alternates` further copies of images that have it elsewhere; `boxes` bounding
    boxes, of `boxed_images` images wherever those are; `file_size` is the file's (or the folder's
    images') size in bytes. `is_loading`: indexing was cut off, and goes on with the next `index`;
    `is_partial`: only some of the tars in it were fetched. `source` is the address that it was
    fetched from, `checksum` that of the whole file (`sha256:…`), None where they are not known.
    """

    id: int
    path: str
    release: str
    layout: str
    container: str
    splits: tuple[str, ...]
    classes: int
    images: int
    size_bytes: int
    unlabelled: int
    alternates: int
    boxes: int
    boxed_images: int
    ignored: int
    file_size: int
    is_loading: bool
    faults: tuple[Fault, ...]
    template: str
    seek_index: str | None = None
    is_partial: bool = False
    source: str | None = None
    checksum: str | None = None

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of files."""
        return self.container == FOLDER

    @property
    def is_there(self) -> bool:
        """Whether something is at its path now; a store that does not answer is taken to have it.

        What lists archives goes on without a network, and what reads them is told.
        """
        try:
            return exists(self.path)
        except (StoreError, LoginNeeded, NeedsExtra):
            return True


@dataclass(frozen=True, slots=True)
class Amount:
    """Images, and their bytes."""

    images: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """What a catalogue holds. `synsets` counts the classes that have images."""

    images: int
    bytes: int
    synsets: int
    unlabelled: int
    splits: dict[str, Amount]
    releases: dict[str, dict[str, Amount]]
    archives: list[ArchiveInfo] = field(default_factory=list)


def list_archives(storage: Storage) -> list[ArchiveInfo]:
    """Every archive, in the order in which they were indexed."""
    with reading(storage) as connection:
        found = rows.list_archives(connection)
    beside = seek_indexes.beside(storage)
    return [_info(row, storage.location, beside) for row in found]


def remove(storage: Storage, path: str) -> int:
    """Take an archive and its images out; gives how many images moved to another place."""
    with writer.claim(storage, "imnet-data archives remove"):
        with writing(storage) as connection:
            row = rows.find_archive(connection, to_uri(path, storage.location))
            if row is None:
                raise UnknownArchive(path)
            removal.set_aside(connection, row.id)
            moved = removal.drop_aside(connection, row.id)
            forget_origin(connection, row.id)
            rows.remove_archive(connection, row.id)
            rows.drop_unused_releases(connection)
            drop_unused_synsets(connection)
        seek_indexes.tidy(storage)
    return moved


def relocate(storage: Storage, old: str, new: str) -> list[str]:
    """Move the stored paths of the archives at or below `old` to `new`; all of them, or none."""
    old, new = absolute(old), absolute(new)
    moved: list[tuple[str, Any, dict[str, str]]] = []
    with writer.claim(storage, "imnet-data archives relocate"):
        with writing(storage) as connection:
            known = {row.uri for row in rows.list_archives(connection)}
            for row in rows.list_archives(connection):
                path = from_uri(row.uri, storage.location)
                if path != old and not path.startswith(old.rstrip("/") + "/"):
                    continue
                target = new + path[len(old) :]
                uri = to_uri(target, storage.location)
                if uri in known and uri != row.uri:
                    raise ArchiveTaken(target, old=path)
                _check_same(target, row)
                values = {"uri": uri, "signature": _signature_at(target, path, row)}
                rows.change_archive(connection, row.id, **values)
                moved.append((target, row, values))
            if not moved:
                raise UnknownArchive(old)
            bulk.note_change(connection)
        beside = seek_indexes.beside(storage)
        for _, row, values in moved:
            seek_indexes.move(row, beside, **values)
    return [target for target, _, _ in moved]


def stats(storage: Storage, tally: Tally) -> Stats:
    """The catalogue's numbers, from its counts."""
    releases = {
        name: {
            split.label: _amount(tally, (tally.release_ids == release_id) & (tally.splits == split))
            for split in Split
            if ((tally.release_ids == release_id) & (tally.splits == split)).any()
        }
        for release_id, name in sorted(tally.releases.items(), key=lambda item: item[1])
    }
    return Stats(
        images=int(tally.images.sum()),
        bytes=int(tally.bytes.sum()),
        synsets=len(np.unique(tally.synsets[tally.synsets != UNLABELLED])),
        unlabelled=tally.unlabelled,
        splits={
            split.label: _amount(tally, tally.splits == split)
            for split in Split
            if (tally.splits == split).any()
        },
        releases={name: held for name, held in releases.items() if held},
        archives=list_archives(storage),
    )


def _amount(tally: Tally, mask: Any) -> Amount:
    return Amount(int(tally.images[mask].sum()), int(tally.bytes[mask].sum()))


def _info(row: Any, location: str, beside: str) -> ArchiveInfo:
    return ArchiveInfo(
        id=row.id,
        path=from_uri(row.uri, location),
        release=row.release_name,
        layout=row.layout,
        container=row.container,
        splits=tuple(row.splits.split("+")) if row.splits else (),
        classes=row.classes,
        images=row.images,
        size_bytes=row.bytes,
        unlabelled=row.unlabelled,
        alternates=row.alternates,
        boxes=row.boxes,
        boxed_images=row.boxed_images,
        ignored=row.ignored,
        file_size=row.size,
        is_loading=row.state == rows.LOADING,
        faults=tuple(faults_from_text(row.faults)),
        template=row.template,
        seek_index=seek_indexes.seek_index_of(row, beside),
        is_partial=row.state == rows.PARTIAL,
        source=row.source,
        checksum=row.checksum,
    )


def _signature_at(target: str, path: str, row: Any) -> str:
    """The signature of what was moved: on the way to a store, or out of one, it gets another."""
    if not (is_url(target) or is_url(path)):
        return str(row.signature)
    if row.container == FOLDER:
        scan = folder_scan(target)
        for _ in scan.runs():
            pass
        now = scan.signature()
    else:
        now = signature_of(status(target))
    _, space, labels = str(row.signature).partition(" ")
    return f"{now}{space}{labels}"


def _check_same(path: str, row: Any) -> None:
    """That what is at a path can be the archive of a row: the same kind, and as large."""
    kind = kind_of(path)
    if kind != row.container:
        raise ArchiveChanged(path, f"it is a {kind}, and was a {row.container}")
    if kind == FOLDER:
        size = sum(sum(run.sizes) for run in folder_scan(path).runs())
    else:
        size = status(path).size
    if size != row.size:
        raise ArchiveChanged(path, f"it has {size:,} bytes, and had {row.size:,}")
