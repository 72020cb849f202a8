"""Things taken several at a time, until they are enough for one step: ids, rows, bytes.

What the step is, and how much is enough, is the caller's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


def some_together(
    things: Iterable[T], weigh: Callable[[T], int], *, least: float
) -> Iterator[list[T]]:
    """The things in lists, each of which but the last weighs at least so much.

    >>> list(some_together(["ab", "c", "d", "e"], len, least=3))
    [['ab', 'c'], ['d', 'e']]
    """
    pending: list[T] = []
    weight = 0
    for thing in things:
        pending.append(thing)
        weight += weigh(thing)
        if weight >= least:
            yield pending
            pending, weight = [], 0
    if pending:
        yield pending
