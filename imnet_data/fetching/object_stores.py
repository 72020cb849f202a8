"""Files in object stores (`s3://…`) and whatever else fsspec reads: listed, and read by ranges.

Which keys, regions and endpoints are used is fsspec's and the store's own configuration.
"""

from __future__ import annotations

import itertools
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import (
    AddressRefused,
    LoginNeeded,
    NeedsExtra,
    RangeRefused,
    RemoteChanged,
    SourceFailed,
)
from imnet_data.extras import needed
from imnet_data.fetching.file_sets import chosen, name_here
from imnet_data.fetching.remote import Probe, Remote
from imnet_data.fetching.retry import Passing, Retries
from imnet_data.fetching.transport import Patience, PlainStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# One request for each: no more than this is lost when the process is killed.
_PIECE_BYTES: Final = 1 << 20
_S3: Final = ("s3", "s3a")
_OWN_SCHEMES: Final = ("http", "https", "hf")
# What stores call the version of an object, in the order of how much they say.
_VERSIONS: Final = ("ETag", "etag", "md5Hash", "md5", "checksum")
_TIMES: Final = ("LastModified", "last_modified", "mtime", "updated", "created")


def is_object_store(url: str) -> bool:
    """Whether an address is one that fsspec reads.

    >>> is_object_store("s3://bucket/train.tar"), is_object_store("https://example.org/train.tar")
    (True, False)
    """
    scheme, colon, _ = url.partition("://")
    return bool(colon) and scheme.lower() not in _OWN_SCHEMES


def object_remotes(url: str, part: str | None = None) -> list[Remote]:
    """The object at a URL; the archives below one that ends in `/`; or those that a pattern fits.

    Raises:
        UnknownPublished: no file belongs to the part.
        LoginNeeded: the store wants keys, or refuses those that it was given.
        SourceFailed: there is nothing, or the store does not answer.
        AddressRefused: fsspec knows no such kind of store, or lacks a package for it.
        NeedsExtra: fsspec or s3fs is not installed.
    """
    system, path = _system(url)
    pattern = any(sign in path for sign in "*?[")
    if not pattern and not url.endswith("/"):
        with _said(url):
            size = system.info(path)["size"]
        return [Remote(url, name_here("", path.rpartition("/")[2], whole=url), size=size)]
    with _said(url):
        found = system.glob(path, detail=True) if pattern else system.find(path, detail=True)
    base = _folder(path)
    held = {
        key.removeprefix(base).lstrip("/"): about
        for key, about in found.items()
        if about["type"] == "file"
    }
    folder = base.strip("/").rpartition("/")[2]
    return [
        Remote(
            system.unstrip_protocol(held[name]["name"]),
            name_here(folder, name, whole=url),
            size=held[name]["size"],
        )
        for name in chosen(held, whole=url, pattern="*" if pattern else None, part=part)
    ]


class FsspecTransport:
    """A transport over whatever fsspec reads; `patience` is for what breaks on the way."""

    def __init__(
        self,
        patience: Patience | None = None,
        *,
        on_retry: Callable[[str], None] = lambda _sentence: None,
        piece_bytes: int = _PIECE_BYTES,
    ) -> None:
        self._tries = Retries(patience or Patience(), on_retry)
        self._piece_bytes = piece_bytes
        self._closed = threading.Event()

    @property
    def retries(self) -> int:
        """How often something was tried again so far."""
        return self._tries.count

    def probe(self, remote: Remote) -> Probe:
        """What the store says of an object.

        Raises:
            LoginNeeded: it wants keys, or refuses those that it was given.
            SourceFailed: there is no such object, or the store does not answer.
        """
        system, path = _system(remote.url)
        with _said(remote.url):
            about = system.info(path)
        if about["size"] is None:
            raise SourceFailed(remote.url, "its size is not told")
        return Probe(
            about["size"], etag=_first(about, _VERSIONS), last_modified=_first(about, _TIMES)
        )

    def stream(self, remote: Remote, probe: Probe, start: int, stop: int) -> PlainStream:
        """The bytes from `start` up to `stop`, a request for each piece.

        Raises:
            RemoteChanged: the object is another one now.
            RangeRefused: the store gave more or less than the piece that was asked for.
            SourceFailed: it broke too often.
        """
        return PlainStream(self._pieces(remote, probe, start, stop))

    def close(self) -> None:
        """End the waits between tries; connections are fsspec's, which keeps them."""
        self._closed.set()

    def _pieces(self, remote: Remote, probe: Probe, start: int, stop: int) -> Iterator[bytes]:
        for first in range(start, stop, self._piece_bytes):
            if self._closed.is_set():
                return
            yield self._piece(remote.url, first, min(first + self._piece_bytes, stop))
        # Stores answer a range of whatever is there now: an object that was replaced while it
        # was read shows only when it is asked for again, after the last byte.
        self._check_same(remote.url, probe, self.probe(remote))

    def _piece(self, url: str, start: int, stop: int) -> bytes:
        for attempt in itertools.count(1):
            try:
                return self._tried(url, start, stop)
            except SourceFailed as error:
                if isinstance(error.__cause__, FileNotFoundError) or self._closed.is_set():
                    raise
                self._closed.wait(self._tries.fail(Passing(error), attempt))
        raise AssertionError  # the last failure raises

    def _tried(self, url: str, start: int, stop: int) -> bytes:
        system, path = _system(url)
        with _said(url):
            data: bytes = system.cat_file(path, start=start, end=stop)
        if len(data) != stop - start:
            raise RangeRefused(url, f"{len(data):,} bytes came for {stop - start:,}")
        return data

    @staticmethod
    def _check_same(url: str, before: Probe, now: Probe) -> None:
        for what in ("size", "etag", "last_modified"):
            was, is_now = getattr(before, what), getattr(now, what)
            if was != is_now:
                raise RemoteChanged(url, what=what.replace("_", " "), before=was, now=is_now)


def _system(url: str) -> tuple[Any, str]:
    """The file system of a URL, which fsspec keeps, and the path in it."""
    fsspec = needed("fsspec", extra="remote")
    scheme = url.partition("://")[0]
    try:
        # A listing that is kept would hide that an object was replaced.
        return fsspec.core.url_to_fs(url, use_listings_cache=False)  # type: ignore[no-any-return]
    except ImportError as error:
        if scheme in _S3:
            raise NeedsExtra("s3fs", extra="remote", purpose=f"fetching {scheme}://") from error
        raise AddressRefused(url, f"fsspec cannot read {scheme}:// here: {error}") from error
    except ValueError as error:
        raise AddressRefused(url, str(error)) from error
    except OSError as error:  # some connect at once
        raise SourceFailed(url, error.strerror or str(error)) from error


@contextmanager
def _said(url: str) -> Iterator[None]:
    """The errors of a store's library as ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceFailed(url, "there is nothing of that name", status=404) from error
    except PermissionError as error:
        raise _login_needed(url, given=True) from error
    except Exception as error:
        # Every store's library has errors of its own.
        if type(error).__name__ in ("NoCredentialsError", "DefaultCredentialsError"):
            raise _login_needed(url, given=False) from error
        raise SourceFailed(url, str(error) or type(error).__name__) from error


def _login_needed(url: str, *, given: bool) -> LoginNeeded:
    scheme, _, rest = url.partition("://")
    setting = f"the keys that fsspec reads for {scheme}://, set"
    if scheme in _S3:
        setting = (
            "AWS_PROFILE=…, or AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…, or, where the "
            "bucket is public, FSSPEC_S3_ANON=true"
        )
    return LoginNeeded(f"{scheme}://{rest.partition('/')[0]}", given=given, setting=setting)


def _folder(path: str) -> str:
    """The folder that a path with a pattern in it begins with."""
    steps = path.split("/")
    plain = next((i for i, step in enumerate(steps) if any(s in step for s in "*?[")), len(steps))
    return "/".join(steps[:plain])


def _first(about: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((str(about[name]) for name in names if about.get(name)), None)
