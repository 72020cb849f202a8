"""Whether one model is better than another on the same images, or chance can say so as well.

Source: McNemar, "Note on the sampling error of the difference between correlated proportions",
1947; the p-value is the exact one, of the binomial distribution, for both sides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imnet_data.scoring.shares import Share, Z

if TYPE_CHECKING:
    from imnet_data.scoring.answers import Answers


@dataclass(frozen=True, slots=True)
class Paired:
    """Two models on the images that both answered.

    `only_this` images are right by this model alone, `only_other` by the other alone.
    """

    this: Share
    other: Share
    only_this: int
    only_other: int

    @property
    def difference(self) -> float:
        """This model's accuracy less the other's, -1 to 1; 0 of no image."""
        return (self.only_this - self.only_other) / self.this.total if self.this.total else 0.0

    def interval(self) -> tuple[float, float]:
        """The difference's interval at 95 %, by the paired differences' own spread (Wald's)."""
        n = self.this.total
        if not n:
            return -1.0, 1.0
        apart = (self.only_this + self.only_other) / n
        half = Z * math.sqrt(max(apart - self.difference**2, 0.0) / n)
        return max(self.difference - half, -1.0), min(self.difference + half, 1.0)

    @property
    def p_value(self) -> float:
        """How often chance alone would set two equal models as far apart as these, 0 to 1."""
        return exact_p(self.only_this, self.only_other)

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "this": self.this.as_json(),
            "other": self.other.as_json(),
            "only_this": self.only_this,
            "only_other": self.only_other,
            "difference": self.difference,
            "interval": list(self.interval()),
            "p_value": self.p_value,
        }


def paired(this: Answers, other: Answers) -> Paired:
    """Two models' answers to the same truth, over the images that both have answers to."""
    both = this.counted & other.counted
    a, b = this.first_right & both, other.first_right & both
    total = int(both.sum())
    return Paired(
        Share(int(a.sum()), total),
        Share(int(b.sum()), total),
        int((a & ~b).sum()),
        int((b & ~a).sum()),
    )


def exact_p(a: int, b: int) -> float:
    """The two-sided p-value of a against b heads of a fair coin.

    >>> round(exact_p(15, 5), 6), exact_p(3, 3), exact_p(0, 0)
    (0.041389, 1.0, 1.0)
    """
    n, fewer = a + b, min(a, b)
    if a == b:
        return 1.0
    # In logarithms: 0.5 ** n is 0 as a float from n = 1,075 on.
    log_all = n * math.log(2)
    log_last = math.lgamma(n + 1) - math.lgamma(fewer + 1) - math.lgamma(n - fewer + 1) - log_all
    term, total = 1.0, 1.0
    for k in range(fewer, 0, -1):
        term *= k / (n - k + 1)
        total += term
        if term < total * 1e-17:
            break
    return min(1.0, 2 * math.exp(log_last) * total)
