"""Units in processes: one that dies or hangs costs its unit, and another takes its place.

How the processes begin and end is pool.py's.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from imnet_data.errors import WorkersDie
from imnet_data.work.pool import NOT_BEGUN, ProcessLost, end_pool, new_pool, result_of, scheduled
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
    pool = new_pool(workers, memory_bytes=memory_bytes, imports=imports)
    try:
        yield from not_only_lost(_run(pool, iter(units), workers * _AHEAD, deadline_s))
    finally:
        end_pool(pool)


def not_only_lost(outcomes: Iterable[Outcome[R]]) -> Iterator[Outcome[R]]:
    """The same outcomes, as long as not all that come first are lost.

    Raises:
        WorkersDie: they are.
    """
    done, lost = False, 0
    for outcome in outcomes:
        if not isinstance(outcome, Lost):
            done = True
        elif not done:
            lost += 1
            if lost >= _FIRST_DEATHS:
                raise WorkersDie(outcome.how)
        yield outcome


def _run(
    pool: ProcessPool, units: Iterator[Unit[R]], window: int, deadline_s: float | None
) -> Iterator[Outcome[R]]:
    running: dict[Future[R], Unit[R]] = {}
    while True:
        for unit in islice(units, window - len(running)):
            running[scheduled(pool, _run_unit, unit, deadline_s)] = unit
        if not running:
            return
        ended, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in ended:
            yield _outcome(future, running.pop(future), deadline_s)


def _outcome(future: Future[R], unit: Unit[R], deadline_s: float | None) -> Outcome[R]:
    try:
        return Done(unit, result_of(future, deadline_s))
    except ProcessLost as error:
        return Lost(unit, error.how)
    except BrokenProcessPool:
        raise WorkersDie(NOT_BEGUN) from None
    except Exception as error:  # noqa: BLE001 - the stage decides what an error means
        return Failed(unit, error)


def _run_unit(unit: Unit[Any]) -> Any:
    return unit.run()
