"""A transport that has some of a file's bytes by itself, and asks the source for the others alone.

What is remembered is small: the outer headers of a tar of tars that was fetched in part.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imnet_data.archives.tars.partial import members_of
from imnet_data.fetching.outer_members import version_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from imnet_data.archives.tars.partial import Members
    from imnet_data.fetching.remote import Probe, Remote
    from imnet_data.fetching.transport import Stream, Transport


def remembering(transport: Transport, part: str) -> Transport:
    """A transport that asks for nothing that was met when the members of `part` were walked."""
    members = members_of(part)
    return transport if members is None else RememberedTransport(transport, members)


class RememberedTransport:
    """Another transport, less the bytes that are known; of another version nothing is."""

    def __init__(self, transport: Transport, members: Members) -> None:
        self._transport = transport
        self._version = members.version
        self._known = members.known
        self._starts = [start for start, _ in self._known]

    @property
    def retries(self) -> int:
        """How often the source was asked again so far."""
        return self._transport.retries

    def probe(self, remote: Remote) -> Probe:
        """What the source says of a file."""
        return self._transport.probe(remote)

    def stream(self, remote: Remote, probe: Probe, start: int, stop: int) -> Stream:
        """The bytes from `start` up to `stop`, in as many requests as there are gaps to fill."""
        first = max(0, bisect_right(self._starts, start) - 1)
        within = [
            (at, head) for at, head in self._known[first:] if at < stop and at + len(head) > start
        ]
        if not within or version_of(probe) != self._version:
            return self._transport.stream(remote, probe, start, stop)
        return _Pieced(self._transport, remote, probe, (start, stop), within)

    def close(self) -> None:
        """Close the transport behind it."""
        self._transport.close()


class _Pieced:
    """One range, partly remembered; the source's streams are opened one after another."""

    def __init__(
        self,
        transport: Transport,
        remote: Remote,
        probe: Probe,
        span: tuple[int, int],
        known: list[tuple[int, bytes]],
    ) -> None:
        self._transport = transport
        self._remote = remote
        self._probe = probe
        self._span = span
        self._known = known
        self._stream: Stream | None = None
        self._is_closed = False

    def __iter__(self) -> Generator[bytes]:
        position, stop = self._span
        for start, head in self._known:
            yield from self._asked(position, start)
            position = max(position, start)
            piece = head[position - start : stop - start]
            yield piece
            position += len(piece)
        yield from self._asked(position, stop)

    def _asked(self, start: int, stop: int) -> Iterator[bytes]:
        if start < stop and not self._is_closed:
            self._stream = self._transport.stream(self._remote, self._probe, start, stop)
            try:
                yield from self._stream
            finally:
                self._stream.close()
                self._stream = None

    def renew(self) -> None:
        """Go on over a new connection."""
        stream = self._stream
        if stream is not None:
            stream.renew()

    def close(self) -> None:
        """Ask for no more."""
        self._is_closed = True
        stream = self._stream
        if stream is not None:
            stream.close()
