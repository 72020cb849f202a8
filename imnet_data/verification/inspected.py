"""What is known of images by their rows: digests and sizes, where they are of the present bytes.

Recording them is recording.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.db import comparisons, inspections
from imnet_data.db.engine import reading
from imnet_data.storage import storage_errors
from imnet_data.verification.stamps import fits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.db.engine import Storage


class Inspected:
    """Answers from the inspections of one catalogue, as its archives stand when it is made."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        with storage_errors(), reading(storage) as connection:
            self._signatures = comparisons.signatures(connection)

    def digests(self, rows: Sequence[Sequence[Any]]) -> list[bytes | None]:
        """The first 16 bytes of the SHA-256 of images, by rows of `selects.IMAGE_COLUMNS`.

        None where it is not known, or of other bytes than the catalogue has now.
        """
        with storage_errors(), reading(self._storage) as connection:
            known = inspections.digests(connection, [row[0] for row in rows])
        return [
            found[1] if (found := known.get(row[0])) and self.fits(row, found[0]) else None
            for row in rows
        ]

    def sizes(self, rows: Sequence[Sequence[Any]]) -> list[tuple[int, int] | None]:
        """(width, height) of images in pixels; None as for `digests()`."""
        with storage_errors(), reading(self._storage) as connection:
            known = inspections.sizes(connection, [row[0] for row in rows])
        return [
            found[1:3] if (found := known.get(row[0])) and self.fits(row, found[0]) else None
            for row in rows
        ]

    def fits(self, row: Sequence[Any], found_stamp: int) -> bool:
        """Whether a stamp is that of an image's row as it is now."""
        return fits(row, found_stamp, self._signatures)
