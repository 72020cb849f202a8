"""Storage's errors in the words of imnet_data's own: the one place where the two meet."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from imnet_data import errors
from imnet_data.db import errors as stored
from imnet_data.db.tables import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise imnet_data's errors where the database raises its own."""
    try:
        yield
    except stored.StorageError as error:
        raise _translated(error) from error


def _translated(error: stored.StorageError) -> errors.CatalogueError:  # noqa: PLR0911 - a table
    at, detail = error.location, error.detail
    match error:
        case stored.Missing():
            return errors.NoCatalogue(at)
        case stored.Foreign():
            return errors.NotACatalogue(at, detail)
        case stored.TooNew():
            return errors.CatalogueTooNew(at, schema=detail, known=SCHEMA)
        case stored.TooOld():
            return errors.CatalogueTooOld(at, schema=detail, known=SCHEMA)
        case stored.ReadOnly():
            return errors.CatalogueReadOnly(at)
        case stored.Busy():
            return errors.CatalogueBusy(at, holder=detail)
        case _:
            return errors.CatalogueFailed(at, detail)
