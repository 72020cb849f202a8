"""A pool of processes in which units run, and how one of them ended.

pebble keeps the processes; concurrent.futures' own pool ends as a whole when one of them dies. Who
asks a pool for what is processes.py's and cluster/'s.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import WorkersDie
from imnet_data.work.start import worker_context

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from pebble import ProcessPool

NOT_BEGUN: Final = "ended before it took any work"


class ProcessLost(Exception):
    """The process did not live to the end; `how` goes on from "the process"."""

    def __init__(self, how: str) -> None:
        self.how = how
        super().__init__(how)


def new_pool(processes: int, *, memory_bytes: int | None, imports: Sequence[str]) -> ProcessPool:
    """A pool of so many processes; each may take so much memory once it has loaded `imports`."""
    from pebble import ProcessPool  # noqa: PLC0415 - only where there are workers

    return ProcessPool(
        max_workers=processes,
        initializer=_begin,
        initargs=(memory_bytes, tuple(imports)),
        context=worker_context(),
    )


def end_pool(pool: ProcessPool) -> None:
    """Stop its processes, whatever they are at."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def scheduled(
    pool: ProcessPool, function: Callable[..., Any], argument: object, deadline_s: float | None
) -> Future[Any]:
    """A call that one of its processes is to make.

    Raises:
        WorkersDie: none of them lives long enough.
    """
    try:
        return pool.schedule(function, args=(argument,), timeout=deadline_s)
    except RuntimeError:  # all that pebble says of a pool whose workers end before they begin
        raise WorkersDie(NOT_BEGUN) from None


def result_of(future: Future[Any], deadline_s: float | None) -> Any:
    """What a call gave back; an error that it raised is raised.

    Raises:
        ProcessLost: it took its process with it.
        BrokenProcessPool: no process lived long enough to begin it.
    """
    from pebble import ProcessExpired  # noqa: PLC0415 - imported with the pool

    try:
        return future.result()
    except TimeoutError:
        if deadline_s is None:  # the call's own: pebble's is of the same class
            raise
        raise ProcessLost(f"came to no end in {deadline_s:g} s") from None
    except ProcessExpired as error:
        raise ProcessLost(_death(error.exitcode)) from None


def _death(exitcode: int | None) -> str:
    if exitcode is None:
        return "ended"
    if exitcode >= 0:
        return f"ended with exit code {exitcode}"
    try:
        return f"was ended by {signal.Signals(-exitcode).name}"
    except ValueError:
        return f"was ended by signal {-exitcode}"


def _begin(memory_bytes: int | None, imports: Sequence[str]) -> None:
    """In a new worker: Ctrl-C is the parent's to hear, and memory is bounded."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    # Of a library's own threads there would be as many as cores, in each of as many workers, and
    # each takes some of the address space that is to be bounded.
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    for module in imports:
        importlib.import_module(module)
    if memory_bytes is not None:
        _bound_memory(memory_bytes)


def _end_with_parent() -> None:
    """Have the system end this process with the one that it works for, even in an endless loop.

    Who was killed stops no decoder of its any more, and it alone kept the deadline. Both ends of
    the pipe that tells a child of its parent's death are theirs alone: when the other end closes,
    the kernel sends what was asked for.
    """
    parent = multiprocessing.parent_process()
    if parent is None or sys.platform != "linux":
        return
    import fcntl  # noqa: PLC0415 - not on Windows

    pipe = parent.sentinel
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if not parent.is_alive():  # it ended just now
        os.kill(os.getpid(), signal.SIGKILL)


def _bound_memory(more_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    with open("/proc/self/statm", "rb") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + more_bytes, taken + more_bytes))
