"""What goes wrong in storage, for imnet_data/storage.py to put into the words of its own errors.

StorageError
├── Missing       no file, or a database with nothing in it
├── Foreign       a file or a database that is no catalogue
├── TooNew        a later schema
├── TooOld        an earlier schema that cannot be upgraded from here
├── ReadOnly      a write to a catalogue that can only be read
├── Busy          another writer
├── Taken         something where nothing should be
├── BadAddress    a URL that names no catalogue
├── NeedsDriver   a catalogue in PostgreSQL, and no psycopg
├── Unreachable   no server answers, or it takes nobody now
├── LoginRefused  the server does not let this account in
├── NoDatabase    the server has no such database, or no such schema in it
├── Denied        the role may not do this
├── Lost          the connection broke while it was used
├── Cancelled     the server's administrator, or its time limit, ended a statement
├── Full          no room left where the database lies
└── Failed        the database's own failure
"""

from __future__ import annotations


class StorageError(Exception):
    """The root; `location` is the catalogue's path, or its URL without a password."""

    def __init__(self, location: str, detail: str = "") -> None:
        self.location = location
        self.detail = detail
        super().__init__(f"{location}: {detail}" if detail else location)


class Missing(StorageError):
    """No file, or a database with nothing in it."""


class Foreign(StorageError):
    """A file or a database that is no catalogue; `detail` says why."""


class TooNew(StorageError):
    """A later schema; `detail` is its revision."""


class TooOld(StorageError):
    """An earlier schema that cannot be upgraded from here; `detail` is its revision."""


class ReadOnly(StorageError):
    """A write to a catalogue that can only be read."""


class Busy(StorageError):
    """Another writer; `detail` says which."""


class Taken(StorageError):
    """Something is where a catalogue is to be copied to."""


class BadAddress(StorageError):
    """A URL that names no catalogue; `detail` says how one is written."""


class NeedsDriver(StorageError):
    """A catalogue in PostgreSQL where psycopg cannot be imported."""


class Unreachable(StorageError):
    """No server answers, or it takes nobody now; `detail` has the driver's words."""


class LoginRefused(StorageError):
    """The server does not let this account in; `detail` has its words."""


class NoDatabase(StorageError):
    """The server has no such database, or the database no such schema; `detail` says which."""


class Denied(StorageError):
    """The role may not do this; `detail` has the server's words."""


class Lost(StorageError):
    """The connection broke while it was used; `detail` has the driver's words."""


class Cancelled(StorageError):
    """The server ended a statement: an administrator's word or a time limit's."""


class Full(StorageError):
    """No room left where the database lies; `detail` has the database's words."""


class Failed(StorageError):
    """The database's own failure, in its words."""
