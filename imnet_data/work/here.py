"""Units in this process, one after another.

Units in other processes are processes.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imnet_data.work.unit import Done, Failed

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from imnet_data.work.unit import Outcome, Unit

R = TypeVar("R")


def outcomes_here(units: Iterable[Unit[R]]) -> Generator[Outcome[R]]:
    """What becomes of units, in their order."""
    for unit in units:
        try:
            result = unit.run()
        except Exception as error:  # noqa: BLE001 - the stage decides what an error means
            yield Failed(unit, error)
        else:
            yield Done(unit, result)
