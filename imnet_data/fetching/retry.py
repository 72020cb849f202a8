"""Trying again: how long to wait before, and when it is enough.

What is worth another try is the transport's to say.
"""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from imnet_data.errors import SourceFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.errors import SourceError
    from imnet_data.fetching.transport import Patience


class Passing(Exception):
    """Something that may have passed at the next try; `error` is what is raised if it has not.

    `wait_s` is how long the source asks to be left alone; `tries` bounds this kind further.
    """

    def __init__(
        self, error: SourceError, *, wait_s: float | None = None, tries: int | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s
        self.tries = tries


class Retries:
    """The tries of one transport: counted, bounded, and held back while a source wants quiet."""

    def __init__(
        self, patience: Patience, on_retry: Callable[[str], None] = lambda _sentence: None
    ) -> None:
        self.patience = patience
        self.on_retry = on_retry
        self.count = 0
        self._quiet_until = 0.0
        self._lock = threading.Lock()

    def fail(self, failure: Passing, in_a_row: int) -> float:
        """Count a failure, the `in_a_row`th without a byte between; gives the seconds to wait.

        Raises:
            SourceError: it is enough.
        """
        patience = self.patience
        with self._lock:
            self.count += 1
            enough = self.count > patience.total
        too_long = failure.wait_s is not None and failure.wait_s > patience.retry_after_s
        if enough or too_long or in_a_row >= min(patience.tries, failure.tries or patience.tries):
            raise _told(failure.error, in_a_row) from failure
        wait_s = self._pause(failure, in_a_row)
        self.on_retry(f"{failure.error}; trying again in {wait_s:.0f} s")
        return wait_s

    def _pause(self, failure: Passing, in_a_row: int) -> float:
        patience = self.patience
        if failure.wait_s is not None:
            with self._lock:  # what one connection is told goes for all
                self._quiet_until = max(self._quiet_until, time.monotonic() + failure.wait_s)
            return failure.wait_s
        longest = min(patience.longest_s, patience.first_s * 2.0 ** (in_a_row - 1))
        # Between half and all of it: connections that broke together do not come back together.
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret

    def quiet_s(self) -> float:
        """How long the source still wants to be left alone."""
        return max(0.0, self._quiet_until - time.monotonic())


def retry_after(text: str | None) -> float | None:
    """The seconds that a `Retry-After` header asks for: a number, or a date.

    >>> retry_after("120"), retry_after("soon")
    (120.0, None)
    """
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    with suppress(ValueError, TypeError):
        when = parsedate_to_datetime(text)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    return None


def _told(error: SourceError, tries: int) -> SourceError:
    if isinstance(error, SourceFailed):
        return SourceFailed(error.url, error.reason, status=error.status, tries=tries)
    return error
