"""Units in processes: one that dies or hangs costs its unit, and another takes its place.

pebble keeps the processes; concurrent.futures' own pool ends as a whole when one of them dies.
"""

from __future__ import annotations

import importlib
import os
import signal
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from imnet_data.errors import WorkersDie
from imnet_data.work.start import worker_context
from imnet_data.work.unit import Done, Failed, Lost

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from typing import Any

    from pebble import ProcessPool

    from imnet_data.work.unit import Outcome, Unit

R = TypeVar("R")

# In hand and waiting, for each worker: enough that none waits for the parent to write results down.
_AHEAD = 3
# A pool whose workers die so often before a single unit is done will never do one.
_FIRST_DEATHS = 3
_NOT_BEGUN = "ended before it took any work"


def outcomes_of_processes(
    units: Iterable[Unit[R]],
    *,
    workers: int,
    deadline_s: float | None,
    memory_bytes: int | None,
    imports: Sequence[str] = (),
) -> Generator[Outcome[R]]:
    """What becomes of units, as they end.

    Raises:
        WorkersDie: no worker lives long enough to begin a unit.
    """
    from pebble import ProcessPool  # noqa: PLC0415 - only where there are workers

    pool = ProcessPool(
        max_workers=workers,
        initializer=_begin,
        initargs=(memory_bytes, tuple(imports)),
        context=worker_context(),
    )
    try:
        yield from _run(pool, iter(units), workers * _AHEAD, deadline_s)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _run(
    pool: ProcessPool, units: Iterator[Unit[R]], window: int, deadline_s: float | None
) -> Iterator[Outcome[R]]:
    running: dict[Future[R], Unit[R]] = {}
    done = deaths = 0
    while True:
        for unit in islice(units, window - len(running)):
            running[_scheduled(pool, unit, deadline_s)] = unit
        if not running:
            return
        ended, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in ended:
            outcome = _outcome(future, running.pop(future), deadline_s)
            deaths += isinstance(outcome, Lost)
            done += not isinstance(outcome, Lost)
            if not done and deaths >= _FIRST_DEATHS:
                assert isinstance(outcome, Lost)
                raise WorkersDie(outcome.how)
            yield outcome


def _scheduled(pool: ProcessPool, unit: Unit[R], deadline_s: float | None) -> Future[R]:
    try:
        return pool.schedule(_run_unit, args=(unit,), timeout=deadline_s)
    except RuntimeError:  # all that pebble says of a pool whose workers end before they begin
        raise WorkersDie(_NOT_BEGUN) from None


def _outcome(future: Future[R], unit: Unit[R], deadline_s: float | None) -> Outcome[R]:
    from pebble import ProcessExpired  # noqa: PLC0415 - imported with the pool

    try:
        return Done(unit, future.result())
    except TimeoutError:
        return Lost(unit, f"came to no end in {deadline_s:g} s")
    except ProcessExpired as error:
        return Lost(unit, _death(error.exitcode))
    except BrokenProcessPool:
        raise WorkersDie(_NOT_BEGUN) from None
    except Exception as error:  # noqa: BLE001 - the stage decides what an error means
        return Failed(unit, error)


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
    # Of a library's own threads there would be as many as cores, in each of as many workers, and
    # each takes some of the address space that is to be bounded.
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    for module in imports:
        importlib.import_module(module)
    if memory_bytes is not None:
        _bound_memory(memory_bytes)


def _bound_memory(more_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    with open("/proc/self/statm", "rb") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + more_bytes, taken + more_bytes))


def _run_unit(unit: Unit[Any]) -> Any:
    return unit.run()
