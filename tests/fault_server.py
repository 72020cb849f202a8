"""A real HTTP server on loopback that serves byte ranges, and lies or breaks when it is told to.

    with serving({"a.tar": data}) as server:
        server.faults.append(reset_after(1000, times=3))
        ... server.url("a.tar") ...
        assert server.sent_bytes("a.tar") == len(data)

A fault is a function of a request; it answers True where it has dealt with it. Each is asked in
turn, and the file is served plainly where none has.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
import zlib
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PIECE = 1 << 16
LAST_MODIFIED = "Sat, 01 Feb 2020 10:00:00 GMT"
LOGIN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in - Images</title></head><body></body></html>"
)


@lru_cache(maxsize=64)
def tag_of(data: bytes) -> str:
    """The ETag of a file, worked out once: bytes remember their hash."""
    return f'"{zlib.crc32(data):08x}"'


@dataclass
class Request:
    """One request, as a fault sees it; ranges are from `start` up to `stop`."""

    handler: _Handler
    name: str
    data: bytes
    ranged: bool
    start: int
    stop: int
    number: int  # of this server's requests for this file, from 1
    headers: Mapping[str, str]

    @property
    def etag(self) -> str:
        return tag_of(self.data)

    def head(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        self.handler.send_response(status)
        for name, value in (headers or {}).items():
            self.handler.send_header(name, value)
        self.handler.end_headers()

    def answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.head(status, {"Content-Length": str(len(body)), **(headers or {})})
        self.send(body)

    def described(self, **replaced: str) -> dict[str, str]:
        """The headers of an honest answer to a range, with some replaced."""
        headers = {
            "Content-Type": "application/x-tar",
            "Accept-Ranges": "bytes",
            "ETag": self.etag,
            "Last-Modified": LAST_MODIFIED,
            "Content-Length": str(self.stop - self.start),
        }
        if self.ranged:
            headers["Content-Range"] = f"bytes {self.start}-{self.stop - 1}/{len(self.data)}"
        headers.update({name.replace("_", "-"): value for name, value in replaced.items()})
        return headers

    def send(self, body: bytes | memoryview) -> None:
        """Send bytes of a body, at the server's pace, counting them."""
        server = self.handler.server
        view = memoryview(body)
        for at in range(0, len(view), PIECE):
            piece = view[at : at + PIECE]
            self.handler.wfile.write(piece)
            server.count(self.name, len(piece))
            if server.bytes_per_s:
                time.sleep(len(piece) / server.bytes_per_s)

    def reset(self) -> None:
        """Break the connection as a dying router does: without a goodbye."""
        with suppress(OSError):
            self.handler.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        self.handler.close_connection = True
        with suppress(OSError):
            self.handler.wfile.flush()
        self.handler.connection.close()

    def stall(self, seconds: float) -> None:
        """Say nothing, until the client has gone or the server ends."""
        self.handler.server.ending.wait(seconds)

    def plainly(self) -> None:
        """Serve what was asked for."""
        if self.ranged and not self.start < self.stop:
            self.answer(416, b"", {"Content-Range": f"bytes */{len(self.data)}"})
            return
        self.head(206 if self.ranged else 200, self.described())
        self.send(memoryview(self.data)[self.start : self.stop])


class FaultServer(ThreadingHTTPServer):
    """The server; `files` can be changed while it runs."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = dict(files)
        self.faults: list[Callable[[Request], bool]] = []
        self.bytes_per_s = 0  # of each connection; 0 is as fast as it goes
        self.requests: list[Request] = []
        self.ending = threading.Event()
        self._sent: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def url(self, name: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_address[1]}/{name}"

    def sent_bytes(self, name: str) -> int:
        """Bytes of bodies sent of a file so far, whole and broken answers alike."""
        with self._lock:
            return self._sent[name]

    def count(self, name: str, n: int) -> None:
        with self._lock:
            self._sent[name] += n

    def seen(self, request: Request) -> int:
        with self._lock:
            self.requests.append(request)
            return sum(one.name == request.name for one in self.requests)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that are killed break their connections; that is what they are here for."""


@dataclass
class _Times:
    """How often a fault strikes yet; None is for ever."""

    left: int | None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        with self.lock:
            if self.left is None:
                return True
            self.left -= 1
            return self.left >= 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultServer

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        name = urlsplit(self.path).path.lstrip("/")
        data = self.server.files.get(name, b"")
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        stop = min(int(asked[2]) + 1, len(data)) if asked and asked[2] else len(data)
        request = Request(self, name, data, bool(asked), start, stop, 0, dict(self.headers))
        request.number = self.server.seen(request)
        with suppress(ConnectionError, TimeoutError):
            if any(fault(request) for fault in list(self.server.faults)):
                return
            if name not in self.server.files:
                request.answer(404, b"no such file")
                return
            request.plainly()
            return
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[FaultServer]:
    """A server on a free port of 127.0.0.1 (and so of `localhost`), until the context ends."""
    server = FaultServer(files)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


# -- faults


def only_from(offset: int, fault: Callable[[Request], bool]) -> Callable[[Request], bool]:
    """A fault for ranges that begin at an offset or later, so that a probe gets past it."""
    return lambda request: request.start >= offset and fault(request)


def after(requests: int, fault: Callable[[Request], bool]) -> Callable[[Request], bool]:
    """A fault for the requests for a file after the first so many."""
    return lambda request: request.number > requests and fault(request)


def reset_after(sent: int, times: int | None = 1) -> Callable[[Request], bool]:
    """Break the connection after so many bytes of a body that is longer."""
    return _ended(sent, times, Request.reset)


def cut_short(sent: int, times: int | None = 1) -> Callable[[Request], bool]:
    """End a body early and politely, with a Content-Length that promised more."""

    def end(request: Request) -> None:
        request.handler.close_connection = True

    return _ended(sent, times, end)


def _ended(
    sent: int, times: int | None, end: Callable[[Request], None]
) -> Callable[[Request], bool]:
    """So many bytes of a body that is longer, and then its end."""
    left = _Times(times)

    def fault(request: Request) -> bool:
        if request.stop - request.start <= sent or not left.take():
            return False
        request.head(206 if request.ranged else 200, request.described())
        request.send(memoryview(request.data)[request.start : request.start + sent])
        end(request)
        return True

    return fault


def flip(offset: int, times: int | None = 1) -> Callable[[Request], bool]:
    """Flip the byte at an offset of the file on its way."""
    left = _Times(times)

    def fault(request: Request) -> bool:
        if not (request.start <= offset < request.stop and request.stop - request.start > 1):
            return False
        if not left.take():
            return False
        body = bytearray(request.data[request.start : request.stop])
        body[offset - request.start] ^= 0x40
        request.head(206 if request.ranged else 200, request.described())
        request.send(bytes(body))
        return True

    return fault


def whole_for_range(times: int | None = None) -> Callable[[Request], bool]:
    """Answer a range with 200 and the whole file."""
    left = _Times(times)

    def fault(request: Request) -> bool:
        if not request.ranged or not left.take():
            return False
        request.start, request.stop, request.ranged = 0, len(request.data), False
        request.plainly()
        return True

    return fault


def status(code: int, times: int | None = 1, **headers: str) -> Callable[[Request], bool]:
    """Answer with an error, with headers such as `Retry_After="1"`."""
    left = _Times(times)

    def fault(request: Request) -> bool:
        if not left.take():
            return False
        request.answer(code, b"no", {name.replace("_", "-"): v for name, v in headers.items()})
        return True

    return fault


def stall(seconds: float, sent: int = 0, times: int | None = 1) -> Callable[[Request], bool]:
    """Send so many bytes of a body that is longer, and then nothing for a while."""
    left = _Times(times)

    def fault(request: Request) -> bool:
        if request.stop - request.start <= max(sent, 1) or not left.take():
            return False
        request.head(206 if request.ranged else 200, request.described())
        request.send(memoryview(request.data)[request.start : request.start + sent])
        request.stall(seconds)
        request.handler.close_connection = True
        return True

    return fault


def html(
    times: int | None = None, content_type: str = "text/html; charset=utf-8"
) -> Callable[[Request], bool]:
    """Answer with a page to log in on, and 200."""
    left = _Times(times)

    def fault(request: Request) -> bool:
        if not left.take():
            return False
        request.answer(200, LOGIN_PAGE, {"Content-Type": content_type})
        return True

    return fault


def described_as(times: int | None = None, **headers: str) -> Callable[[Request], bool]:
    """Serve the bytes, but describe them otherwise: `ETag`, `Last_Modified`, `Content_Range`."""
    left = _Times(times)

    def fault(request: Request) -> bool:
        if not left.take():
            return False
        request.head(206 if request.ranged else 200, request.described(**headers))
        request.send(memoryview(request.data)[request.start : request.stop])
        return True

    return fault


def redirect(to: Callable[[Request], str], code: int = 302) -> Callable[[Request], bool]:
    """Send the client elsewhere, where the URL it gives is not this one's own path."""

    def fault(request: Request) -> bool:
        request.answer(code, b"", {"Location": to(request)})
        return True

    return fault


def needs(header: str, value: str) -> Callable[[Request], bool]:
    """401 without a header of that value."""

    def fault(request: Request) -> bool:
        if request.headers.get(header) == value:
            return False
        request.answer(401, b"log in")
        return True

    return fault


def only_for(name: str, fault: Callable[[Request], bool]) -> Callable[[Request], bool]:
    """A fault for one file alone."""
    return lambda request: request.name == name and fault(request)
