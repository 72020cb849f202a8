"""Statements run in order beside the scan that makes them.

SQLite lets go of Python's lock while it works, so a scan that waits for a disk, or parses, costs
its own time alone and not the database's on top.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

# Jobs that may wait: enough to keep the lane busy, little enough that memory stays flat.
_WAITING = 16


class Lane:
    """One thread that runs jobs in order; a failed job's error comes out of a later call."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="imnet-data-load")
        self._jobs: deque[Future[None]] = deque()

    def submit(self, job: Callable[..., None], *arguments: object) -> None:
        """Run a job after those before it; waits while too many do."""
        self._jobs.append(self._thread.submit(job, *arguments))
        while len(self._jobs) > _WAITING:
            self._jobs.popleft().result()

    def wait(self) -> None:
        """Until every job is done."""
        while self._jobs:
            self._jobs.popleft().result()

    def close(self) -> None:
        """End the thread after the job that is running; the others are dropped."""
        self._thread.shutdown(wait=True, cancel_futures=True)
