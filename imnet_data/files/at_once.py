"""Requests that wait for an answer, many at once: threads of this process, made when needed.

How many are worth it is the store's: a chain of requests waits some 20 ms for each answer.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT_ONCE: Final = 64

A = TypeVar("A")
R = TypeVar("R")
_lock = threading.Lock()
_pools: dict[int, ThreadPoolExecutor] = {}


def all_of(do: Callable[[A], R], asked: Sequence[A]) -> list[R]:
    """What `do` gives of each, in order; the first error is raised, and what has not begun isn't.

    Not to be called from what is called so: all threads would wait for another.
    """
    if len(asked) <= 1:
        return [do(one) for one in asked]
    futures = [_pool().submit(do, one) for one in asked]
    try:
        return [future.result() for future in futures]
    finally:
        for future in futures:
            future.cancel()


def begun(do: Callable[[A], R], asked: A) -> Future[R]:
    """What `do` will give; not to be called from what is called so, either."""
    return _pool().submit(do, asked)


def _pool() -> ThreadPoolExecutor:
    """This process's: threads do not come along when one forks."""
    with _lock:
        pool = _pools.get(os.getpid())
        if pool is None:
            _pools.clear()
            pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="store")
            _pools[os.getpid()] = pool
        return pool


def _start_anew() -> None:
    """In a forked child: the parent's lock may be held."""
    global _lock  # noqa: PLW0603 - the one of this process
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
