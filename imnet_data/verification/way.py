"""How a verification is done: how deep, by how many processes, and what need not be looked at.

Which images are asked for is findings/asked.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.verification.levels import Level

if TYPE_CHECKING:
    from imnet_data.work.workers import Workers


@dataclass(frozen=True, slots=True)
class Way:
    """How a verification is done.

    `workers` processes, None for as many as cores may be used, 0 for this process alone, where no
    crash is survived; or a cluster. With `changed_only`, archives that were verified at this level
    and whose file has not changed since are passed by as wholes; with `again`, nothing is.

    Raises:
        ValueError: `again` does not go with the others.
    """

    level: Level = Level.QUICK
    workers: Workers | None = None
    changed_only: bool = False
    again: bool = False
    wait_s: float = 30.0
    task: str = "imnet-data verify"

    def __post_init__(self) -> None:
        if self.again and self.level is Level.QUICK:
            raise ValueError("level quick reads no image that could be looked at again")
        if self.again and self.changed_only:
            raise ValueError("either what changed is looked at, or everything again")
