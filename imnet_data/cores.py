"""How many cores this process may use, and how many processes some work is worth."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """The cores that the system lets this process run on; a container's CPU quota aside.

    >>> usable_cores() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def worth_processes(amount: int, least: int) -> int:
    """A process a core, as far as each but the first has `least` of the amount to do.

    A process takes half a second to begin: for less this one is done sooner by itself.

    >>> worth_processes(99, 100)
    1
    """
    return min(usable_cores(), 1 + amount // least)
