"""Units into outcomes: in this process, in processes of their own that may die, or on a cluster.

A unit's order is not kept: outcomes come as they are ready.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imnet_data.work.here import outcomes_here
from imnet_data.work.processes import outcomes_of_processes
from imnet_data.work.workers import is_cluster

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from imnet_data.work.unit import Outcome, Unit
    from imnet_data.work.workers import Workers

R = TypeVar("R")


def outcomes(
    units: Iterable[Unit[R]],
    *,
    workers: Workers,
    deadline_s: float | None = None,
    memory_bytes: int | None = None,
    imports: Sequence[str] = (),
    gpu: bool = False,
) -> Generator[Outcome[R]]:
    """What becomes of units, as they end; units are asked for only a few ahead.

    With 0 workers they run in this process, where neither deadline nor memory can be held. A
    worker may take `memory_bytes` of address space beyond what Python and its libraries have, of
    which it loads the modules `imports` first. Closing the iterator stops the workers.

    On a cluster each runs in a process of one of its workers, bounded in the same way; one that
    takes several workers with it is lost. With `gpu`, only workers that have the resource GPU take
    any, one unit a GPU at a time.

    Raises:
        WorkersDie: no worker lives long enough to begin a unit.
        ClusterError: the cluster is gone, or its workers are not such as the units need.
    """
    if workers == 0:
        return outcomes_here(units)
    if is_cluster(workers):
        from imnet_data.work.cluster.submitting import outcomes_of_cluster  # noqa: PLC0415

        return outcomes_of_cluster(
            units,
            cluster=workers,
            deadline_s=deadline_s,
            memory_bytes=memory_bytes,
            imports=imports,
            gpu=gpu,
        )
    assert isinstance(workers, int)
    return outcomes_of_processes(
        units,
        workers=workers,
        deadline_s=deadline_s,
        memory_bytes=memory_bytes,
        imports=imports,
    )
