"""What a model answered for each image: its best classes in the truth's own numbers.

A file of predictions becomes this by reading.py; all figures are made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from imnet_data.scoring.shares import Share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from imnet_data.scoring.calibration import Calibration
    from imnet_data.scoring.truth import Truth

RANKS: Final = 5


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to a truth's images, in the truth's order.

    `top` has the truth's class indices, best first, -1 for a class that the truth has not got,
    shape (images, ranks) with as many ranks as the input held, five at most. `given` says which
    images there is an answer for. `calibration` is None unless there were scores.
    """

    truth: Truth
    top: NDArray[np.int32]
    given: NDArray[np.bool_]
    calibration: Calibration | None = None

    @property
    def ranks(self) -> int:
        """How many classes an image's answer has, best first."""
        return int(self.top.shape[1])

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Which images count: those with an answer and a label."""
        return self.given & (self.truth.counts > 0)

    @cached_property
    def first_right(self) -> NDArray[np.bool_]:
        """Which images' best class is right; never one that does not count."""
        return self.truth.holds(self.top[:, 0]) & self.counted

    @cached_property
    def five_right(self) -> NDArray[np.bool_] | None:
        """Which images have a right class among the best five; None where fewer are known."""
        if self.ranks < RANKS:
            return None
        right = self.first_right.copy()
        for rank in range(1, RANKS):
            right |= self.truth.holds(self.top[:, rank])
        return right & self.counted

    @property
    def top1(self) -> Share:
        """How many best classes are right."""
        return Share(int(self.first_right.sum()), int(self.counted.sum()))

    @property
    def top5(self) -> Share | None:
        """How many images have a right class among the best five, if five are known."""
        right = self.five_right
        return None if right is None else Share(int(right.sum()), int(self.counted.sum()))
