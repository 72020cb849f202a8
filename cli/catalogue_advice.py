"""What to type next when a catalogue cannot be opened, read or written."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from imnet_data import errors
from imnet_data.db.addresses import is_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.cli.session import Session

_KEPT = "what was indexed or verified so far is kept"
_READER = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO ROLE"


def advice_on_catalogue(error: errors.CatalogueError, session: Session) -> str | None:
    """A command, or a few words with one."""
    on_server = isinstance(error, errors.BadCatalogueAddress) or is_url(error.location)
    own = _on_a_server(error, session) if on_server else _on_a_file(session).get(type(error))
    if own is not None:
        return own
    return {
        errors.NoCatalogue: _making(error.location, session),
        errors.CatalogueTooNew: "pip install --upgrade imnet-data",
        errors.CatalogueBusy: "the same command when that is done",
        errors.CatalogueFull: f"the same command when there is room on its disk; {_KEPT}",
    }.get(type(error))


def _making(location: str, session: Session) -> str:
    """How a catalogue is made where none is; `catalogue copy` looks elsewhere than at -c's."""
    if location in {session.shown, os.path.abspath(session.path)}:
        return f"{session.line('index')} PATH…, which makes one, or -c with its path"
    return f"{shlex.join(['imnet-data', '-c', location, 'index'])} PATH…, which makes one"


def _on_a_file(session: Session) -> dict[type[errors.CatalogueError], str]:
    return {
        errors.NotACatalogue: "-c with a catalogue's path, or one where nothing is yet",
        errors.CatalogueTooOld: f"{session.line('stats')}, as a user who may write to it",
        errors.CatalogueReadOnly: "-c with a path in a folder of your own",
    }


def _on_a_server(error: errors.CatalogueError, session: Session) -> str | None:
    where = shlex.quote(error.location)
    if isinstance(error, errors.NoDatabase) and error.reason.startswith("database"):
        return _createdb(error.location)
    grant = f"psql {where} -c {shlex.quote(_READER)}"
    return {
        errors.BadCatalogueAddress: "-c with a file's path, or postgresql://USER@HOST/DATABASE",
        errors.NotACatalogue: "-c with a database where nothing is yet; createdb makes one",
        errors.CatalogueTooOld: f"{session.line('stats')}, as the role that owns its tables",
        errors.CatalogueReadOnly: (
            "-c postgresql://ROLE@HOST/DATABASE, with a role that may write; "
            "where no tables are yet, with the database's owner"
        ),
        errors.ServerUnreachable: f"pg_isready -d {where}, which asks whether a server answers",
        errors.ServerLoginRefused: "$PGPASSWORD or ~/.pgpass with the password, or another USER@",
        errors.NoDatabase: f"psql {where} -c 'CREATE SCHEMA NAME'",
        errors.RightsMissing: f"{grant}, as its owner, for a role that only reads",
        errors.ConnectionLost: f"the same command; {_KEPT}",
        errors.StatementCancelled: f"the same command; {_KEPT}",
    }.get(type(error))


def _createdb(location: str) -> str:
    """The command that makes the database of a URL."""
    try:
        parts = urlsplit(location)
        options: Sequence[tuple[str, object]] = (
            ("-h", parts.hostname), ("-p", parts.port), ("-U", parts.username)
        )  # fmt: skip
    except ValueError:  # several hosts, each with its port
        return "createdb"
    words = [word for name, value in options if value for word in (name, unquote(str(value)))]
    return shlex.join(["createdb", *words, unquote(parts.path.lstrip("/"))]).removesuffix(" ''")
