"""Storage's errors become imnet_data's own, each its own."""

from __future__ import annotations

import pytest

from imnet_data.db import errors as stored
from imnet_data.errors import CatalogueError, CatalogueFailed, ImnetDataError
from imnet_data.storage import storage_errors

URL = "postgresql://db.lab/imagenet"


def translated(error: stored.StorageError) -> ImnetDataError:
    with pytest.raises(ImnetDataError) as told, storage_errors():
        raise error
    return told.value


def test_each_kind_of_error_has_one_of_its_own_that_says_where_and_why() -> None:
    kinds = stored.StorageError.__subclasses__()
    found = {kind: translated(kind(URL, "because")) for kind in kinds}
    assert len({type(error) for error in found.values()}) == len(kinds)
    for kind, error in found.items():
        if isinstance(error, CatalogueError):
            assert error.location == URL
            assert URL in str(error)
        assert type(error) is not CatalogueFailed or kind is stored.Failed


def test_a_missing_driver_is_an_extra_to_install() -> None:
    error = translated(stored.NeedsDriver(URL, "No module named 'psycopg'"))
    assert (
        str(error) == "a catalogue in PostgreSQL needs psycopg: pip install 'imnet-data[postgres]'"
    )
