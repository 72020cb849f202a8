"""Predictions of some images, as every kind of file gives them.

Which image a row is of is alignment.py's, and what a number stands for is orders.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH_BYTES: Final = 16 << 20
"""How much a batch's scores take at the most, but for a single row that takes more."""
MOST_ROWS: Final = 16_384
"""How many rows a batch has at the most."""


class Kind(StrEnum):
    """What a row says: one class, a list of classes with the best first, or a score a class."""

    CLASS = "class"
    RANKED = "ranked"
    SCORES = "scores"


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some rows in the file's order: `first` is the place of the first of them, from 0.

    `names` are the images' as they are written, None where the file has none. Either `ranked`
    holds class numbers (rows, ranks), the best first and -1 where there are fewer, or `scores` a
    number a class (rows, width): none is NaN or +inf, and one a row is finite at least. A class of
    -inf was ruled out, and is never an answer.
    """

    first: int
    names: list[str] | None
    ranked: NDArray[np.int32] | None = None
    scores: NDArray[Any] | None = None

    def __len__(self) -> int:
        rows = self.ranked if self.ranked is not None else self.scores
        return 0 if rows is None else len(rows)


def rows_at_once(row_bytes: int) -> int:
    """How many rows a batch has where one takes this many bytes."""
    return max(1, min(MOST_ROWS, BATCH_BYTES // max(1, row_bytes)))
