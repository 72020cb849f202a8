"""Requests for ranges over HTTP: sessions, redirects by hand, and a login for its own host alone.

What an answer is worth is answers.py's, and its body http.py's.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import cookiejar_from_dict
from urllib3.exceptions import HTTPError

from imnet_data._version import VERSION
from imnet_data.errors import SourceFailed
from imnet_data.fetching.breaks import in_words, is_bad_certificate
from imnet_data.fetching.credentials import shown
from imnet_data.fetching.retry import Passing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.fetching.remote import Remote

_CONNECT_S: Final = 20.0
_REDIRECTS: Final = 10
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
# What no second try mends.
_NO_ADDRESS: Final = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)


class Asking:
    """Sends requests, for several threads at once; where redirects led is remembered."""

    def __init__(self, stall_s: float) -> None:
        self._timeouts = (min(_CONNECT_S, stall_s), stall_s)
        self._lock = threading.Lock()
        self._idle: list[requests.Session] = []
        self._closed = False
        # A link that expires is asked for again at the address that led to it.
        self._led: dict[str, str] = {}

    @contextmanager
    def session(self) -> Iterator[requests.Session]:
        """A session with its connections, nobody else's meanwhile; later ones go on with them."""
        with self._lock:
            session = self._idle.pop() if self._idle else _new_session()
        try:
            yield session
        finally:
            with self._lock:
                if not self._closed:
                    self._idle.append(session)
            if self._closed:
                session.close()

    def close(self) -> None:
        """Let go of all connections."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    def address(self, remote: Remote) -> str:
        """Where a file is asked for: where its redirects led last."""
        return self._led.get(remote.url, remote.url)

    def forget_address(self, remote: Remote) -> None:
        """Follow the redirects again at the next request: where they led does no longer answer."""
        self._led.pop(remote.url, None)

    def ask(
        self, session: requests.Session, remote: Remote, start: int, stop: int | None
    ) -> tuple[requests.Response, str]:
        """The answer to a request for a range, its body unread, and the URL that it came from.

        Raises:
            SourceFailed: there is no such address.
            Passing: no answer came.
        """
        asked = url = self.address(remote)
        for _ in range(_REDIRECTS):
            response = self._get(session, remote, url, start, stop)
            if response.status_code not in _MOVED or "Location" not in response.headers:
                if url != asked:
                    self._led[remote.url] = url
                return response, url
            response.close()
            url = urljoin(url, response.headers["Location"])
            if urlsplit(url).scheme not in ("http", "https"):
                raise SourceFailed(shown(asked), "it sends on to something that is not HTTP")
        raise SourceFailed(shown(asked), f"it sends on more than {_REDIRECTS} times")

    def _get(
        self, session: requests.Session, remote: Remote, url: str, start: int, stop: int | None
    ) -> requests.Response:
        headers = {"Accept-Encoding": "identity"}
        if stop is not None:
            headers["Range"] = f"bytes={start}-{stop - 1}"
        # Asked anew at each host on the way, for it is bound to one.
        if remote.credentials is not None:
            headers.update(remote.credentials.headers(url))
        # What a server sets is not kept: it would take the place of the cookies that are sent.
        session.cookies = cookiejar_from_dict({})
        try:
            return session.get(
                url, headers=headers, stream=True, allow_redirects=False, timeout=self._timeouts
            )
        except _NO_ADDRESS as error:
            raise SourceFailed(shown(url), "that is no address") from error
        except (requests.RequestException, HTTPError, OSError) as error:
            if is_bad_certificate(error):
                raise SourceFailed(shown(url), in_words(error)) from error
            raise broken(url, error) from error


def broken(url: str, error: Exception | str) -> Passing:
    """What is raised for a connection that broke, so that it is tried again."""
    return Passing(SourceFailed(shown(url), error if isinstance(error, str) else in_words(error)))


def _new_session() -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = f"imnet-data/{VERSION}"
    session.auth = _no_auth
    session.mount("http://", HTTPAdapter(pool_maxsize=1))
    session.mount("https://", HTTPAdapter(pool_maxsize=1))
    return session


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Without this, requests would send what ~/.netrc has for a host, or the URL's own login."""
    return request
