"""What a download asks of the ways that bytes come by: HTTP, a hub, an object store.

Which bytes are asked for, and where they are put, is the download's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from imnet_data.fetching.remote import Probe, Remote

# A piece is digested, written and counted as one: large enough that Python's share is small,
# small enough that a slow link is seen to move.
PIECE_BYTES = 1 << 18


class Stream(Protocol):
    """The bytes of one range, in order, in pieces of any size; used by one thread."""

    def __iter__(self) -> Generator[bytes]:
        """The pieces; never more than the range, never fewer without an error.

        Close it where it is not read to its end: an error's traceback would keep it, and its
        connection, for as long as the error is kept.
        """
        ...

    def renew(self) -> None:
        """Go on over a new connection: this one is slow. Called from another thread."""
        ...

    def close(self) -> None:
        """Ask for no more, give up what is on its way; a thread that waits for a piece wakes."""
        ...


class Transport(Protocol):
    """A way to a source, used by several threads at once."""

    @property
    def retries(self) -> int:
        """How often something was tried again so far."""
        ...

    def probe(self, remote: Remote) -> Probe:
        """What the source says of a file.

        Raises:
            FetchError: it does not answer, wants a login, or has something else there.
        """
        ...

    def stream(self, remote: Remote, probe: Probe, start: int, stop: int) -> Stream:
        """The bytes from `start` up to `stop`, exactly; what breaks on the way is tried again.

        Raises:
            FetchError: while it is read: it broke too often, or the file is another one now.
        """
        ...

    def close(self) -> None:
        """Let go of all connections; streams of other threads end."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a source is given: pauses between tries grow from `first_s` to `longest_s`.

    `tries` counts failures in a row without a byte between them, `total` all failures of one
    transport; `stall_s` is how long a connection may send nothing, `retry_after_s` the longest
    pause that is taken when a source asks for one.
    """

    tries: int = 8
    total: int = 10_000
    first_s: float = 0.5
    longest_s: float = 60.0
    stall_s: float = 60.0
    retry_after_s: float = 3600.0


class PlainStream:
    """A stream made of an iterator, for sources whose own library does the rest."""

    def __init__(self, pieces: Iterator[bytes], close: Callable[[], None] = lambda: None) -> None:
        self._pieces = pieces
        self._close = close

    def __iter__(self) -> Generator[bytes]:
        yield from self._pieces

    def renew(self) -> None:
        """Stay with this connection: it is the library's."""

    def close(self) -> None:
        """Ask for no more."""
        self._close()


def read_range(transport: Transport, remote: Remote, probe: Probe, start: int, stop: int) -> bytes:
    """A small range, whole.

    Raises:
        FetchError: as `Transport.stream`.
    """
    stream = transport.stream(remote, probe, start, stop)
    try:
        return b"".join(stream)
    finally:
        stream.close()
