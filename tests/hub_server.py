"""A loopback server that speaks the Hugging Face hub's API as far as huggingface_hub needs it.

    with hub({"data/train-0.parquet": b"..."}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        ... hub_remotes(f"hf://{NAME}") ...

Files of LFS are answered with a redirect to another host, as the hub's are: a link that is signed,
and that holds for `link_uses` requests.
"""

from __future__ import annotations

import hashlib
import importlib
import itertools
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fault_server import FaultServer, Request, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "someone/imagenet-tiny"
COMMIT = "49e2ee26f3810fb5a7536bbf732a7b07389a47b5"
# Old versions of huggingface_hub want each of these.
ABOUT = {
    "id": NAME, "author": "someone", "sha": COMMIT, "lastModified": "2024-02-01T10:00:00.000Z",
    "private": False, "gated": False, "disabled": False, "downloads": 0, "likes": 0, "tags": [],
    "siblings": [],
}  # fmt: skip
LFS_BYTES = 1000  # a file of so many bytes or more is kept in LFS


class HubServer(ThreadingHTTPServer):
    """The hub, with one dataset; `store` is the host that its LFS files come from."""

    daemon_threads = True

    def __init__(self, files: Mapping[str, bytes], store: FaultServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = dict(files)
        self.store = store
        self.tokens: set[str] = set()  # those of accounts that accepted the terms
        self.revoked: set[str] = set()  # those of no account at all
        self.gated = False
        self.hides_lfs = False  # whether its listing says nothing of LFS
        self.link_uses: int | None = None
        self.seen: list[tuple[str, str, str | None]] = []  # method, path, Authorization
        self._links = itertools.count()
        self._uses: dict[str, int] = {}
        self._lock = threading.Lock()
        store.faults.append(self._expired)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def link(self, path: str) -> str:
        """A fresh link to a file on the other host."""
        self.store.files[path] = self.files[path]
        return self.store.url(path, host="localhost") + f"?Signature={next(self._links)}"

    def _expired(self, request: Request) -> bool:
        (link,) = parse_qs(urlsplit(request.handler.path).query).get("Signature", ["none"])
        with self._lock:
            self._uses[link] = self._uses.get(link, 0) + 1
            worn_out = self.link_uses is not None and self._uses[link] > self.link_uses
        if worn_out or link == "none":
            request.answer(403, b"Request has expired")
        return worn_out or link == "none"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HubServer

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.seen.append((self.command, path, self.headers.get("Authorization")))
        api, resolve = f"/api/datasets/{NAME}", f"/datasets/{NAME}/resolve/{COMMIT}/"
        if self._token() in self.server.revoked:
            self._refuse(401, None, "Invalid credentials in Authorization header")
        elif path in (api, f"{api}/revision/main", f"{api}/revision/{COMMIT}"):
            self._say_json(ABOUT)
        elif path.startswith(f"{api}/revision/"):
            self._refuse(404, "RevisionNotFound")
        elif path == f"{api}/tree/{COMMIT}":
            self._say_json([self._described(one) for one in self.server.files])
        elif path.startswith(resolve):
            self._resolve(path.removeprefix(resolve))
        else:
            self._refuse(401, "RepoNotFound")

    def _described(self, path: str) -> dict[str, object]:
        data = self.server.files[path]
        held: dict[str, object] = {"type": "file", "path": path, "size": len(data), "oid": "0" * 40}
        if len(data) >= LFS_BYTES and not self.server.hides_lfs:
            oid = hashlib.sha256(data).hexdigest()
            held["lfs"] = {"oid": oid, "size": len(data), "pointerSize": 134}
        return held

    def _resolve(self, path: str) -> None:
        if self.server.gated and self._token() not in self.server.tokens:
            self._refuse(403 if self._token() else 401, "GatedRepo")
            return
        data = self.server.files[path]
        headers = {"X-Repo-Commit": COMMIT}
        if len(data) < LFS_BYTES:
            self._say(200, data, {**headers, "ETag": f'"{hashlib.sha1(data).hexdigest()}"'})
            return
        headers |= {
            "X-Linked-ETag": f'"{hashlib.sha256(data).hexdigest()}"',
            "X-Linked-Size": str(len(data)),
            "Location": self.server.link(path),
        }
        self._say(302, b"", headers)

    def _say_json(self, value: object) -> None:
        self._say(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _token(self) -> str:
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def _refuse(self, status: int, code: str | None, message: str = "It is restricted.") -> None:
        headers = {"X-Error-Message": message} | ({"X-Error-Code": code} if code else {})
        self._say(status, b"", headers)

    def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@contextmanager
def hub(files: Mapping[str, bytes]) -> Iterator[HubServer]:
    """A hub with one dataset of these files, until the context ends."""
    with serving({}) as store:
        server = HubServer(files, store)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            _close_connections()
            server.shutdown()
            server.server_close()
            thread.join()


def _close_connections() -> None:
    """huggingface_hub keeps its connections for as long as the process lives."""
    hub_client = importlib.import_module("huggingface_hub")
    if hasattr(hub_client, "close_session"):  # from its 1.0 on
        hub_client.close_session()
