"""An open catalogue as a thing: where it is, whether it can be changed, its end.

What is asked of it is its parts'.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, cast

from imnet_data.db import engine
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.catalogue import Catalogue
    from imnet_data.db.engine import Storage
    from imnet_data.image_rows import ImageRows
    from imnet_data.scope import Scope


class Opened:
    """What every part of a catalogue has at hand."""

    _storage: Storage
    scope: Scope
    rows: ImageRows

    @property
    def path(self) -> str:
        """Where the catalogue is: an absolute path, or a URL without its password."""
        return self._storage.location

    @property
    def writable(self) -> bool:
        """Whether this account can change it."""
        return self._storage.writable

    @property
    def uuid(self) -> str:
        """What tells this catalogue from any other, wherever it is moved to."""
        with storage_errors():
            return engine.catalogue_uuid(self._storage)

    def close(self) -> None:
        """Close it; queries made from it end."""
        self._storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Catalogue {self.path}>"

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """One read transaction."""
        with storage_errors(), engine.reading(self._storage) as connection:
            yield connection

    @property
    def _whole(self) -> Catalogue:
        """The catalogue that this is a part of."""
        return cast("Catalogue", self)
