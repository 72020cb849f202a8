"""Units into outcomes: in this process, or in processes of their own that may die.

A unit's order is not kept: outcomes come as they are ready.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imnet_data.work.here import outcomes_here
from imnet_data.work.processes import outcomes_of_processes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from imnet_data.work.unit import Outcome, Unit

R = TypeVar("R")


def outcomes(
    units: Iterable[Unit[R]],
    *,
    workers: int,
    deadline_s: float | None = None,
    memory_bytes: int | None = None,
    imports: Sequence[str] = (),
) -> Generator[Outcome[R]]:
    """What becomes of units, as they end; units are asked for only a few ahead.

    With 0 workers they run in this process, where neither deadline nor memory can be held. A
    worker may take `memory_bytes` of address space beyond what Python and its libraries have, of
    which it loads the modules `imports` first. Closing the iterator stops the workers.

    Raises:
        WorkersDie: no worker lives long enough to begin a unit.
    """
    if workers == 0:
        return outcomes_here(units)
    return outcomes_of_processes(
        units,
        workers=workers,
        deadline_s=deadline_s,
        memory_bytes=memory_bytes,
        imports=imports,
    )
