"""A progress that keeps the writer's claim alive while a long job writes nothing.

The claim is db/writer.py's; each batch that is written renews it, too.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from imnet_data.db import writer
from imnet_data.db.engine import writing
from imnet_data.db.errors import StorageError

if TYPE_CHECKING:
    from imnet_data.db.engine import Storage
    from imnet_data.progress import Progress

# Another host takes a claim over that nobody renewed for ten minutes; a large archive is hashed for
# longer.
_EVERY_S: Final = 60.0


class Renewing:
    """Passes all on to another progress, and renews the claim that this process holds."""

    def __init__(self, progress: Progress, storage: Storage) -> None:
        self._progress = progress
        self._storage = storage
        self._renewed = time.monotonic()

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """A job starts."""
        self._progress.begin(what, total, unit)

    def advance(self, n: int) -> None:
        """So many more are done."""
        self._renew()
        self._progress.advance(n)

    def end(self) -> None:
        """The job is done."""
        self._progress.end()

    def notice(self, sentence: str) -> None:
        """Pass it on."""
        self._progress.notice(sentence)

    def _renew(self) -> None:
        if time.monotonic() - self._renewed < _EVERY_S:
            return
        self._renewed = time.monotonic()
        # A catalogue that cannot be written now says so with the next batch.
        with suppress(StorageError), writing(self._storage) as connection:
            writer.renew(connection)
