"""The catalogue as people use it: open it, index into it, ask it for synsets and images.

Its parts stand beside this file; each hands on to the folder that does the work.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imnet_data._version import VERSION
from imnet_data.catalogue.archives import ArchivesPart
from imnet_data.catalogue.classes import ClassesPart
from imnet_data.catalogue.health import HealthPart
from imnet_data.catalogue.images import ImagesPart
from imnet_data.catalogue.subsets import SubsetsPart
from imnet_data.db import engine
from imnet_data.db.addresses import is_url
from imnet_data.image_rows import ImageRows
from imnet_data.indexing.synsets import words_of_row
from imnet_data.scope import Scope
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from imnet_data.db.engine import Storage


class Catalogue(ArchivesPart, ClassesPart, ImagesPart, HealthPart, SubsetsPart):
    """An open catalogue; close it, or use it in a `with`.

    Reading is safe from several threads and processes at once; writing to a file is for one at a
    time, and to a database on a server for several.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.scope = Scope(storage, self.images)
        self.rows = ImageRows(storage, self.scope)


def open_catalogue(path: str | os.PathLike[str], *, create: bool = False) -> Catalogue:
    """Open a catalogue, or with `create` make one where there is none.

    `path` is a file's, or the URL of a database in PostgreSQL: `postgresql://USER@HOST/DATABASE`.

    Raises:
        NoCatalogue: there is no file at this path, or nothing in this database.
        NotACatalogue, CatalogueTooNew, CatalogueTooOld: what is there cannot be used.
        CatalogueReadOnly: it is to be made where nothing can be written.
        BadCatalogueAddress: it is a URL, but of no catalogue.
        ServerError: the server does not answer, or does not serve this account.
        NeedsExtra: it is a URL, and psycopg is not installed.
    """
    place = os.fspath(path)
    location = place if is_url(place) else os.path.abspath(place)
    with storage_errors():
        storage = engine.open_storage(
            location, create=create, made_by=f"imnet-data {VERSION}", words_of=words_of_row
        )
    return Catalogue(storage)
