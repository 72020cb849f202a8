"""The program's own tests with every catalogue in PostgreSQL: `pytest --on-postgres FILES`.

Where a test makes a catalogue in a file a database is made instead, and the file says which; a copy
of the file gets a copy of the database. Tests that look into the file itself, or at the catalogue's
path in what is told, fail then: .ci/run names files of tests that do neither.
"""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
import pytest

from imnet_data.db import engine
from tests.children import SERVER
from tests.postgres_server import postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator

_URL = b"postgresql://"


@contextmanager
def on_postgres() -> Iterator[None]:
    """Have the catalogues of this process and of its children in a server of their own."""
    with postgres_server(max_connections="400") as server, pytest.MonkeyPatch.context() as patch:
        folder = quote(str(server.folder), safe="")
        patch.setenv(SERVER, f"postgresql://{{role}}@{folder}:{server.port}/{{database}}")
        patch.setattr(engine, "_opened", engine._opened)
        install()
        yield


def install() -> None:
    """Let a catalogue's path lead to its database in this process."""
    opened = engine._opened

    def redirected(place: str, **options: Any) -> Any:
        return opened(_led(place, create=bool(options.get("create"))), **options)

    engine._opened = redirected


def _led(place: str, *, create: bool) -> str:
    path = Path(place).absolute()
    if path.is_file():
        start = path.read_bytes()[:2000]
        return _of_its_own(path, start.decode()) if start.startswith(_URL) else place
    if not create or os.path.lexists(place) or not os.access(path.parent, os.W_OK):
        return place
    return _made(path, template="template1")


def _of_its_own(path: Path, told: str) -> str:
    """The database of a file; of a copy of that file a copy of the database."""
    url, _, of = told.partition("\n")
    if of == str(path):
        return url
    if not Path(of).exists():  # the file was moved
        path.write_text(f"{url}\n{path}")
        return url
    return _made(path, template=url.rpartition("/")[2])


def _made(path: Path, *, template: str) -> str:
    at, name = os.environ[SERVER], f"t{uuid.uuid4().hex}"
    sql = f"CREATE DATABASE {name} OWNER owner TEMPLATE {template} STRATEGY file_copy"
    with psycopg.connect(at.format(role="postgres", database="postgres"), autocommit=True) as admin:
        admin.execute(sql.encode())
    url = at.format(role="owner", database=name)
    path.write_text(f"{url}\n{path}")
    return url
