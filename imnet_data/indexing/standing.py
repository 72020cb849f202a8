"""What the catalogue knows of an archive: the same as it lies there, another one, or half of it.

Loading it is load.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imnet_data import seek_indexes
from imnet_data.archives.containers import folder_scan
from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.signature import signature_of
from imnet_data.db import archives as rows
from imnet_data.db import bulk
from imnet_data.db.engine import reading, writing
from imnet_data.db.origins import forget_origin
from imnet_data.errors import ArchiveError
from imnet_data.files.status import status
from imnet_data.indexing.known_rows import adopted, report_of, resumed
from imnet_data.indexing.label_files import asked_as
from imnet_data.indexing.load import Target
from imnet_data.layouts.layout_names import SHARDS
from imnet_data.places import to_uri

if TYPE_CHECKING:
    from imnet_data.db.engine import Row, Storage
    from imnet_data.indexing.discover import Source
    from imnet_data.indexing.identify import Asked
    from imnet_data.indexing.report import ArchiveReport
    from imnet_data.layouts.recognise import Reading

# Behind an archive's signature: what the user said that its label numbers are.
_LABELS = " labels "


@dataclass(frozen=True, slots=True)
class Known:
    """A source with what tells whether it changed."""

    source: Source
    uri: str
    size: int
    signature: str


class Standing:
    """Holds sources against the catalogue's rows; `asked` is what the user said of them."""

    def __init__(self, storage: Storage, asked: Asked) -> None:
        self._storage = storage
        self._asked = asked
        self._beside: str | None = None
        self._labels = "" if asked.labels is None else asked_as(asked.labels)

    def know(self, source: Source) -> Known:
        """A source as it lies there now.

        Raises:
            ArchiveError, OSError: it cannot be indexed, or read.
        """
        if source.refusal is not None:
            raise ArchiveError(source.path, source.refusal)
        uri = to_uri(source.path, self._storage.location)
        if source.kind == FOLDER:
            scan = folder_scan(source.path)
            size = sum(sum(run.sizes) for run in scan.runs())
            return Known(source, uri, size, scan.signature())
        there = status(source.path)
        return Known(source, uri, there.size, signature_of(there))

    def unchanged(self, known: Known) -> ArchiveReport | None:
        """The report of an archive that stands in the catalogue as it is and as it is asked for."""
        with reading(self._storage) as connection:
            row = rows.find_archive(connection, known.uri)
        if row is None or row.state == rows.LOADING:
            return None
        asked = self._asked
        same = (
            row.size == known.size
            and self._is_signed_so(row, known)
            and asked.release in (None, row.release_name)
            and asked.layout in (None, row.layout)
            and (asked.split is None or asked.split.label == row.splits)
        )
        return report_of(row, known.source) if same else None

    def target(self, known: Known, taken: Reading, report: ArchiveReport) -> Target:
        """The archive's row, made or found; a load that was killed goes on where it stood."""
        values = {
            "container": known.source.kind,
            "layout": taken.layout,
            "size": known.size,
            "signature": self._signature(known, taken.layout),
            "state": rows.LOADING,
        }
        with writing(self._storage) as connection:
            row = rows.find_archive(connection, known.uri) or adopted(
                connection, known.source.path, known.uri, known.size
            )
            release_id = bulk.release_id_of(connection, taken.release)
            if row is None:
                added = rows.add_archive(
                    connection, uri=known.uri, release=release_id, template="", **values
                )
                return Target(added, release_id)
            same = (row.size, row.signature, row.layout, row.release_name) == (
                known.size,
                values["signature"],
                taken.layout,
                taken.release,
            )
            if same and row.state == rows.LOADING and row.resume:
                return resumed(row, release_id, report)
            if (row.size, row.signature.partition(_LABELS)[0]) != (known.size, known.signature):
                forget_origin(connection, row.id)
            report.outcome = "new" if row.state == rows.LOADING else "changed"
            return Target(int(row.id), release_id, replaces=True, values=values)

    def seek_index(self, known: Known) -> str | None:
        """Where the archive's seek index is, or is to be written, if it is read with one."""
        if self._beside is None:
            self._beside = seek_indexes.beside(self._storage)
        return seek_indexes.seek_index_path(
            self._beside,
            container=known.source.kind,
            uri=known.uri,
            size=known.size,
            signature=known.signature,
        )

    def _is_signed_so(self, row: Row[Any], known: Known) -> bool:
        """Whether the file is the same, and its label numbers were read as they are asked to be."""
        signature, _, labels = row.signature.partition(_LABELS)
        same = self._asked.labels is None or row.layout not in SHARDS or labels == self._labels
        return bool(signature == known.signature and same)

    def _signature(self, known: Known, layout: str) -> str:
        """The signature to keep; what the user said of label numbers is part of it."""
        if not self._labels or layout not in SHARDS:
            return known.signature
        return f"{known.signature}{_LABELS}{self._labels}"
