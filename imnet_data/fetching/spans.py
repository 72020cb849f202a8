"""Which connection fetches which bytes: short spans, the lowest first, so that all stay near.

What is digested as one is then still in memory when its turn comes. How bytes come is not here.
"""

from __future__ import annotations

import heapq
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from imnet_data.fetching.transport import Stream

# A span's requests cost a round trip each: so much work that it does not matter, and no more.
_SPAN_S: Final = 2.0
_FIRST_BYTES: Final = 4 << 20
_LONGEST_BYTES: Final = 64 << 20
# A connection's rest is worth a new connection if it would else take longer than this.
_SPLIT_S: Final = 1.5
# A connection is slow that has had so small a share of the others' rate for so long.
_SLOW_S: Final = 10.0
_SLOW_SHARE: Final = 1 / 8


@dataclass(eq=False, slots=True)
class Span:
    """A run of bytes that one connection fetches: all before `at` are here."""

    start: int
    stop: int
    at: int = 0
    began: float = 0.0
    came: int = 0
    renewals: int = 0
    stream: Stream | None = field(default=None, repr=False)

    def rate(self, now: float) -> float:
        """Bytes a second since it began, or since its connection was renewed."""
        return self.came / max(now - self.began, 1e-3)


class Spans:
    """The bytes that are still to come; its methods may be called from any thread."""

    def __init__(
        self,
        gaps: Iterable[tuple[int, int]],
        grain: int,
        connections: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with the runs of bytes that are missing, on edges of the grain."""
        self._gaps = list(gaps)
        heapq.heapify(self._gaps)
        self._grain = grain
        self._connections = connections
        self._clock = clock
        self._changed = threading.Condition()
        self._held = False
        self._stopped = False
        self.active: set[Span] = set()

    @property
    def left_bytes(self) -> int:
        """How many bytes have yet to be given out."""
        with self._changed:
            return sum(stop - start for start, stop in self._gaps)

    def take(self, rate: float = 0.0) -> Span | None:
        """The next span for a connection of so many bytes a second; None when all are here.

        Waits while the rest is in other connections' hands: one of them may give up.
        """
        with self._changed:
            while not self._stopped:
                span = self._next(rate) if self._gaps else self._split()
                if span is not None:
                    self.active.add(span)
                    return span
                if not self.active and not self._held:
                    self._changed.notify_all()
                    return None
                self._changed.wait(0.25)
        return None

    def _next(self, rate: float) -> Span:
        length = self._length(rate)
        start, stop = heapq.heappop(self._gaps)
        cut = min(stop, start + length)
        if cut < stop:
            heapq.heappush(self._gaps, (cut, stop))
        return self._span(start, cut)

    def _length(self, rate: float) -> int:
        """How long a span is to be: two seconds' worth, and shorter towards the end."""
        left = sum(stop - start for start, stop in self._gaps)
        length = rate * _SPAN_S if rate else _FIRST_BYTES
        length = min(length, _LONGEST_BYTES, left / (2 * self._connections))
        return max(1, int(length) // self._grain) * self._grain

    def _split(self) -> Span | None:
        """The second half of what the slowest connection has yet to begin, if that pays."""
        now = self._clock()
        slowest, longest_s = None, _SPLIT_S
        for span in self.active:
            left_s = (span.stop - self._edge(span)) / max(span.rate(now), 1.0)
            if now - span.began >= _SPLIT_S and left_s > longest_s:
                slowest, longest_s = span, left_s
        if slowest is None:
            return None
        first, stop = self._edge(slowest), slowest.stop
        chunks = -(-(stop - first) // self._grain)
        middle = first + chunks // 2 * self._grain
        slowest.stop = middle
        return self._span(middle, stop)

    def _edge(self, span: Span) -> int:
        """Where the chunk after the one on its way starts."""
        return min(span.stop, (span.at // self._grain + 1) * self._grain)

    def _span(self, start: int, stop: int) -> Span:
        now = self._clock()
        return Span(start, stop, at=start, began=now)

    def begin(self, span: Span, stream: Stream) -> bool:
        """A connection asks for a span; gives whether it may."""
        with self._changed:
            span.stream = stream
            return not self._stopped

    def chunk_done(self, span: Span, at: int) -> bool:
        """A connection has all bytes before `at`; gives whether it is to go on."""
        with self._changed:
            span.at = at
            return at < span.stop and not self._stopped

    def give_back(self, span: Span) -> None:
        """A connection is done with a span; what it did not fetch is for another."""
        with self._changed:
            self.active.discard(span)
            span.stream = None
            if span.at < span.stop:
                heapq.heappush(self._gaps, (span.at, span.stop))
            self._changed.notify_all()

    def put(self, start: int, stop: int) -> None:
        """Bytes that were thought to be here are not."""
        with self._changed:
            heapq.heappush(self._gaps, (start, stop))
            self._changed.notify_all()

    def hold(self, *, held: bool) -> None:
        """Keep connections waiting though nothing is missing: what is here is still being read."""
        with self._changed:
            self._held = held
            self._changed.notify_all()

    def stop(self) -> None:
        """Nothing more is given out, and streams are given up."""
        with self._changed:
            self._stopped = True
            streams = [span.stream for span in self.active if span.stream is not None]
            self._changed.notify_all()
        for stream in streams:
            stream.close()

    def renew_slow(self, usual: float) -> None:
        """Have connections made anew that are far slower than the others, and not for a moment.

        `usual` is what a connection had on average so far, in bytes a second.
        """
        now = self._clock()
        with self._changed:
            old = [s for s in self.active if now - s.began >= _SLOW_S * 2**s.renewals]
            rates = sorted(span.rate(now) for span in old)
            bound = (rates[len(rates) // 2] if len(rates) > 2 else usual) * _SLOW_SHARE
            slow = [span for span in old if span.rate(now) < bound and span.stream is not None]
            for span in slow:
                span.began, span.came = now, 0
                span.renewals += 1  # where it does not help, it is done ever more seldom
            streams = [span.stream for span in slow]
        for stream in streams:
            if stream is not None:
                stream.renew()
