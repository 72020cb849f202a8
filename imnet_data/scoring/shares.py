"""A share of images with its exact counts, and the interval that chance leaves around it.

Which images are right is figures.py's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

# The normal distribution's 97.5 % point: the interval holds the true rate 95 times in 100.
Z: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many.

    >>> share = Share(38065, 50000)
    >>> share.accuracy, [round(end, 4) for end in share.interval()]
    (0.7613, [0.7575, 0.765])
    """

    correct: int
    total: int

    @property
    def accuracy(self) -> float | None:
        """The share, 0 to 1; None of nothing."""
        return self.correct / self.total if self.total else None

    def interval(self) -> tuple[float, float]:
        """The Wilson score interval at 95 %; 0 to 1 of nothing.

        Source: Wilson, "Probable inference, the law of succession, and statistical inference",
        1927, without a correction for continuity.
        """
        if not self.total:
            return 0.0, 1.0
        n, share, square = self.total, self.correct / self.total, Z * Z
        middle = (share + square / (2 * n)) / (1 + square / n)
        spread = share * (1 - share) / n + square / (4 * n * n)
        half = Z / (1 + square / n) * math.sqrt(spread)
        # At the ends rounding would leave a hair of what the formula takes away exactly.
        low = 0.0 if self.correct == 0 else middle - half
        return low, 1.0 if self.correct == n else middle + half

    def percent(self) -> str:
        """The share in per cent with two decimals, as tables of results have it.

        >>> Share(38065, 50000).percent(), Share(0, 0).percent()
        ('76.13 %', '-')
        """
        return "-" if self.accuracy is None else f"{100 * self.accuracy:.2f} %"

    def as_json(self) -> dict[str, Any]:
        """The counts and the share."""
        return {"correct": self.correct, "total": self.total, "accuracy": self.accuracy}
