"""Writing down what was learnt: the one writer, a transaction a second.

What is learnt comes from spans.py; the tables are db/inspections.py's and db/findings.py's.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from imnet_data.db import findings, inspections, selects, writer
from imnet_data.db.engine import reading, writing
from imnet_data.verification.codes import FROM_BYTES, FROM_CLASSES, FROM_COMPARING
from imnet_data.verification.once_more import ALTERED, weighed
from imnet_data.verification.spans import MOVED, Looked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from imnet_data.db.engine import Connection, Storage
    from imnet_data.verification.levels import Level
    from imnet_data.verification.spans import ImageFinding
    from imnet_data.verification.walk import Target

# What is lost to a kill; a transaction costs some milliseconds.
_FLUSH_S: Final = 1.0


class Recorder:
    """Takes what was learnt and writes it down in batches; `flush()` at the end."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._pending = Looked()
        self._flushed = time.monotonic()

    # -- of images

    def add(self, looked: Looked) -> None:
        """Take in what was learnt of some images, in the place of whatever was known of them."""
        self._pending.images += looked.images
        self._pending.rows += looked.rows
        self._pending.found += looked.found
        if time.monotonic() - self._flushed >= _FLUSH_S:
            self.flush()

    def flush(self) -> None:
        """Write down what is pending."""
        pending, self._pending = self._pending, Looked()
        if pending.images:
            with writing(self._storage) as connection:
                pending = _weighed(connection, pending)
                inspections.record(connection, pending.rows)
                findings.replace_image_findings(
                    connection, pending.images, FROM_BYTES, pending.found
                )
                inspections.forget_comparison(connection)
                writer.renew(connection)
        self._flushed = time.monotonic()

    def note_headers(self, whole: Sequence[int], moved: Looked) -> None:
        """Put down which images of a sample have their header where it was, and which have not.

        Nothing that was known of the others' bytes is touched.
        """
        with writing(self._storage) as connection:
            findings.replace_image_findings(connection, whole, {MOVED}, ())
            inspections.record(connection, moved.rows)
            findings.replace_image_findings(connection, moved.images, FROM_BYTES, moved.found)
            if moved.images:
                inspections.forget_comparison(connection)
            writer.renew(connection)

    # -- of archives

    def note_archives(
        self, codes: Collection[str], found: Mapping[int, Iterable[tuple[str, str]]]
    ) -> None:
        """Put down (code, detail) of archives as wholes, in the place of what these codes said."""
        with writing(self._storage) as connection:
            for archive_id, held in found.items():
                findings.replace_archive_findings(connection, archive_id, codes, held)
            writer.renew(connection)

    def note_level(self, targets: Iterable[Target], level: Level) -> None:
        """Put down that archives were verified as their files are now, at least so deep."""
        with writing(self._storage) as connection:
            before = inspections.archive_levels(connection)
            for target in targets:
                signature, deepest = before.get(target.info.id, ("", 0))
                if signature != target.signature or deepest < level:
                    inspections.note_archive(
                        connection, target.info.id, target.signature, level.value
                    )
            writer.renew(connection)

    # -- of all

    def note_classes(self, found: Iterable[tuple[str, int, int, int, str]]) -> None:
        """Put down what was found of the classes, in the place of all that was known of them."""
        with writing(self._storage) as connection:
            findings.replace_class_findings(connection, FROM_CLASSES, found)
            writer.renew(connection)

    def compare(self) -> None:
        """Compare all digests, where any is new or an image came or went since the last time."""
        from imnet_data.verification.comparing.compare import compared  # noqa: PLC0415 - where it is needed

        with reading(self._storage) as connection:
            if inspections.is_compared(connection):
                return
        with writing(self._storage) as connection:
            found: Iterable[ImageFinding] = compared(connection)
            findings.replace_compared_findings(connection, FROM_COMPARING, found)
            inspections.note_comparison(connection)
            writer.renew(connection)


def _weighed(connection: Connection, looked: Looked) -> Looked:
    """What is to be written down, by what was known; with what was found of bytes that changed."""
    found, altered = weighed(looked, inspections.recorded(connection, looked.images))
    for part in selects.rows_by_id(connection, list(altered)):
        for image_id, *_, archive_id in (row[:6] for row in part):
            detail = f"the SHA-256 that was first read begins with {altered[image_id].hex()}"
            found.found.append((ALTERED, image_id, archive_id, detail))
    return found
