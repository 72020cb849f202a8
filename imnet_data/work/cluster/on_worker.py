"""What a Dask worker does with a unit: has a child process run it, bounded as on one machine.

So a picture that crashes the decoder costs a child, and not the worker with all that it has in
hand. Units are only bytes here: this process needs nothing of what they are of. What is sent, and
what becomes of the answers, is submitting.py's.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import shutil
import tempfile
import threading
import time
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from imnet_data.errors import WorkersDie
from imnet_data.work.cluster.versions import difference, versions
from imnet_data.work.pool import NOT_BEGUN, ProcessLost, end_pool, new_pool, result_of, scheduled
from imnet_data.work.start import allow_children

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from pebble import ProcessPool

    from imnet_data.work.unit import Unit

# A run that nobody ended, since its parent is gone, leaves its children alone for so long.
_IDLE_S: Final = 30.0

Kind: TypeAlias = Literal["done", "failed", "lost", "dead", "differs"]


@dataclass(frozen=True, slots=True)
class Run:
    """What the units of one run share; `name` is its own."""

    name: str
    deadline_s: float | None
    memory_bytes: int | None
    imports: tuple[str, ...]
    versions: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a unit: `value` is a pickled result or error, or a sentence's end."""

    worker: str
    kind: Kind
    value: Any


def run_unit(run: Run, unit: bytes) -> Answer:
    """Have a child run a pickled unit."""
    from distributed import get_worker  # noqa: PLC0415 - on a worker it is loaded

    worker, folder = get_worker().address, get_worker().local_directory
    if other := difference(versions(), run.versions):
        return Answer(worker, "differs", other)
    try:
        kind, value = _in_child(_pools_of(run, folder), run, unit)
    except ProcessLost as error:
        return Answer(worker, "lost", error.how)
    except (WorkersDie, BrokenProcessPool):
        return Answer(worker, "dead", NOT_BEGUN)
    except CancelledError:  # its run was ended in the meantime: nobody waits for this
        return Answer(worker, "lost", "was stopped")
    except Exception as error:  # noqa: BLE001 - whatever the child could not pickle itself
        return Answer(worker, "failed", pickle.dumps(error))
    return Answer(worker, kind, value)


def _in_child(pools: _Pools, run: Run, unit: bytes) -> tuple[Kind, bytes]:
    with pools.one() as pool:
        future = scheduled(pool, run_pickled, unit, run.deadline_s)
        with pools.to_be_ended(future):
            try:
                return result_of(future, run.deadline_s)  # type: ignore[no-any-return]
            except ProcessLost:
                pools.empty(pool)
                raise


def run_pickled(pickled: bytes) -> tuple[Kind, bytes]:
    """In a child: run a unit, and pickle what it gives or raises."""
    unit: Unit[Any] = pickle.loads(pickled)  # noqa: S301 - from the parent, over Dask's connection
    try:
        return "done", pickle.dumps(unit.run(), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - the stage decides what an error means
        return "failed", pickle.dumps(error)


async def end_run(name: str) -> None:
    """Stop the children of a run, whatever they are at; Dask's own thread waits for nothing."""
    with _lock:
        pools = _runs.pop(name, None)
    if pools is not None:
        await asyncio.to_thread(pools.end)


class _Pools:
    """The pools of a run: of one child each, as many as threads have asked for at once."""

    def __init__(self, run: Run, folder: str) -> None:
        self._run = run
        # The worker's own, on whatever disk it was told; Dask removes those of workers that died.
        self._folder = folder
        self._idle: list[ProcessPool] = []
        # Each with where its units leave what is half done.
        self._all: dict[ProcessPool, str] = {}
        self._coming: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._ended = False
        self._used_s = time.monotonic()

    @contextmanager
    def one(self) -> Iterator[ProcessPool]:
        """One that no other thread uses; a child begins in half a second."""
        with self._lock:
            if self._ended:
                raise CancelledError
            pool = self._idle.pop() if self._idle else self._new()
        try:
            yield pool
        finally:
            with self._lock:
                self._used_s = time.monotonic()
                if pool.active:  # else its child cannot even begin
                    self._idle.append(pool)
                else:
                    self._all.pop(pool, None)

    def _new(self) -> ProcessPool:
        run = self._run
        folder = tempfile.mkdtemp(prefix="imnet-data-", dir=self._folder)
        pool = new_pool(1, memory_bytes=run.memory_bytes, imports=run.imports, scratch=folder)
        self._all[pool] = folder
        return pool

    def empty(self, pool: ProcessPool) -> None:
        """Remove what a child left that was ended; another takes its place, and nothing yet."""
        with self._lock:
            folder = self._all.get(pool)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder, mode=0o700, exist_ok=True)

    @contextmanager
    def to_be_ended(self, future: Future[Any]) -> Iterator[None]:
        """What a thread waits for now: pebble leaves it waiting where a pool is stopped."""
        with self._lock:
            self._coming.add(future)
        try:
            yield
        finally:
            with self._lock:
                self._coming.discard(future)

    def is_left(self) -> bool:
        """Whether no unit came for long."""
        with self._lock:
            at_work = len(self._all) > len(self._idle)
            return not at_work and time.monotonic() - self._used_s > _IDLE_S

    def end(self) -> None:
        """Stop them all, whatever they are at."""
        with self._lock:
            self._ended = True
            pools, self._all = self._all, {}
            coming = list(self._coming)
        for pool, folder in pools.items():
            end_pool(pool)
            shutil.rmtree(folder, ignore_errors=True)
        for future in coming:
            future.cancel()


_runs: dict[str, _Pools] = {}
_lock = threading.Lock()


def _pools_of(run: Run, folder: str) -> _Pools:
    with _lock:
        if run.name not in _runs:
            allow_children()
            _runs[run.name] = _Pools(run, folder)
            threading.Thread(target=_look_after, args=[run.name], daemon=True).start()
        return _runs[run.name]


def _look_after(name: str) -> None:
    """End a run that its parent left without a word."""
    while True:
        time.sleep(_IDLE_S / 3)
        pools = _runs.get(name)
        if pools is None:
            return
        if pools.is_left():
            asyncio.run(end_run(name))
            return
