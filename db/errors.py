"""What goes wrong in storage, for imnet_data/storage.py to put into the words of its own errors.

StorageError
├── Missing       no file
├── Foreign       a file that is no catalogue
├── TooNew        a later schema
├── TooOld        an earlier schema that cannot be upgraded from here
├── ReadOnly      a write to a catalogue that can only be read
├── Busy          another writer
└── Failed        the database's own failure
"""

from __future__ import annotations


class StorageError(Exception):
    """The root; `location` is the catalogue's path or URL."""

    def __init__(self, location: str, detail: str = "") -> None:
        self.location = location
        self.detail = detail
        super().__init__(f"{location}: {detail}" if detail else location)


class Missing(StorageError):
    """No file."""


class Foreign(StorageError):
    """A file that is no catalogue; `detail` says why."""


class TooNew(StorageError):
    """A later schema; `detail` is its revision."""


class TooOld(StorageError):
    """An earlier schema that cannot be upgraded from here; `detail` is its revision."""


class ReadOnly(StorageError):
    """A write to a catalogue that can only be read."""


class Busy(StorageError):
    """Another writer; `detail` says which."""


class Failed(StorageError):
    """The database's own failure, in its words."""
