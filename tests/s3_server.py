"""A loopback server that speaks S3 as far as needed here: lists, heads, ranges, puts, deletions.

Reads and puts may be conditional; what comes in parts is tests/radosgw_server.py's. It knows one
key; what is signed with another is refused as Amazon refuses it. The client's part is
s3fs's and botocore's own.
"""

from __future__ import annotations

import hashlib
import re
import threading
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEY = "AKIDEXAMPLE"
_TIME = "2020-02-01T10:00:00.000Z"
_HTTP_TIME = "Sat, 01 Feb 2020 10:00:00 GMT"


class S3Server(ThreadingHTTPServer):
    """One bucket; `failures` is how many requests for a range are to fail from now on.

    `puts` are the keys that were put, in their order; it takes no more than so many.
    """

    daemon_threads = True

    def __init__(self, bucket: str, objects: Mapping[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bucket = bucket
        self.objects = dict(objects)
        self.failures = 0
        self.takes = 1 << 30
        self.puts: list[str] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """What reaches it, as a user sets it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": "s3cret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a body waited 40 ms for its headers to be acknowledged
    server: S3Server

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        key = self._key()
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if key is None:
            return
        if len(self.server.puts) >= self.server.takes:
            self._refuse(400, "QuotaExceeded")
            return
        if self.headers.get("If-None-Match") == "*" and key in self.server.objects:
            self._refuse(412, "PreconditionFailed")
            return
        self.server.puts.append(key)
        self.server.objects[key] = data
        self._say(200, b"", {"ETag": _etag(data)})

    def do_DELETE(self) -> None:
        key = self._key()
        if key is not None:
            self.server.objects.pop(key, None)
            self._say(204, b"", {})

    def do_POST(self) -> None:
        """A list of objects to delete."""
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self._key() is not None:
            for key in re.findall("<Key>(.*?)</Key>", asked):
                self.server.objects.pop(unescape(key), None)
            self._say_xml(200, "<DeleteResult></DeleteResult>")

    def _key(self) -> str | None:
        """The key that is asked for; None once the request is refused."""
        bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
            self._refuse(403, "InvalidAccessKeyId")
        elif bucket != self.server.bucket:
            self._refuse(404, "NoSuchBucket")
        else:
            return key
        return None

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
            self._refuse(403, "InvalidAccessKeyId")
        elif bucket != self.server.bucket:
            self._refuse(404, "NoSuchBucket")
        elif not key:
            self._list({name: values[0] for name, values in parse_qs(parts.query).items()})
        elif key not in self.server.objects:
            self._refuse(404, "NoSuchKey")
        elif "Range" in self.headers and self.server.failures > 0:
            self.server.failures -= 1
            self.close_connection = True
            self.connection.close()
        elif self._is_another(self.server.objects[key]):
            self._refuse(412, "PreconditionFailed")
        else:
            self._object(self.server.objects[key])

    def _is_another(self, data: bytes) -> bool:
        asked = self.headers.get("If-Match")
        return asked is not None and asked != _etag(data)

    def _object(self, data: bytes) -> None:
        headers = {"ETag": _etag(data), "Last-Modified": _HTTP_TIME}
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None:
            self._say(200, data, headers)
            return
        start, stop = int(asked[1]), min(int(asked[2]) + 1, len(data))
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
        self._say(206, data[start:stop], headers)

    def _list(self, query: Mapping[str, str]) -> None:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        found, folders = [], set()
        for key, data in self.server.objects.items():
            below, cut, _ = key.removeprefix(prefix).partition(delimiter or "\0")
            if not key.startswith(prefix):
                continue
            if cut:
                folders.add(prefix + below + delimiter)
                continue
            found.append(
                f"<Contents><Key>{escape(key)}</Key><Size>{len(data)}</Size>"
                f"<LastModified>{_TIME}</LastModified><ETag>{escape(_etag(data))}</ETag></Contents>"
            )
        found += [
            f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in folders
        ]
        self._say_xml(200, f"<ListBucketResult>{''.join(found)}</ListBucketResult>")

    def _refuse(self, status: int, code: str) -> None:
        self._say_xml(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>")

    def _say_xml(self, status: int, text: str) -> None:
        self._say(status, text.encode(), {"Content-Type": "application/xml"})

    def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # a connection that was broken on purpose
            self.close_connection = True


@lru_cache(64)
def _etag(data: bytes) -> str:
    return f'"{hashlib.md5(data).hexdigest()}"'


@contextmanager
def s3(bucket: str, objects: Mapping[str, bytes]) -> Iterator[S3Server]:
    """A server with one bucket, until the context ends."""
    server = S3Server(bucket, objects)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
