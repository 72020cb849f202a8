"""What the catalogue's row of an archive says when it is met again: a report, or where to go on.

Whether the archive has changed since is standing.py's to tell.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from imnet_data.archives.tars.partial import PART
from imnet_data.db import archives as rows
from imnet_data.files.address import is_url
from imnet_data.indexing.load import Target
from imnet_data.indexing.report import ArchiveReport
from imnet_data.indexing.stored_text import faults_from_text, position_from_text

if TYPE_CHECKING:
    from imnet_data.db.engine import Connection, Row
    from imnet_data.indexing.discover import Source


def adopted(connection: Connection, path: str, uri: str, size: int) -> Row[Any] | None:
    """The row of a download that was indexed in part, once its file has its finished name.

    Its images then keep their ids, and none is taken for a second copy of itself.
    """
    if is_url(path) or os.path.exists(path + PART):
        return None  # another download of the same name: both are there
    row = rows.find_archive(connection, uri + PART)
    if row is None or row.size != size:
        return None
    rows.change_archive(connection, row.id, uri=uri)
    return row


def resumed(row: Row[Any], release_id: int, report: ArchiveReport) -> Target:
    """Where a load that was cut off goes on, with what it had found put into the report."""
    report.outcome = "resumed"
    report.images, report.size_bytes = row.images, row.bytes
    report.unlabelled, report.alternates, report.ignored = (
        row.unlabelled,
        row.alternates,
        row.ignored,
    )
    report.boxes, report.boxed_images = row.boxes, row.boxed_images
    return Target(
        row.id,
        release_id,
        resume=position_from_text(row.resume),
        template=row.template,
        faults=faults_from_text(row.faults),
    )


def report_of(row: Row[Any], source: Source) -> ArchiveReport:
    """The report of an archive that stands in the catalogue as it is."""
    return ArchiveReport(
        source.path,
        source.given,
        "unchanged",
        row.layout,
        row.release_name,
        "as indexed before",
        splits=row.splits.split("+") if row.splits else [],
        classes=row.classes,
        images=row.images,
        size_bytes=row.bytes,
        unlabelled=row.unlabelled,
        ignored=row.ignored,
        alternates=row.alternates,
        boxes=row.boxes,
        boxed_images=row.boxed_images,
        faults=faults_from_text(row.faults),
    )
