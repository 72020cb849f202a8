"""Asking a store again after what may pass: pauses that grow, and an end of patience.

What may pass is told by the error; a download's own patience is imnet_data/fetching's.
"""

from __future__ import annotations

import itertools
import random
import time
from typing import TYPE_CHECKING, Final, TypeVar

from imnet_data.errors import StoreFailed

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")
_FIRST_S: Final = 0.1
_LONGEST_S: Final = 10.0
# A store that never answered is more likely misspelt than busy: 1.5 seconds. One that did is given
# three quarters of a minute, in which a router starts again and Amazon's "slow down" passes.
_STRANGER: Final = 5
_KNOWN: Final = 11


class Tries:
    """The tries of one user of a store, which is patient once it had an answer.

    With `known` it had one: who is at work there does not give up at once.
    """

    def __init__(self, pause: Callable[[float], None] = time.sleep, *, known: bool = False) -> None:
        self._pause = pause
        self._most = _KNOWN if known else _STRANGER

    def of(self, do: Callable[[], R]) -> R:
        """What `do` gives, in the end.

        Raises:
            StoreFailed: it failed too often, or in a way that does not pass.
        """
        for attempt in itertools.count(1):
            try:
                given = do()
            except StoreFailed as error:
                if not error.passing:
                    raise
                if attempt >= self._most:
                    raise StoreFailed(
                        error.url, error.reason, status=error.status, tries=attempt
                    ) from error
                self._pause(_seconds(attempt))
            else:
                self._most = _KNOWN
                return given
        raise AssertionError


def _seconds(attempt: int) -> float:
    """Between half and all of it: what broke together does not come back together."""
    longest: float = min(_LONGEST_S, _FIRST_S * 2.0 ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
