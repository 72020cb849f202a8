"""One run of a download: its connections, its checksum and its clock, from begin to end.

What stands before and after, such as names on the disk, is download.py's.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.errors import WrongChecksum
from imnet_data.fetching.checksum import Checksum
from imnet_data.fetching.crew import Crew
from imnet_data.fetching.gauge import Gauge
from imnet_data.fetching.spans import Spans
from imnet_data.fetching.syncing import Syncing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imnet_data.fetching.journal import Journal
    from imnet_data.fetching.partial import Partial
    from imnet_data.fetching.rate import Limiter
    from imnet_data.fetching.remote import Probe, Remote
    from imnet_data.fetching.transport import Transport
    from imnet_data.progress import Progress

_TICK_S: Final = 0.1
# How long Ctrl-C waits for connections; one that waits for a name server cannot be woken.
_STOP_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Scope:
    """Which bytes are to be here at the end: all, or the chunks that hold what is wanted."""

    ranges: tuple[tuple[int, int], ...]
    size_bytes: int
    is_whole: bool

    @classmethod
    def of(cls, journal: Journal, wanted: Iterable[tuple[int, int]] | None) -> Scope:
        """The scope for ranges of bytes, None being all; all as well where nothing else lacks."""
        head = journal.head
        if wanted is not None:
            ranges = _on_edges(wanted, head.grain, head.size)
            lacking = sum(b - a for pair in ranges for a, b in journal.missing(*pair))
            if lacking < head.size - journal.bytes_here:
                return cls(ranges, sum(stop - start for start, stop in ranges), is_whole=False)
        return cls(((0, head.size),), head.size, is_whole=True)

    def gaps(self, journal: Journal) -> list[tuple[int, int]]:
        """What is missing of it."""
        return [gap for pair in self.ranges for gap in journal.missing(*pair)]

    def chunks(self, grain: int) -> Sequence[int]:
        """The numbers of its chunks, in order."""
        runs = [range(start // grain, -(-stop // grain)) for start, stop in self.ranges]
        return runs[0] if len(runs) == 1 else [n for run in runs for n in run]


class Run:
    """Fetches what is missing of a partial file."""

    def __init__(
        self,
        remote: Remote,
        probe: Probe,
        transport: Transport,
        partial: Partial,
        scope: Scope,
        *,
        limiter: Limiter | None,
        progress: Progress,
    ) -> None:
        self._remote = remote
        self._probe = probe
        self._transport = transport
        self._partial = partial
        self._scope = scope
        self._limiter = limiter
        self._progress = progress
        self._news = threading.Event()
        self.rate = 0.0
        self.fetched_bytes = 0

    def until_right(self, connections: int) -> dict[str, str]:
        """Fetch all of it; gives the checksums, by the name of their algorithm.

        Raises:
            WrongChecksum: what came is not what was published, and the disk is not to blame.
        """
        here = bytearray(self._partial.journal.has(n) for n in range(self._chunk_count))
        found, _ = self._fetch(connections, unsure=here)
        if (wrong := self._wrong(found)) is not None:
            # A disk or a memory that spoils bytes is found by the digests of the chunks.
            found, spoilt = self._fetch(connections, unsure=bytearray(b"\1") * self._chunk_count)
            if spoilt == 0 or (wrong := self._wrong(found)) is not None:
                raise wrong
        return found

    @property
    def _chunk_count(self) -> int:
        return self._partial.journal.head.chunks

    def _wrong(self, found: dict[str, str]) -> WrongChecksum | None:
        if not self._scope.is_whole:
            return None
        for algorithm, expected in self._remote.checksums.items():
            if found[algorithm] != expected:
                return WrongChecksum(
                    self._partial.path,
                    algorithm=algorithm,
                    expected=expected,
                    found=found[algorithm],
                )
        return None

    def _fetch(self, connections: int, *, unsure: bytearray) -> tuple[dict[str, str], int]:
        """One pass: what is missing comes, what is unsure is read; with how many were spoilt."""
        journal, head = self._partial.journal, self._partial.journal.head
        spans = Spans(self._scope.gaps(journal), head.grain, connections)
        spans.hold(held=any(unsure))

        def ended() -> None:
            spans.hold(held=False)
            self._news.set()

        checksum = Checksum(
            self._partial,
            self._algorithms(),
            chunks=self._scope.chunks(head.grain),
            unsure=unsure,
            on_spoilt=lambda chunk: spans.put(*head.extent(chunk)),
            on_end=ended,
        )
        crew = Crew(
            self._remote, self._probe, self._transport, self._partial, spans,
            limiter=self._limiter, on_chunk=checksum.came, on_end=self._news.set,
        )  # fmt: skip
        gauge = Gauge(self._progress, self._remote.name, self._scope.size_bytes, spans.left_bytes)
        syncing = Syncing(self._partial)
        before = self.fetched_bytes
        try:
            checksum.start()
            syncing.start()
            crew.start(min(connections, max(1, -(-gauge.missing // head.grain))))
            while not (checksum.done and crew.working == 0):
                self._news.wait(_TICK_S)
                self._news.clear()
                _raise_first(checksum.error, crew.error, syncing.error)
                self._partial.claim.beat()
                self.fetched_bytes = before + crew.fetched_bytes
                self.rate = gauge.tell(crew.fetched_bytes, checksum.left_bytes, crew.working)
                spans.renew_slow(gauge.usual_rate / connections)
        finally:
            self._end(crew, checksum, syncing)
            self.fetched_bytes = before + crew.fetched_bytes
            gauge.end()
        _raise_first(syncing.error)  # a file server may tell of a full disk only now, and once
        return checksum.hexdigests(), checksum.spoilt

    def _end(self, crew: Crew, checksum: Checksum, syncing: Syncing) -> None:
        """End all threads; files that one of them may still write to stay open."""
        checksum.stop()
        syncing.stop()
        ended = [crew.stop(_STOP_S), checksum.join(_STOP_S), syncing.join(_STOP_S)]
        if not all(ended):
            self._partial.abandon()

    def _algorithms(self) -> tuple[str, ...]:
        if not self._scope.is_whole:
            return ()
        return tuple(self._remote.checksums) or ("sha256",)


def _on_edges(
    wanted: Iterable[tuple[int, int]], grain: int, size: int
) -> tuple[tuple[int, int], ...]:
    """Ranges grown to whole chunks, in order; those that touch are one."""
    found: list[tuple[int, int]] = []
    for first, end in sorted(wanted):
        start, stop = first // grain * grain, min(size, -(-end // grain) * grain)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        elif start < stop:
            found.append((start, stop))
    return tuple(found)


def _raise_first(*errors: BaseException | None) -> None:
    for error in errors:
        if error is not None:
            raise error
