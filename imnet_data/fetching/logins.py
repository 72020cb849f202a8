"""Where logins are read from: the environment, and files that nobody else can read.

What a login may be sent to, and that it never shows, is credentials.py's.
"""

from __future__ import annotations

import os
import shlex
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import CredentialsRefused
from imnet_data.fetching.cookie_file import read_cookies
from imnet_data.fetching.credentials import Credentials, without_login
from imnet_data.fetching.user_files import config_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from http.cookiejar import CookieJar

COOKIES: Final = "IMNET_DATA_COOKIES"
LOGINS: Final = "IMNET_DATA_LOGINS"

_MAKERS: Final[dict[str, Callable[..., Credentials]]] = {
    "token": Credentials.token,
    "password": Credentials.password,
    "header": Credentials.header,
}
# Each is `HOST=VALUE`: a secret without a host would go wherever the next URL leads.
_VARIABLES: Final = {f"IMNET_DATA_{kind.upper()}": kind for kind in _MAKERS}


@dataclass(frozen=True, slots=True)
class Logins:
    """The logins that the user has set; the first that fits a URL is taken."""

    bound: tuple[Credentials, ...] = ()
    jars: tuple[tuple[CookieJar, str], ...] = ()

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Logins:
        """What the environment and the user's file of logins say.

        Raises:
            CredentialsRefused: one cannot be used, such as a file that others can read.
        """
        environ = os.environ if environ is None else environ
        path, chosen = config_file("logins.toml", LOGINS, environ)
        held = _of_file(path) if chosen or os.path.lexists(path) else {}
        bound = [*_of_environment(environ), *_bound(held, path)]
        jars = []
        if environ.get(COOKIES):
            jars.append((_jar(environ[COOKIES]), f"${COOKIES}"))
        jars += [
            (_jar(os.path.join(os.path.dirname(path), os.path.expanduser(entry["cookies"]))), path)
            for entry in held.values()
            if "cookies" in entry
        ]
        return cls(tuple(bound), tuple(jars))

    def for_url(self, url: str) -> Credentials | None:
        """The login that a URL is asked with: its own, else one that is set for its host."""
        bare, login = without_login(url)
        host = _address(bare)
        if login is not None:
            try:
                return Credentials.password(host, login, origin="the URL")
            except ValueError as error:
                raise CredentialsRefused("the login in the URL", str(error)) from None
        for credentials in self.bound:
            if credentials.place.holds(bare):
                return credentials
        for jar, origin in self.jars:
            cookies = Credentials.cookies(host, jar, origin=origin)
            if cookies.headers(bare):
                return cookies
        return None


def _address(url: str) -> str:
    """Scheme, host and port: what a login that came with a URL is bound to."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0]}"


def _of_environment(environ: Mapping[str, str]) -> Iterator[Credentials]:
    for variable, kind in _VARIABLES.items():
        if text := environ.get(variable):
            place, equals, value = text.partition("=")
            if not equals:
                raise CredentialsRefused(f"${variable}", "it is to be written HOST=VALUE")
            yield _made(kind, place, value, f"${variable}")


def _bound(held: Mapping[str, dict[str, str]], path: str) -> Iterator[Credentials]:
    for place, entry in held.items():
        for kind in _MAKERS:
            if kind in entry:
                yield _made(kind, place, entry[kind], path)


def _made(kind: str, place: str, value: str, origin: str) -> Credentials:
    try:
        return _MAKERS[kind](place, value, origin=origin)
    except ValueError as error:  # never with the value: it is secret
        raise CredentialsRefused(origin, str(error)) from None


def _of_file(path: str) -> dict[str, dict[str, str]]:
    """The user's file: a table a host, `["mirror.example.org"]`, with one kind of login in it."""
    _check_private(path)
    try:
        with open(path, "rb") as file:
            held: dict[str, Any] = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise CredentialsRefused(path, "it is not TOML") from None
    for place, entry in held.items():
        known = isinstance(entry, dict) and entry and not set(entry) - {*_MAKERS, "cookies"}
        if not known or not all(isinstance(value, str) for value in entry.values()):
            raise CredentialsRefused(
                path, f"of {place!r} it is to say one of cookies, header, password, token"
            )
    return held


def _jar(path: str) -> CookieJar:
    """The cookies of a file."""
    path = os.path.abspath(os.path.expanduser(path))
    _check_private(path)
    try:
        with open(path, encoding="utf-8") as file:
            return read_cookies(file)
    except UnicodeDecodeError:
        raise CredentialsRefused(path, "it is no text") from None
    except ValueError as error:
        raise CredentialsRefused(path, str(error)) from None
    except OSError as error:
        raise CredentialsRefused(path, error.strerror or "it cannot be read") from None


def _check_private(path: str) -> None:
    """Refuse a file that others can read: who can read it can log in."""
    try:
        status = os.stat(path)
    except OSError as error:
        raise CredentialsRefused(path, error.strerror or "it cannot be read") from None
    if status.st_mode & 0o077:
        raise CredentialsRefused(
            path,
            f"others can read it (mode {status.st_mode & 0o777:03o})",
            fix=f"chmod 600 {shlex.quote(path)}",
        )
