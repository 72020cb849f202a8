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
from imnet_data.progress import Through

if TYPE_CHECKING:
    from imnet_data.db.engine import Storage
    from imnet_data.progress import Progress

# Another host takes a claim over that nobody renewed for ten minutes; a large archive is hashed for
# longer.
_EVERY_S: Final = 60.0


class Renewing(Through):
    """Passes all on to another progress, and renews the claim that this process holds."""

    def __init__(self, progress: Progress, storage: Storage) -> None:
        super().__init__(progress)
        self._storage = storage
        self._renewed = time.monotonic()

    def beat(self) -> None:
        """Renew the claim, where a minute has gone since."""
        if time.monotonic() - self._renewed < _EVERY_S:
            return
        self._renewed = time.monotonic()
        # A catalogue that cannot be written now says so with the next batch.
        with suppress(StorageError), writing(self._storage) as connection:
            writer.renew(connection)
