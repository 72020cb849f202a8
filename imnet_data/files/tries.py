"""Asking a store again after what may pass: pauses that grow, and an end of patience.

What may pass is told by the error; a download's own patience is imnet_data/fetching's.
"""

from __future__ import annotations

import itertools
import os
import random
import time
from typing import TYPE_CHECKING, Final, TypeVar

from imnet_data.errors import StoreFailed
from imnet_data.files.address import bucket_and_key, scheme_of

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")
_FIRST_S: Final = 0.1
_LONGEST_S: Final = 10.0
# A store that never answered is more likely misspelt than busy: 1.5 seconds. One that did is given
# three quarters of a minute, in which a router starts again and Amazon's "slow down" passes.
_STRANGER: Final = 5
_KNOWN: Final = 11


# The stores that answered this process: kind, bucket, and the endpoint if one is set.
_answered: set[tuple[str, ...]] = set()
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


class Tries:
    """The tries of one user of the store of a URL, which is patient once that store has answered.

    With `known` it has: who is at work there does not give up at once.
    """

    def __init__(
        self, url: str, pause: Callable[[float], None] = time.sleep, *, known: bool = False
    ) -> None:
        endpoints = (os.environ.get(name, "") for name in _ENDPOINTS)
        self._store = (scheme_of(url), bucket_and_key(url)[0], *endpoints)
        self._pause = pause
        self._known = known

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
                if attempt >= (_KNOWN if self._known or self._store in _answered else _STRANGER):
                    raise StoreFailed(
                        error.url, error.reason, status=error.status, tries=attempt
                    ) from error
                self._pause(_seconds(attempt))
            else:
                _answered.add(self._store)
                return given
        raise AssertionError


def _seconds(attempt: int) -> float:
    """Between half and all of it: what broke together does not come back together."""
    longest: float = min(_LONGEST_S, _FIRST_S * 2.0 ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
