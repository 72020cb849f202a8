"""A unit that runs another in a process of its own, where its notes are: on the same machine.

It is for units that may take their process with them, and know from what they left what to try
next. Those whose notes lie where the parent sees them need it not: run.py's caller asks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from imnet_data.work.pool import ProcessLost
from imnet_data.work.processes import outcomes_of_processes
from imnet_data.work.start import allow_children
from imnet_data.work.unit import Done, Failed, Retried, Unit

R = TypeVar("R")


@dataclass(frozen=True)
class Apart(Generic[R]):
    """The unit, then whatever it would have tried in its place."""

    unit: Unit[R]

    def run(self) -> R:
        """What it gives or raises in the end.

        Raises:
            ProcessLost: it takes its process with it, and has nothing else to try.
        """
        allow_children()
        unit: Unit[Any] | None = self.unit
        while unit is not None:
            [outcome] = outcomes_of_processes([unit], workers=1, deadline_s=None, memory_bytes=None)
            if isinstance(outcome, Done):
                result: R = outcome.result
                return result
            if isinstance(outcome, Failed):
                raise outcome.error
            how = outcome.how
            unit = unit.after(how) if isinstance(unit, Retried) else None
        raise ProcessLost(how)
