"""Units to the workers of a cluster, and what became of them, a few at a time.

What a worker does with one is on_worker.py's; the cluster itself connecting.py's.
"""

from __future__ import annotations

import asyncio
import pickle
import time
import uuid
from collections import deque
from concurrent.futures import wait
from contextlib import suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from imnet_data.errors import (
    ArchiveChanged,
    ArchiveMissing,
    ClusterDiffers,
    ClusterFailed,
    ImnetDataError,
    NoWorkers,
    SchedulerLost,
    WorkersDie,
)
from imnet_data.work.cluster.on_worker import Answer, Run, end_run, run_unit
from imnet_data.work.cluster.sees import blame
from imnet_data.work.cluster.versions import versions
from imnet_data.work.processes import not_only_lost
from imnet_data.work.unit import Done, Failed, Lost

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from imnet_data.work.cluster.connecting import Cluster
    from imnet_data.work.unit import Outcome, Unit

R = TypeVar("R")

# On its way, for each thread of a worker: what it is at, and what it has to begin with next while
# results travel.
_AHEAD: Final = 3
_LOOK_S: Final = 1.0
# A cluster may lose all its workers and get others; how long it is waited for.
_WITHOUT_WORKERS_S: Final = 60.0
_END_S: Final = 5.0
_REFUSED_AT_MOST: Final = 10


def outcomes_of_cluster(
    units: Iterable[Unit[R]],
    *,
    cluster: Cluster,
    deadline_s: float | None,
    memory_bytes: int | None,
    imports: Sequence[str] = (),
    gpu: bool = False,
) -> Generator[Outcome[R]]:
    """What becomes of units, as they end.

    Raises:
        WorkersDie: no process lives long enough to begin a unit.
        ClusterError: the scheduler is gone, or no worker is left, or none is such as they need.
    """
    run = Run(uuid.uuid4().hex, deadline_s, memory_bytes, tuple(imports), versions())
    flight = _Flight[R](cluster, run, gpu=gpu)
    try:
        yield from not_only_lost(flight.outcomes(iter(units)))
    finally:
        flight.end()


class _Flight(Generic[R]):
    """The units of a run that are on their way."""

    def __init__(self, cluster: Cluster, run: Run, *, gpu: bool) -> None:
        self._cluster = cluster
        self._client = cluster.client
        self._run = run
        self._gpu = gpu
        self._flying: dict[Any, Unit[R]] = {}
        self._landed: SimpleQueue[Any] = SimpleQueue()
        # Units that were on workers which died: each is tried by itself, for only then is it sure
        # that it was not another's doing.
        self._suspects: deque[Unit[R]] = deque()
        self._alone: Any = None
        self._refused = 0
        self._seen_s = time.monotonic()

    def outcomes(self, units: Iterator[Unit[R]]) -> Iterator[Outcome[R]]:
        self._check_workers()
        while True:
            self._fill(units)
            if not self._flying:
                return
            for future, answer in self._answers(self._ended()):
                unit = self._flying.pop(future)
                outcome = self._outcome(future, unit, answer)
                future.release()
                if outcome is not None:
                    yield outcome

    def end(self) -> None:
        """Give up what is on its way, and stop the children of the run."""
        with suppress(Exception):  # of a scheduler that is gone, or is going
            futures = list(self._flying)
            if futures:
                self._client.cancel(futures, asynchronous=False)
            self._cluster.on_all(end_run, self._run.name, wait_s=_END_S)
        self._flying.clear()

    # -- on their way

    def _fill(self, units: Iterator[Unit[R]]) -> None:
        if self._suspects:
            if not self._flying:
                self._alone = self._submit(self._suspects.popleft())
            return
        # Less than nothing where workers have gone since.
        for unit in islice(units, max(0, self._window() - len(self._flying))):
            self._submit(unit)

    def _window(self) -> int:
        workers = self._cluster.workers_now(gpu=self._gpu).values()
        return _AHEAD * max(1, sum(1 if self._gpu else one["nthreads"] for one in workers))

    def _submit(self, unit: Unit[R]) -> Any:
        future = self._client.submit(
            run_unit,
            self._run,
            pickle.dumps(unit, pickle.HIGHEST_PROTOCOL),
            key=f"imnet-data-{uuid.uuid4().hex}",
            pure=False,
            resources={"GPU": 1} if self._gpu else None,
        )
        self._flying[future] = unit
        future.add_done_callback(self._landed.put)
        return future

    # -- back again

    def _ended(self) -> list[Any]:
        """Those that ended by now; at least one."""
        ended: list[Any] = []
        while not ended:
            with suppress(Empty):
                ended.append(self._landed.get(timeout=_LOOK_S))
                while True:
                    ended.append(self._landed.get_nowait())
            if not ended:
                self._check_workers()
        return [future for future in ended if future in self._flying]

    def _answers(self, ended: Sequence[Any]) -> Iterator[tuple[Any, Answer | None]]:
        """Of each what its worker answered; None of one that comes to no answer."""
        answers = self._gathered([future for future in ended if future.status == "finished"])
        for future in ended:
            if future in answers:
                yield future, answers[future]
            elif future.status in ("error", "cancelled"):
                yield future, None
            else:  # the worker died that had its result: another is at it
                future.add_done_callback(self._landed.put)

    def _gathered(self, futures: list[Any]) -> dict[Any, Answer]:
        """The answers, or none of them where one is no longer there: all are to be asked again."""
        if not futures:
            return {}
        # In Dask's own thread: its workers may all end now, and nothing here would look after them.
        coming = asyncio.run_coroutine_threadsafe(
            self._client.gather(futures, asynchronous=True), self._client.loop.asyncio_loop
        )
        while not wait([coming], _LOOK_S).done:
            self._check_workers()
        if (error := coming.exception()) is None:
            self._refused = 0
            return dict(zip(futures, coming.result(), strict=True))
        self._check_workers()
        self._refused += 1
        if self._refused > _REFUSED_AT_MOST:
            raise ClusterFailed(f"{type(error).__name__}: {error}") from error
        return {}

    def _check_workers(self) -> None:
        """Make sure that there is somebody who does the work."""
        if self._client.status != "running":
            raise SchedulerLost(self._cluster.address)
        if self._cluster.workers_now(gpu=self._gpu):
            self._seen_s = time.monotonic()
        elif (self._gpu and self._cluster.workers_now()) or (
            # A job of a batch system may wait for hours before it begins.
            not self._cluster.is_queued and time.monotonic() - self._seen_s > _WITHOUT_WORKERS_S
        ):
            raise NoWorkers(self._cluster.address, gpu=self._gpu)

    # -- what it was

    def _outcome(self, future: Any, unit: Unit[R], answer: Answer | None) -> Outcome[R] | None:
        """What became of a unit; None where it is to be tried again."""
        if answer is None:
            return self._without_answer(future, unit)
        match answer.kind:
            case "done":
                return Done(unit, pickle.loads(answer.value))  # noqa: S301 - from our own worker
            case "failed":
                return self._failed(unit, answer)
            case "lost":
                return Lost(unit, answer.value)
            case "differs":
                package, theirs, ours = answer.value
                raise ClusterDiffers(f"the worker {answer.worker}", package, theirs or None, ours)
        raise WorkersDie(answer.value)

    def _failed(self, unit: Unit[R], answer: Answer) -> Failed[R]:
        error = pickle.loads(answer.value)  # noqa: S301 - likewise
        if isinstance(error, ArchiveMissing | ArchiveChanged):
            blamed = blame(self._cluster, error.path, answer.worker)
            if blamed is not None:
                raise blamed
        return Failed(unit, error)

    def _without_answer(self, future: Any, unit: Unit[R]) -> Lost[R] | None:
        """Of a unit whose worker died, once more than the scheduler bears; of another, the end."""
        from distributed import KilledWorker  # noqa: PLC0415 - here it is loaded

        error = future.exception() if future.status == "error" else None
        if isinstance(error, KilledWorker):
            if future is self._alone:
                return Lost(
                    unit, f"took {error.allowed_failures + 1} of the cluster's workers with it"
                )
            self._suspects.append(unit)
            return None
        if error is None:  # the scheduler is gone, or somebody else had it give all up
            raise SchedulerLost(self._cluster.address)
        if isinstance(error, ImnetDataError):
            raise error
        raise ClusterFailed(f"{type(error).__name__}: {error}")
