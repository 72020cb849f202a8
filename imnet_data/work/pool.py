"""A pool of processes in which units run, and how one of them ended.

pebble keeps the processes; concurrent.futures' own pool ends as a whole when one of them dies. Who
asks a pool for what is processes.py's and cluster/'s.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import select
import signal
import sys
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from imnet_data.errors import WorkersDie
from imnet_data.work.scratch import use
from imnet_data.work.start import worker_context

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from multiprocessing.connection import Connection

    from pebble import ProcessPool

NOT_BEGUN: Final = "ended before it took any work"


class ProcessLost(Exception):
    """The process did not live to the end; `how` goes on from "the process"."""

    def __init__(self, how: str) -> None:
        self.how = how
        super().__init__(how)


def new_pool(
    processes: int, *, memory_bytes: int | None, imports: Sequence[str], scratch: str | None = None
) -> ProcessPool:
    """A pool of so many processes; each may take so much memory once it has loaded `imports`.

    `scratch` is where their units leave what is half done.
    """
    from pebble import ProcessPool  # noqa: PLC0415 - only where there are workers

    theirs, ours = multiprocessing.Pipe(duplex=False)
    pool = ProcessPool(
        max_workers=processes,
        initializer=_begin,
        # The server that forks them has the variables of the time when the first pool was made.
        initargs=(dict(os.environ), theirs, memory_bytes, tuple(imports), scratch),
        context=worker_context(),
    )
    _pipes[pool] = theirs, ours
    return pool


# By pool, the pipe whose end tells its processes that this one has ended; nothing is ever sent.
_pipes: WeakKeyDictionary[ProcessPool, tuple[Connection, Connection]] = WeakKeyDictionary()


def end_pool(pool: ProcessPool) -> None:
    """Stop its processes, whatever they are at."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
    for end in _pipes.pop(pool):
        end.close()


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


def _begin(
    environment: Mapping[str, str],
    parent: Connection,
    memory_bytes: int | None,
    imports: Sequence[str],
    scratch: str | None,
) -> None:
    """In a new worker: Ctrl-C is the parent's to hear, and memory is bounded."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with(parent)
    os.environ.clear()
    os.environ.update(environment)
    if scratch is not None:
        use(scratch)
    # Of a library's own threads there would be as many as cores, in each of as many workers, and
    # each takes some of the address space that is to be bounded.
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    for module in imports:
        importlib.import_module(module)
    if memory_bytes is not None:
        _bound_memory(memory_bytes)


def _end_with(parent: Connection) -> None:
    """Have the system end this process with the one that it works for, even in an endless loop.

    Who was killed stops no decoder of its any more, and it alone kept the deadline. When the other
    end of the pipe closes, the kernel sends what was asked for.
    """
    if sys.platform != "linux":
        return
    import fcntl  # noqa: PLC0415 - not on Windows

    # Opened anew: whom the kernel tells hangs on the open file, and all workers share the one.
    pipe = os.open(f"/proc/self/fd/{parent.fileno()}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    parent.close()
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([pipe], [], [], 0)[0]:  # it ended just now
        os.kill(os.getpid(), signal.SIGKILL)


def _bound_memory(more_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    with open("/proc/self/statm", "rb") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + more_bytes, taken + more_bytes))
