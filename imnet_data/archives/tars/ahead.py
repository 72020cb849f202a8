"""A tar far away, where every read takes its time: many chains of headers are read ahead at once.

The walk itself is scan.py's, over the same bytes in the same order as of a file at hand. A chain
only makes a guess at which bytes it will ask for: a wrong one costs a request and changes nothing.
"""

from __future__ import annotations

import heapq
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from imnet_data.archives.tars.blocks import Blocks
from imnet_data.archives.tars.chain import Chain, first_header
from imnet_data.archives.tars.headers import BLOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.archives.members import Position

# Of a member an hour away each header is 20 milliseconds: so many at once are some thousands a
# second, about what one core can ask for.
AT_ONCE: Final = 64
# Blocks at hand: 64 chains of 1,300 headers, 60 MB of memory.
_MOST_HELD: Final = 96 << 10
# Blocks behind the walk that stay: a run's small files are read after its headers.
_KEPT_BEHIND: Final = 8 << 20
# A flat tar is cut into parts of so many bytes: some hundred headers, for one search of about one.
_PART: Final = 32 << 20
_LEAST_PART: Final = 8 << 20
_SEEN_BEFORE_PARTING: Final = 16
# A walk looks over this many headers before it goes back to the first tar among them.
_TIDIED_EVERY: Final = 4096


class HeadersAhead:
    """A tar's Source over slow reads; close it.

    `read_at(size, offset)` may be called by many threads at once. `start` is where the walk will
    begin; at most `max_inner` inner tars are looked into. `held` are blocks that an earlier one of
    the same bytes left.
    """

    name = "it"

    def __init__(
        self,
        read_at: Callable[[int, int], bytes],
        size: int,
        *,
        start: Position | None = None,
        max_inner: int | None = None,
        held: dict[int, bytes] | None = None,
        at_once: int = AT_ONCE,
        most_held: int = _MOST_HELD,
    ) -> None:
        self.size = size
        self.requests = self.bytes_read = 0
        self._far = read_at
        self._most_inner = size if max_inner is None else max_inner
        self._tars: set[int] = set()
        self._keeps_behind = max_inner is not None
        self._at_once, self._most_held = at_once, most_held
        self._blocks = Blocks(size, held)
        self._own = Chain(0, size, is_ended=True)  # what the walk itself had to fetch
        self._lock = threading.Lock()
        self._came, self._room = threading.Condition(self._lock), threading.Condition(self._lock)
        self._pending: list[Chain] = []
        self._begun: list[Chain] = [self._own]
        self._threads: list[threading.Thread] = []
        self._running = 0
        self._reads, self._lowest, self._lowest_before = 0, size, 0
        self._is_closed = False
        with self._lock:
            for chain in _first_chains(size, start):
                self._add(chain)

    # -- for the walk

    def read_at(self, size: int, offset: int, /) -> bytes:
        """Bytes from an offset on, fewer at the end alone; they are most often here."""
        if size > _KEPT_BEHIND or offset + BLOCK > self.size:
            return self._fetch(size, offset)
        with self._lock:
            self._tidy(offset)
            found = self._blocks.get(size, offset)
            while found is None and self._is_coming(size, offset):
                self._came.wait()
                found = self._blocks.get(size, offset)
        return self._fetch_own(size, offset) if found is None else found

    def read_ahead(self, size: int, offset: int, /) -> bytes:
        """What is here from a header on, up to `size` bytes; a block at least, but at the end."""
        first = self.read_at(BLOCK, offset)
        if size <= BLOCK or len(first) < BLOCK:
            return first
        with self._lock:
            return self._blocks.some(size, offset) or first

    def reach(self, end: int) -> None:
        """Nothing: the size is known."""

    def close(self) -> None:
        """End the threads; what they are waiting for is waited for."""
        with self._lock:
            self._is_closed = True
            self._pending.clear()
            self._came.notify_all()
            self._room.notify_all()
            threads, self._threads = self._threads, []
        for thread in threads:
            thread.join()

    def left(self, most: int) -> dict[int, bytes]:
        """Blocks for another walk over the same bytes, no more than so many."""
        return self._blocks.first(most)

    # -- what the walk fetches, and what it waits for

    def _fetch(self, size: int, offset: int) -> bytes:
        if offset >= self.size:
            return b""
        data = self._far(min(size, self.size - offset), offset)
        with self._lock:
            self.requests += 1
            self.bytes_read += len(data)
        return data

    def _fetch_own(self, size: int, offset: int) -> bytes:
        """What no chain has, or will have: a chain goes on from here, the one that erred ends."""
        data = self._fetch(size, offset)
        with self._lock:
            if size == BLOCK and not offset % BLOCK:
                self._own.blocks.extend(self._blocks.put(offset, data))
                self._go_on_from(offset)
        return data

    def _is_coming(self, size: int, offset: int) -> bool:
        """Whether a chain is on its way through some bytes, or will be as soon as one has ended."""
        if self._is_closed:
            return False
        known = [one for one in self._begun if not one.is_ended]
        if not any(one.is_paused for one in known):
            known += [one for one in self._pending if not one.is_ended]
        return any(
            one.begins <= offset < one.stop and one.position < offset + size
            for one in known
            if not (one.is_paused or one.guessed)
        )

    def _go_on_from(self, offset: int) -> None:
        """See to it that a chain passes a byte at which a header was asked for."""
        known = [one for one in (*self._begun, *self._pending) if not one.is_ended]
        around = [one for one in known if one.begins <= offset < one.stop]
        if any(one.position == offset and not one.guessed for one in around):
            return
        behind = min((one.begins for one in known if one.begins > offset), default=self.size)
        stop = min([behind, *(one.stop for one in around)])
        if around:
            inner = max(around, key=lambda one: one.begins)
            # It has passed by, or does not know where to begin.
            inner.is_ended = inner.guessed or inner.position > offset
        self._add(Chain(offset, stop))

    def _tidy(self, offset: int) -> None:
        """Let go of what lies behind the walk, now and then."""
        self._lowest = min(self._lowest, offset)
        self._reads += 1
        if self._reads % _TIDIED_EVERY or self._keeps_behind:
            return
        passed, self._lowest_before = min(self._lowest, self._lowest_before), self._lowest
        self._lowest = self.size
        for chain in self._begun:
            self._blocks.forget(chain.blocks, before=passed - _KEPT_BEHIND)
        self._begun = [
            one for one in self._begun if one is self._own or one.blocks or not one.is_ended
        ]
        self._room.notify_all()

    # -- chains

    def _add(self, chain: Chain) -> None:
        """Begin a chain as soon as a thread is free; the lock is held."""
        heapq.heappush(self._pending, chain)
        if self._running < self._at_once and not self._is_closed:
            self._running += 1
            name = f"imnet-data-headers-{len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        """One thread: chain after chain, the foremost first."""
        while True:
            with self._lock:
                if not self._pending or self._is_closed:
                    self._running -= 1
                    return
                chain = heapq.heappop(self._pending)
                if chain.is_ended:
                    continue
                self._begun.append(chain)
            # What went wrong here the walk meets itself, where it asks for these bytes.
            with suppress(Exception):
                self._follow(chain)
            with self._lock:
                chain.is_ended = True
                self._came.notify_all()
                self._room.notify_all()

    def _follow(self, chain: Chain) -> None:
        if chain.guessed:
            self._find_first(chain)
        while not chain.is_ended:
            with self._lock:
                window = self._here(chain)
            if window is None:
                window = self._fetch(chain.wanted, chain.position)
                with self._lock:
                    chain.blocks.extend(self._blocks.put(chain.position, window))
            with self._lock:
                goes_on = not chain.is_ended and chain.take(window, self._found)
                self._came.notify_all()
                if not goes_on or self._is_closed:
                    return
                self._part(chain)
                self._wait_for_room(chain)

    def _find_first(self, chain: Chain) -> None:
        found = first_header(self._fetch, chain.position, chain.stop)
        with self._lock:
            if found is None or chain.is_ended:
                chain.is_ended = True
                return
            chain.begins, block = found
            chain.position, chain.guessed = chain.begins, False
            chain.blocks.extend(self._blocks.put(chain.position, block))

    def _here(self, chain: Chain) -> bytes | None:
        """What it has to read next, where that is at hand."""
        whole = self._blocks.get(chain.wanted, chain.position)
        if whole is not None:
            return whole
        some = self._blocks.some(chain.wanted, chain.position)
        return some if len(some) >= chain.least else None

    def _found(self, data: int, size: int) -> None:
        """A tar was met: its headers are a chain of their own."""
        if data not in self._tars and len(self._tars) < self._most_inner:
            self._tars.add(data)
            self._add(Chain(data, min(data + size, self.size)))

    def _part(self, chain: Chain) -> None:
        """Cut a long stretch of plain members into parts, where threads have nothing else to do."""
        busy = self._running - 1 + len(self._pending)
        rest = chain.stop - chain.position
        if chain.members < _SEEN_BEFORE_PARTING or chain.tars or rest < 2 * _LEAST_PART:
            return
        if 2 * busy > self._at_once:
            return
        part = min(max(rest // self._at_once, _LEAST_PART), _PART) & -BLOCK
        starts = range((chain.position + part) & -BLOCK, chain.stop - part // 2, part)
        stops = [*starts[1:], chain.stop]
        chain.stop = starts[0]
        for start, stop in zip(starts, stops, strict=True):
            self._add(Chain(start, stop, guessed=True))

    def _wait_for_room(self, chain: Chain) -> None:
        """Stand still while enough is at hand, unless this is what the walk comes to first."""
        while len(self._blocks) > self._most_held and not self._is_closed:
            others = (one.position for one in self._begun if not one.is_ended)
            if chain.position <= min(others, default=0):
                return
            chain.is_paused = True
            self._came.notify_all()
            self._room.wait()
        chain.is_paused = False


def _first_chains(size: int, start: Position | None) -> list[Chain]:
    """What the walk begins with: the file, or the rest of each tar that it stands in."""
    if start is None:
        return [Chain(0, size)]
    chains = [Chain(start.offset, start.levels[-1].end)] if start.levels else []
    for level, outer in zip(start.levels[:0:-1], start.levels[-2::-1], strict=True):
        chains.append(Chain(level.after, outer.end))
    return chains
