"""Byte ranges over HTTP, for several threads at once; what breaks on the way is tried again.

How requests are sent is asking.py's, and what an answer is worth answers.py's.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from weakref import WeakSet

import requests
from urllib3.exceptions import HTTPError

from imnet_data.errors import LoginNeeded
from imnet_data.fetching.answers import SNIFF_BYTES, check_range, probed, refuse_page_bytes
from imnet_data.fetching.asking import Asking, broken
from imnet_data.fetching.retry import Passing, Retries
from imnet_data.fetching.transport import PIECE_BYTES, Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from imnet_data.fetching.remote import Probe, Remote

_PROBE_TRIES: Final = 4  # a name that is wrong should not take minutes to say so


class HttpTransport:
    """HTTP(S) by requests."""

    def __init__(
        self,
        patience: Patience | None = None,
        *,
        on_retry: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self.patience = patience or Patience()
        self.tries = Retries(self.patience, on_retry)
        self.asking = Asking(self.patience.stall_s)
        self._streams: WeakSet[HttpStream] = WeakSet()
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @property
    def retries(self) -> int:
        """How often something was tried again so far."""
        return self.tries.count

    def probe(self, remote: Remote) -> Probe:
        """What a server says of a file, by asking for its first bytes.

        Raises:
            LoginNeeded: it wants a login, or another one.
            NotTheFile: something else is there.
            SourceFailed: it does not answer, or with an error.
        """
        for attempt in range(1, self.patience.tries + 1):
            try:
                return self._probe(remote)
            except Passing as passing:
                if passing.tries is None:
                    passing.tries = _PROBE_TRIES
                self._closed.wait(self.tries.fail(passing, attempt))
        raise AssertionError  # the last failure raises

    def _probe(self, remote: Remote) -> Probe:
        self.asking.forget_address(remote)
        with self.asking.session() as session:
            response, url = self.asking.ask(session, remote, 0, SNIFF_BYTES)
            try:
                if response.status_code in (401, 403):
                    given = bool(remote.credentials and remote.credentials.headers(url))
                    raise LoginNeeded(urlsplit(url).hostname or url, given=given)
                probe = probed(remote, response, url)
                refuse_page_bytes(response.raw.read(SNIFF_BYTES), url, remote.name)
            except (requests.RequestException, HTTPError, OSError) as error:
                raise broken(url, error) from error
            finally:
                response.close()
        return probe

    def stream(self, remote: Remote, probe: Probe, start: int, stop: int) -> HttpStream:
        """The bytes from `start` up to `stop`, exactly; errors come while it is read.

        Raises:
            SourceError: while it is read.
        """
        stream = HttpStream(self, remote, probe, start, stop)
        with self._lock:
            self._streams.add(stream)
        return stream

    def close(self) -> None:
        """Let go of all connections; streams of other threads end."""
        self._closed.set()
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            stream.close()
        self.asking.close()


class HttpStream:
    """The bytes of one range; broken connections are made anew where they broke."""

    def __init__(
        self, transport: HttpTransport, remote: Remote, probe: Probe, start: int, stop: int
    ) -> None:
        self._transport = transport
        self._remote = remote
        self._probe = probe
        self._at = start
        self._stop = stop
        self._response: requests.Response | None = None
        self._closed = threading.Event()
        self._renewing = False

    def __iter__(self) -> Generator[bytes]:
        in_a_row = 0
        with self._transport.asking.session() as session:
            while self._at < self._stop and not self._closed.is_set():
                before = self._at
                try:
                    self._wait(self._transport.tries.quiet_s())
                    yield from self._pieces(session)
                    if self._at == before and not self._closed.is_set():
                        raise broken(self._probe.url, "it sent nothing")
                except Passing as passing:
                    in_a_row = 1 if self._at > before else in_a_row + 1
                    self._fail(passing, in_a_row)

    def renew(self) -> None:
        """Go on over a new connection; called from another thread."""
        self._renewing = True
        self._wake()

    def close(self) -> None:
        """Ask for no more; a thread that waits for a piece wakes."""
        self._closed.set()
        self._wake()

    def _wake(self) -> None:
        response = self._response
        if response is not None:
            # Not close(): it would wait for the very lock that a reading thread holds.
            with suppress(ValueError, RuntimeError, OSError, AttributeError):
                response.raw.shutdown()

    def _fail(self, passing: Passing, in_a_row: int) -> None:
        if self._closed.is_set():
            return
        if self._renewing:
            self._renewing = False
            return
        self._wait(self._transport.tries.fail(passing, in_a_row))

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._closed.wait(seconds)

    def _pieces(self, session: requests.Session) -> Iterator[bytes]:
        """What one connection gives from here on."""
        response, skip = self._open(session)
        self._response = response
        read = response.raw.read1
        try:
            while self._at < self._stop and not self._closed.is_set():
                piece: bytes = read(PIECE_BYTES, decode_content=False)
                if not piece:
                    return
                if skip:
                    skip, piece = max(0, skip - len(piece)), piece[skip:]
                piece = piece[: self._stop - self._at]
                self._at += len(piece)
                if piece:
                    yield piece
        except (requests.RequestException, HTTPError, OSError) as error:
            raise broken(self._probe.url, error) from error
        finally:
            self._response = None
            response.close()  # one that was read to its end is back in the pool already

    def _open(self, session: requests.Session) -> tuple[requests.Response, int]:
        """The answer from here on, found in order, and how many of its bytes to pass over."""
        asking, probe = self._transport.asking, self._probe
        stop = self._stop if probe.ranges else None
        response, url = asking.ask(session, self._remote, self._at, stop)
        try:
            check_range(response, probe, self._at, self._stop, url=url, name=self._remote.name)
        except BaseException:
            response.close()
            asking.forget_address(self._remote)
            raise
        return response, 0 if probe.ranges else self._at
