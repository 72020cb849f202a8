"""Where a catalogue is, as people write it: a file's path, or the URL of a database in PostgreSQL.

Nothing is connected to here, and a password goes no further than to the driver.
"""

from __future__ import annotations

import re
from typing import Final

from .errors import BadAddress

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_POSTGRES: Final = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
# `libpq` itself splits in this way, so that what it takes for a host is what is taken for one here.
_PARTS: Final = re.compile(
    r"(?P<scheme>[a-z+]+)://(?:(?P<user>[^:/?@]*)(?::(?P<password>[^/?@]*))?@)?"
    r"(?P<hosts>[^/?]*)(?P<database>/[^?]*)?(?P<query>\?.*)?",
    re.DOTALL,
)
_HOST: Final = r"(?:\[[0-9A-Fa-f:.%]*\]|[^:\[\]]*)(?::\d*)?"
_HOSTS: Final = re.compile(rf"{_HOST}(?:,{_HOST})*")
_SECRETS: Final = frozenset({"password", "sslpassword"})


def is_url(place: str) -> bool:
    """Whether a catalogue's place is a URL and no path.

    >>> is_url("postgresql://db.lab/imagenet"), is_url("imagenet.db")
    (True, False)
    """
    return _SCHEME.match(place) is not None


def shown(place: str) -> str:
    """A place as it may be shown and kept: a URL's password left out, its scheme the usual one.

    Raises:
        BadAddress: it is a URL, but none of PostgreSQL's, or one whose parts cannot be told apart.

    >>> shown("postgres://ada:secret@db.lab/imagenet?sslmode=require")
    'postgresql://ada@db.lab/imagenet?sslmode=require'
    """
    scheme = _SCHEME.match(place)
    if scheme is None:
        return place
    if scheme[1].lower() not in _POSTGRES:
        raise BadAddress(f"{scheme[0]}…", "a catalogue is a file's path or postgresql://…")
    parts = _PARTS.fullmatch(_plain_scheme(place))
    # What stands behind a stray @ may be the rest of a password: none of it is shown.
    if parts is None or _stray(parts):
        said = "in a password or name, @ is written %40, : is %3A, / is %2F and ? is %3F"
        raise BadAddress("postgresql://…", said)
    user = f"{parts['user']}@" if parts["user"] else ""
    return f"postgresql://{user}{parts['hosts']}{parts['database'] or ''}{_without_secrets(parts)}"


def for_driver(place: str) -> str:
    """A URL as libpq takes it, password and all; never to be shown.

    >>> for_driver("postgresql+psycopg://db.lab/a?options=-csearch_path=imagenet")
    'postgresql://db.lab/a?options=-csearch_path%3Dimagenet'
    """
    front, sign, query = _plain_scheme(place).partition("?")
    # libpq takes no second = in a parameter, where everybody writes one.
    parts = (one.partition("=") for one in query.split("&"))
    values = (name + equals + value.replace("=", "%3D") for name, equals, value in parts)
    return front + sign + "&".join(values)


def _plain_scheme(place: str) -> str:
    return f"postgresql://{place.partition('://')[2]}"


def _stray(parts: re.Match[str]) -> bool:
    around = f"{parts['hosts']}{parts['database'] or ''}{parts['query'] or ''}"
    return "@" in around or _HOSTS.fullmatch(parts["hosts"]) is None


def _without_secrets(parts: re.Match[str]) -> str:
    given = (parts["query"] or "")[1:].split("&")
    kept = [one for one in given if one and one.partition("=")[0].lower() not in _SECRETS]
    return f"?{'&'.join(kept)}" if kept else ""
