"""The connections of a download: each takes a span, writes what comes, and takes the next.

Which bytes those are is spans.py's; whether the whole is right, the download's.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING

from imnet_data.errors import SourceFailed
from imnet_data.fetching.journal import DIGEST_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.fetching.partial import Partial
    from imnet_data.fetching.rate import Limiter
    from imnet_data.fetching.remote import Probe, Remote
    from imnet_data.fetching.spans import Span, Spans
    from imnet_data.fetching.transport import Transport


class Crew:
    """Threads that fetch; the first error of one that cannot be borne stops all."""

    def __init__(
        self,
        remote: Remote,
        probe: Probe,
        transport: Transport,
        partial: Partial,
        spans: Spans,
        *,
        limiter: Limiter | None,
        on_chunk: Callable[[int], None],
        on_end: Callable[[], None],
    ) -> None:
        self._remote = remote
        self._probe = probe
        self._transport = transport
        self._partial = partial
        self._spans = spans
        self._limiter = limiter
        self._on_chunk = on_chunk
        self._on_end = on_end
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._came: list[int] = []  # one number a thread: two may not add to the same
        self._working = 0
        self.error: BaseException | None = None

    def start(self, connections: int) -> None:
        """Begin with so many connections."""
        self._came = [0] * connections
        self._working = connections
        for number in range(connections):
            # Daemons: one that waits for a name server cannot be woken, and must not hold Ctrl-C.
            thread = threading.Thread(
                target=self._work, args=(number,), name=f"fetch-{number}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    @property
    def fetched_bytes(self) -> int:
        """How many bytes came so far."""
        return sum(self._came)

    @property
    def working(self) -> int:
        """How many connections are at it."""
        return self._working

    def stop(self, timeout_s: float) -> bool:
        """Give up what is on its way; gives whether all threads have ended."""
        self._stopping.set()
        self._spans.stop()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self, number: int) -> None:
        error: BaseException | None = None
        try:
            self._take_spans(number)
        except BaseException as caught:  # noqa: BLE001 - it is raised where the download waits
            error = caught
        with self._lock:
            self._working -= 1
            is_last = self._working == 0
        # A source may bear fewer connections than were asked for: only the last fails for it.
        if error is not None and (is_last or not isinstance(error, SourceFailed)):
            self._fail(error)
        self._on_end()

    def _take_spans(self, number: int) -> None:
        rate = 0.0
        while (span := self._spans.take(rate)) is not None:
            try:
                self._fetch(span, number)
            finally:
                self._spans.give_back(span)
            rate = span.rate(time.monotonic())

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            if self.error is None and not self._stopping.is_set():
                self.error = error
        self._stopping.set()
        self._spans.stop()

    def _fetch(self, span: Span, number: int) -> None:
        """Fetch a span: each chunk is written and digested as it comes, and told once it is."""
        stream = self._transport.stream(self._remote, self._probe, span.at, span.stop)
        try:
            if self._spans.begin(span, stream):
                with closing(iter(stream)) as pieces:
                    self._take(span, pieces, number)
        finally:
            stream.close()

    def _take(self, span: Span, pieces: Iterator[bytes], number: int) -> None:
        partial, grain = self._partial, self._partial.journal.head.grain
        at, digest = span.at, sha256()
        edge = partial.journal.head.extent(at // grain)[1]
        for piece in pieces:
            self._count(span, number, len(piece))
            view = memoryview(piece)
            while view and not self._stopping.is_set():
                part = view[: edge - at]
                partial.write(at, part)
                digest.update(part)
                at, view = at + len(part), view[len(part) :]
                if at == edge:
                    partial.done((at - 1) // grain, digest.digest()[:DIGEST_BYTES])
                    self._on_chunk((at - 1) // grain)
                    if not self._spans.chunk_done(span, at):
                        return
                    digest, edge = sha256(), partial.journal.head.extent(at // grain)[1]
            if self._stopping.is_set():
                return

    def _count(self, span: Span, number: int, n: int) -> None:
        span.came += n
        self._came[number] += n
        if self._limiter is not None:
            self._stopping.wait(self._limiter.spend(n))
