"""Logins: each is bound to one host, and what is secret in it never shows.

Where they are read from is logins.py's; what a source wants, the registry's.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit
from urllib.request import Request

if TYPE_CHECKING:
    from http.cookiejar import CookieJar

Kind = Literal["cookies", "header", "token", "password"]

_NAMES = {
    "cookies": "cookies",
    "header": "a header",
    "token": "a token",
    "password": "a user and password",
}
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Place:
    """What a login is bound to: a host, and where they are said a port and a scheme."""

    host: str
    port: int | None = None
    scheme: str = ""

    @classmethod
    def of(cls, text: str) -> Place:
        """The place of `HOST`, `HOST:PORT` or `http://HOST[:PORT]`.

        Raises:
            ValueError: it is none.

        >>> Place.of("http://Mirror.example.org:8080")
        Place(host='mirror.example.org', port=8080, scheme='http')
        """
        parts = urlsplit(text if "://" in text else f"//{text}")
        if not parts.hostname or parts.path.strip("/") or parts.query or "@" in parts.netloc:
            raise ValueError("a host is written HOST, HOST:PORT or https://HOST")
        return cls(parts.hostname.lower(), parts.port, parts.scheme.lower())

    def holds(self, url: str) -> bool:
        """Whether a URL lies here; over plain http only where that was said, or on this machine."""
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
        if host != self.host or scheme not in _PORTS or (self.scheme and scheme != self.scheme):
            return False
        if scheme == "http" and self.scheme != "http" and not is_here(host):
            return False
        port = parts.port or _PORTS[scheme]
        return port == (self.port or _PORTS[scheme])

    def __str__(self) -> str:
        scheme = f"{self.scheme}://" if self.scheme else ""
        return f"{scheme}{self.host}{'' if self.port is None else f':{self.port}'}"


def is_here(host: str) -> bool:
    """Whether a host is this machine, so that nothing said to it leaves it."""
    return host in ("localhost", "::1") or host.startswith("127.")


@dataclass(frozen=True, slots=True)
class Credentials:
    """One login for one host; `origin` says where it was read, such as `$IMNET_DATA_TOKEN`.

    It does not show what is secret: neither printed, nor pickled into another process.

    >>> login = Credentials.token("mirror.example.org", "s3cret", origin="$IMNET_DATA_TOKEN")
    >>> login
    <a token for mirror.example.org from $IMNET_DATA_TOKEN>
    >>> login.headers("https://mirror.example.org/train.tar")
    {'Authorization': 'Bearer s3cret'}
    >>> login.headers("https://elsewhere.example.org/train.tar")
    {}
    """

    kind: Kind
    place: Place
    origin: str
    _headers: dict[str, str] = field(default_factory=dict, compare=False)
    _jar: CookieJar | None = field(default=None, compare=False)

    def headers(self, url: str) -> dict[str, str]:
        """The headers that a request to a URL carries; none where it goes to another host."""
        if not self.place.holds(url):
            return {}
        if self._jar is None:
            return dict(self._headers)
        request = Request(url)  # noqa: S310 - it is only asked for its cookies, never opened
        self._jar.add_cookie_header(request)
        cookie = request.get_header("Cookie")
        return {"Cookie": cookie} if cookie else {}

    @property
    def what(self) -> str:
        """What kind of login it is, in words."""
        return _NAMES[self.kind]

    def __repr__(self) -> str:
        return f"<{self.what} for {self.place} from {self.origin}>"

    def __reduce__(self) -> str:
        raise TypeError("a login is not pickled: it would lie in a file or a pipe")

    @classmethod
    def token(cls, place: str, token: str, *, origin: str) -> Credentials:
        """A bearer token."""
        return cls("token", Place.of(place), origin, {"Authorization": f"Bearer {_line(token)}"})

    @classmethod
    def password(cls, place: str, login: str, *, origin: str) -> Credentials:
        """A `USER:PASSWORD`, sent as HTTP's basic authentication has it.

        Raises:
            ValueError: it has no colon.
        """
        if ":" not in login:
            raise ValueError("a user and a password are written USER:PASSWORD")
        packed = b64encode(_line(login).encode()).decode("ascii")
        return cls("password", Place.of(place), origin, {"Authorization": f"Basic {packed}"})

    @classmethod
    def header(cls, place: str, header: str, *, origin: str) -> Credentials:
        """A header of any name, written `NAME: VALUE`.

        Raises:
            ValueError: it has no colon.
        """
        name, colon, value = _line(header).partition(":")
        if not colon or not name.strip():
            raise ValueError("a header is written NAME: VALUE")
        return cls("header", Place.of(place), origin, {name.strip(): value.strip()})

    @classmethod
    def cookies(cls, place: str, jar: CookieJar, *, origin: str) -> Credentials:
        """The cookies of a jar that are a host's own."""
        return cls("cookies", Place.of(place), origin, _jar=jar)


def _line(secret: str) -> str:
    """A secret without the newline that its file ended with; one with more is none.

    The sentence does not hold it.
    """
    secret = secret.strip()
    if not secret or not secret.isprintable():
        raise ValueError("it is empty, or not one line of text")
    return secret


def place_of(url: str) -> str:
    """How the place of a URL is written, so that a login bound to it is sent there.

    >>> place_of("https://host.example.org/a.tar"), place_of("http://mirror:8080/a.tar")
    ('host.example.org', 'http://mirror:8080')
    """
    parts = urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2].lower()
    unsaid = parts.scheme == "http" and not is_here(parts.hostname or "")
    return f"http://{netloc}" if unsaid else netloc


def without_login(url: str) -> tuple[str, str | None]:
    """A URL without the `USER:PASSWORD@` that it may hold, and that login apart.

    >>> without_login("https://me:s3cret@mirror.example.org/train.tar")
    ('https://mirror.example.org/train.tar', 'me:s3cret')
    """
    parts = urlsplit(url)
    if parts.scheme.lower() not in _PORTS or "@" not in parts.netloc:
        return url, None
    login, _, netloc = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=netloc)), unquote(login)


def shown(url: str) -> str:
    """A URL as it may be shown and kept: without a login, and without the signature of its query.

    >>> shown("https://me:s3cret@host.example.org/a.tar?X-Amz-Signature=aa&part=1#b")
    'https://host.example.org/a.tar'
    """
    bare, _ = without_login(url)
    parts = urlsplit(bare)
    return urlunsplit(SplitResult(parts.scheme, parts.netloc, parts.path, "", ""))
