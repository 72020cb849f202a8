"""Images looked at one by one and noted in a catalogue: what a verification does, in small.

For tests of what is made of that; verify.py's own tests are of how it is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.db import archives, inspections
from imnet_data.db.engine import reading, writing
from imnet_data.db.selects import image_statement, rows_in_disk_order
from imnet_data.verification.images.inspect import inspect
from imnet_data.verification.levels import Level
from imnet_data.verification.stamps import stamp

if TYPE_CHECKING:
    from imnet_data.catalogue import Catalogue
    from imnet_data.db.engine import Storage


def storage_of(catalogue: Catalogue) -> Storage:
    """The open database of a catalogue."""
    return catalogue._storage


def look_at_all(catalogue: Catalogue, level: Level = Level.DIGEST) -> None:
    """Inspect every image, and note digest and look."""
    storage = storage_of(catalogue)
    with reading(storage) as connection:
        signatures = {row.id: row.signature for row in archives.list_archives(connection)}
        statement = image_statement(synsets=None, release_ids=None, split=None)
        rows = [r for part in rows_in_disk_order(connection, statement) for r in part]
    noted: list[inspections.InspectionRow] = []
    for row, image in zip(rows, catalogue.rows.images(rows), strict=True):
        seen = inspect(image.read(), member=image.member, level=level)
        look = None if seen.look is None else int.from_bytes(
            seen.look.to_bytes(8), signed=True
        )  # fmt: skip
        archive, offset, size = row[5:8]
        place = stamp(archive, offset, size, signatures[archive])
        noted.append((row[0], place, level, None, None, None, None, seen.digest, look))
    with writing(storage) as connection:
        inspections.record(connection, noted)
