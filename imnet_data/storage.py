"""Storage's errors in the words of imnet_data's own: the one place where the two meet."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from imnet_data import errors
from imnet_data.db import errors as stored
from imnet_data.db.tables import SCHEMA
from imnet_data.extras import purpose

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise imnet_data's errors where the database raises its own."""
    try:
        yield
    except stored.StorageError as error:
        raise _translated(error) from error


# What says where the catalogue is, and in the database's own words why it cannot be used.
_SAID: Final = {
    stored.Foreign: errors.NotACatalogue,
    stored.BadAddress: errors.BadCatalogueAddress,
    stored.Unreachable: errors.ServerUnreachable,
    stored.LoginRefused: errors.ServerLoginRefused,
    stored.NoDatabase: errors.NoDatabase,
    stored.Denied: errors.RightsMissing,
    stored.Lost: errors.ConnectionLost,
    stored.Cancelled: errors.StatementCancelled,
    stored.Full: errors.CatalogueFull,
}


def _translated(error: stored.StorageError) -> errors.ImnetDataError:  # noqa: PLR0911 - a table
    at, detail = error.location, error.detail
    match error:
        case stored.Missing():
            return errors.NoCatalogue(at)
        case stored.TooNew():
            return errors.CatalogueTooNew(at, schema=detail, known=SCHEMA)
        case stored.TooOld():
            return errors.CatalogueTooOld(at, schema=detail, known=SCHEMA)
        case stored.ReadOnly():
            return errors.CatalogueReadOnly(at)
        case stored.Busy():
            return errors.CatalogueBusy(at, holder=detail)
        case stored.Taken():
            return errors.CatalogueTaken(at)
        case stored.NeedsDriver():
            return errors.NeedsExtra("psycopg", extra="postgres", purpose=purpose("postgres"))
        case _:
            return _SAID.get(type(error), errors.CatalogueFailed)(at, detail)
