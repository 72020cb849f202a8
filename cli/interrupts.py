"""Ctrl-C held back for a moment, where it would come at a wrong time.

What it does when it comes is main.py's and root.py's.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERRUPTED = 130  # the exit code, as shells have it


@contextmanager
def held_back() -> Iterator[None]:
    """Have Ctrl-C wait until all is imported.

    In the middle of an import Python may show it as an error that it passes over, and go on as if
    there had been none.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
