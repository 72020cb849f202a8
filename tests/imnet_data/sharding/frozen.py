"""Processes that freeze in the middle of a unit, and wake when it was done elsewhere."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Runs a pickled unit, and freezes right before the call of that number to one of the system's.
_FREEZING = """
import os, pickle, signal, sys
call, left = sys.argv[1], [int(sys.argv[2])]
real = getattr(os, call)
def counted(*args, **more):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
    return real(*args, **more)
setattr(os, call, counted)
pickle.load(sys.stdin.buffer).run()
"""


class Frozen:
    """A process that is frozen."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def wake(self) -> None:
        """Let it go on to its end, whatever that is."""
        self._process.send_signal(signal.SIGCONT)
        self._process.wait()


@contextmanager
def frozen(unit: Any, call: str, number: int) -> Iterator[Frozen]:
    """A process that froze over a unit, right before it made a call."""
    with tempfile.TemporaryFile() as pickled:
        pickled.write(pickle.dumps(unit))
        pickled.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-c", _FREEZING, call, str(number)],
            cwd=Path(__file__).parents[3],
            stdin=pickled,
            stderr=subprocess.DEVNULL,
        )
    try:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), f"it did not come to os.{call}() so often"
        yield Frozen(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()
