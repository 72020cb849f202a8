"""How fast bytes come, and how fast they may.

Both are shared by all connections of a run.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_WINDOW_S = 10.0
_BEAT_S = 0.25


class Limiter:
    """A bound on bytes a second over all who share it: a bucket that holds a quarter second's.

    >>> Limiter(1_000_000).bytes_per_s
    1000000
    """

    def __init__(self, bytes_per_s: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.bytes_per_s = bytes_per_s
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = 0.0

    def spend(self, n: int) -> float:
        """Take leave for `n` bytes that came; gives the seconds to wait before asking for more."""
        with self._lock:
            now = self._clock()
            # What was not used before now is lost, but for a quarter of a second's worth.
            self._free_at = max(self._free_at, now - _BEAT_S) + n / self.bytes_per_s
            return max(0.0, self._free_at - now)


class Meter:
    """Bytes a second over the last ten seconds, from counts that are told now and then."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: deque[tuple[float, int]] = deque()

    def at(self, total: int) -> float:
        """Tell the count so far; gives bytes a second."""
        now = self._clock()
        counts = self._counts
        if not counts or now - counts[-1][0] >= _BEAT_S:
            counts.append((now, total))
        while len(counts) > 1 and now - counts[0][0] > _WINDOW_S:
            counts.popleft()
        since, before = counts[0]
        return (total - before) / (now - since) if now > since else 0.0
