"""The files beside an archive that is being mended: what was fetched again, and the redo log.

What is in the log is redo.py's; how the bytes come is fetching's, journal and all.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

from imnet_data.fetching.partial import claim_path, journal_path, part_path
from imnet_data.lasting import sync_folder_of


@dataclass(frozen=True, slots=True)
class Side:
    """The names of the files beside `archive`, a path."""

    archive: str

    @property
    def target(self) -> str:
        """What was fetched again, once that is the whole file; else its `.part`."""
        return f"{self.archive}.repair"

    @property
    def log(self) -> str:
        """The redo log: from when it is here, the archive is being written."""
        return f"{self.archive}.repair.applying"

    @property
    def claim(self) -> str:
        """The claim that fetching the archive anew takes as well: one of the two has to wait."""
        return claim_path(self.archive)

    def data(self) -> str | None:
        """The file with what was fetched again; None where none is there."""
        paths = (self.target, part_path(self.target))
        return next((path for path in paths if os.path.exists(path)), None)

    def drop_data(self) -> None:
        """Throw away what was fetched again."""
        # The data first, as fetching does: a journal without data is as nothing.
        for path in (self.target, part_path(self.target), journal_path(self.target)):
            with suppress(FileNotFoundError):
                os.unlink(path)

    def tidy(self) -> None:
        """Remove what a run left that was cut off, where its archive is whole by now."""
        if os.path.exists(journal_path(self.target)) or os.path.exists(self.log):
            self.remove()

    def remove(self) -> None:
        """Remove all of them, the log last: while it is here, the next run looks after the rest."""
        self.drop_data()
        with suppress(FileNotFoundError):
            os.unlink(self.log)
        sync_folder_of(self.archive)
