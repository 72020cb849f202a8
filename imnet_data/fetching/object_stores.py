"""Files in object stores (`s3://…`) and whatever else fsspec reads: listed, and read by ranges.

How a store is spoken to, with which keys, is imnet_data/files'.
"""

from __future__ import annotations

import itertools
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from imnet_data.errors import (
    AddressRefused,
    ObjectChanged,
    ObjectMissing,
    RemoteChanged,
    SourceFailed,
    StoreFailed,
    StoreRefused,
)
from imnet_data.fetching.file_sets import chosen, name_here
from imnet_data.fetching.remote import Probe, Remote
from imnet_data.fetching.retry import Passing, Retries
from imnet_data.fetching.transport import Patience, PlainStream
from imnet_data.files.address import base_name
from imnet_data.files.reads import reads_of
from imnet_data.files.store import listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# One request for each: no more than this is lost when the process is killed.
_PIECE_BYTES: Final = 1 << 20
_OWN_SCHEMES: Final = ("http", "https", "hf")


def is_object_store(url: str) -> bool:
    """Whether an address is one that fsspec reads.

    >>> is_object_store("s3://bucket/train.tar"), is_object_store("https://example.org/train.tar")
    (True, False)
    """
    scheme, colon, _ = url.partition("://")
    # What no store is called is refused as one, not looked for as a file.
    return bool(colon) and scheme.lower() not in _OWN_SCHEMES


def object_remotes(url: str, part: str | None = None) -> list[Remote]:
    """The object at a URL; the archives below one that ends in `/`; or those that a pattern fits.

    Raises:
        UnknownPublished: no file belongs to the part.
        LoginNeeded: the store wants keys, or refuses those that it was given.
        SourceFailed: there is nothing, or the store does not answer.
        AddressRefused: there is no such kind of store, or a package for it is not installed.
        NeedsExtra: fsspec or s3fs is not installed.
    """
    above, pattern = _parted(url)
    if pattern is None and not url.endswith("/"):
        with _fetching(url):
            size = reads_of(url).status(url).size
        return [Remote(url, name_here("", base_name(url), whole=url), size=size)]
    with _fetching(url):
        held = {one.name: one for one in listing(above, pattern)}
    folder = base_name(above)
    return [
        Remote(held[name].url, name_here(folder, name, whole=url), size=held[name].size)
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
        with _fetching(remote.url):
            found = reads_of(remote.url).status(remote.url)
        return Probe(found.size, etag=found.version)

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
            last = min(first + self._piece_bytes, stop)
            yield self._piece(remote.url, probe, first, last)
        # Some stores answer a range of whatever is there now: an object that was replaced while
        # it was read shows only when it is asked for again, after the last byte.
        self._check_same(remote.url, probe, self.probe(remote))

    def _piece(self, url: str, probe: Probe, start: int, stop: int) -> bytes:
        for attempt in itertools.count(1):
            try:
                with _fetching(url):
                    return reads_of(url).piece(url, start, stop, probe.etag or "")
            except RemoteChanged:
                self._check_same(url, probe, self.probe(Remote(url, "")))
                raise
            except SourceFailed as error:
                if isinstance(error.__cause__, ObjectMissing) or self._closed.is_set():
                    raise
                self._closed.wait(self._tries.fail(Passing(error), attempt))
        raise AssertionError  # the last failure raises

    @staticmethod
    def _check_same(url: str, before: Probe, now: Probe) -> None:
        for what in ("size", "etag"):
            was, is_now = getattr(before, what), getattr(now, what)
            if was != is_now:
                raise RemoteChanged(url, what=what, before=was, now=is_now)


@contextmanager
def _fetching(url: str) -> Iterator[None]:
    """The errors of a store as those of fetching."""
    try:
        yield
    except StoreRefused as error:
        raise AddressRefused(url, error.reason) from error
    except ObjectMissing as error:
        raise SourceFailed(url, "there is nothing of that name", status=404) from error
    except ObjectChanged as error:
        raise RemoteChanged(url, what="etag", before="the one begun", now="another") from error
    except StoreFailed as error:
        raise SourceFailed(url, error.reason, status=error.status) from error


def _parted(url: str) -> tuple[str, str | None]:
    """What stands before the step of a URL that is a pattern, and the rest of it from there."""
    steps = url.split("/")
    first = next((at for at, step in enumerate(steps) if any(sign in step for sign in "*?[")), None)
    if first is None:
        return url.rstrip("/"), None
    return "/".join(steps[:first]), "/".join(steps[first:])
