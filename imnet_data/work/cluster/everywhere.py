"""One unit on each worker of a cluster, to hear what each of them has; work is submitting.py's."""

from __future__ import annotations

import pickle
import time
import uuid
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, TypeVar

from imnet_data.errors import NoWorkers
from imnet_data.work.cluster.on_worker import Run, end_run, run_unit
from imnet_data.work.cluster.versions import versions
from imnet_data.work.unit import Done, Failed, Lost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imnet_data.work.cluster.connecting import Cluster
    from imnet_data.work.cluster.on_worker import Answer
    from imnet_data.work.unit import Outcome, Unit

R = TypeVar("R")

# A worker that is busy with other people's work is not waited for any longer.
_WAIT_S: Final = 120.0
_END_S: Final = 5.0


def outcomes_everywhere(
    unit: Unit[R], *, cluster: Cluster, gpu: bool = False
) -> dict[str, Outcome[R]]:
    """What becomes of a unit on each worker, by address; with `gpu` on those that have one.

    Those that end meanwhile, or answer nothing for two minutes, are not among them.

    Raises:
        NoWorkers: there is none.
    """
    run = Run(uuid.uuid4().hex, None, None, (), versions())
    pickled = pickle.dumps(unit, pickle.HIGHEST_PROTOCOL)
    futures = {
        cluster.client.submit(
            run_unit, run, pickled, key=f"imnet-data-{uuid.uuid4().hex}", pure=False,
            workers=[worker], allow_other_workers=False, resources={"GPU": 1} if gpu else None,
        ): worker
        for worker in cluster.workers_now(gpu=gpu)
    }  # fmt: skip
    if not futures:
        raise NoWorkers(cluster.address, gpu=gpu)
    try:
        _wait(futures)
        return {
            worker: _outcome(unit, future.result())
            for future, worker in futures.items()
            if future.status == "finished"
        }
    finally:
        cluster.client.cancel(list(futures))
        cluster.on_all(end_run, run.name, wait_s=_END_S)


def _wait(futures: Iterable[Any]) -> None:
    """Until all have ended, or for so long."""
    waiting, until = list(futures), time.monotonic() + _WAIT_S
    ended: SimpleQueue[Any] = SimpleQueue()
    for future in waiting:
        future.add_done_callback(ended.put)
    with suppress(Empty):
        for _ in waiting:
            ended.get(timeout=max(until - time.monotonic(), 0))


def _outcome(unit: Unit[R], answer: Answer) -> Outcome[R]:
    value: Any = answer.value
    if answer.kind == "done":
        return Done(unit, pickle.loads(value))  # noqa: S301 - from our own worker
    if answer.kind == "failed":
        return Failed(unit, pickle.loads(value))  # noqa: S301 - likewise
    return Lost(unit, str(value))
