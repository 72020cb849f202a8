"""PostgreSQL's errors as storage's own, by their five characters or, at the door, by their words.

Imported only where a catalogue is in PostgreSQL: this module needs psycopg.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import psycopg

from .errors import (
    Busy,
    Cancelled,
    Denied,
    Failed,
    Foreign,
    Full,
    LoginRefused,
    Lost,
    NoDatabase,
    ReadOnly,
    StorageError,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_CODE: Final[Mapping[str, type[StorageError]]] = {
    "25006": ReadOnly,
    "28000": LoginRefused,
    "28P01": LoginRefused,
    "3D000": NoDatabase,
    "3F000": NoDatabase,
    "42501": Denied,
    "42703": Foreign,  # no such column
    "42P01": Foreign,  # no such table
    "53100": Full,
    "55P03": Busy,
    "57014": Cancelled,
    "57P01": Lost,  # the administrator ended this connection
    "57P02": Lost,  # another process of the server crashed
    "57P03": Unreachable,  # it is starting up or shutting down
    "57P05": Lost,  # idle for too long
    "25P03": Lost,  # idle in a transaction for too long
}
_BY_CLASS: Final[Mapping[str, type[StorageError]]] = {"08": Lost, "28": LoginRefused, "53": Failed}

# A server that refuses a connection tells libpq its code, and libpq only its words.
_AT_THE_DOOR: Final = (
    ("password authentication failed", LoginRefused),
    ("no password supplied", LoginRefused),
    ("authentication failed", LoginRefused),
    ("no pg_hba.conf entry", LoginRefused),
    ("pg_hba.conf rejects", LoginRefused),
    ("is not permitted to log in", LoginRefused),
    ("permission denied for database", Denied),
)


_BEFORE_WORDS: Final = re.compile(
    r"^(?:connection failed|connection is bad|consuming input failed): "
)
# What libpq adds on lines of their own: advice, and what it takes to have happened.
_GUESSES: Final = ("Is the server", "- host", "This probably means", "before or while processing")


def explained(location: str, error: psycopg.Error) -> StorageError:
    """An error of a connection that was made once."""
    code = error.sqlstate or ""
    words = _words(error)
    kind = _BY_CODE.get(code) or _BY_CLASS.get(code[:2])
    if kind is None:
        broken = not code and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        kind = Lost if broken else Failed
    return kind(location, "another process" if kind is Busy else words)


def refused(location: str, error: psycopg.Error) -> StorageError:
    """An error of connecting."""
    words = _words(error)
    if isinstance(error, psycopg.ProgrammingError):
        return Failed(location, words)  # a parameter that libpq does not know
    for sign, kind in _AT_THE_DOOR:
        if sign in words:
            return kind(location, words)
    if words.endswith("does not exist"):
        return (NoDatabase if words.startswith("database") else LoginRefused)(location, words)
    return Unreachable(location, words)


def _words(error: psycopg.Error) -> str:
    """What the server says, on one line, without what only locates it."""
    if error.diag.message_primary:
        return error.diag.message_primary
    # Of several hosts the last one's: they stand on a line each.
    lines = [line.strip() for line in str(error).splitlines()]
    said = [line for line in lines if line and not line.startswith(_GUESSES)]
    words = said[-1] if said else type(error).__name__
    for label in ("FATAL:", "ERROR:", "PANIC:"):
        if label in words:
            return words.rpartition(label)[2].strip()
    return _BEFORE_WORDS.sub("", words)
