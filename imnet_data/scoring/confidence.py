"""How sure a model is of each row's best class: a probability, given or made of its scores.

Whether it is right as often is calibration.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Float16 probabilities of 21,841 classes add up to 1 no better than this.
_TOLERANCE: Final = 0.02
# As top.py's: rows that fit into a core's cache are gone over twice at little cost.
_CHUNK_BYTES: Final = 1 << 20


class Confidence:
    """Gathers the probability of each image's best class, batch by batch.

    `kind` is `probabilities` where every row is positive and adds up to 1, else `softmax`: the
    first batch decides, and where a later one is otherwise nothing is known (None).
    """

    def __init__(self, images: int, columns: NDArray[np.intp], width: int) -> None:
        self._columns = None if len(columns) == width else columns
        self._sure = np.zeros(images, np.float32)
        self.kind: str | None = ""

    @property
    def of_images(self) -> NDArray[np.float32] | None:
        """The probabilities, shape (images,), 0 where none was given; None if not known."""
        return self._sure if self.kind else None

    def add(self, scores: NDArray[Any], best: NDArray[np.int32], rows: NDArray[np.intp]) -> None:
        """Take in a batch's scores; `best` has each row's best column, `rows` its image."""
        if self.kind is None or not len(scores):
            return
        kind = "probabilities" if _are_probabilities(scores) else "softmax"
        if self.kind not in ("", kind):
            self.kind = None
            return
        self.kind = kind
        step = max(1, _CHUNK_BYTES // max(1, scores.shape[1] * 4))
        of_each = self._probability if kind == "probabilities" else self._softmax
        for start in range(0, len(scores), step):
            chunk = slice(start, start + step)
            self._sure[rows[chunk]] = of_each(scores[chunk], best[chunk])

    def _probability(self, scores: NDArray[Any], best: NDArray[np.int32]) -> NDArray[Any]:
        top = scores[np.arange(len(scores)), best].astype(np.float64)
        if self._columns is None:
            return np.minimum(top, 1.0)
        # Among the classes that count alone: their probabilities are made to add up to 1.
        kept = scores[:, self._columns].sum(axis=1, dtype=np.float64)
        return np.minimum(top / np.where(kept > 0, kept, 1.0), 1.0)

    def _softmax(self, scores: NDArray[Any], best: NDArray[np.int32]) -> NDArray[Any]:
        # A row may have no best: where all classes that count are ruled out (-inf).
        top = np.where(best < 0, 0, scores[np.arange(len(scores)), best])
        kept = scores if self._columns is None else scores[:, self._columns]
        narrow = scores.dtype in (np.float16, np.float32)
        away = np.subtract(kept, top[:, None], dtype=np.float32 if narrow else np.float64)
        np.exp(away, out=away)
        sums: NDArray[np.float64] = away.sum(axis=1, dtype=np.float64)
        return np.where(best < 0, 0.0, 1.0 / np.maximum(sums, 1.0))


def _are_probabilities(scores: NDArray[Any]) -> bool:
    if float(scores.min()) < 0 or float(scores.max()) > 1 + _TOLERANCE:
        return False
    whole = scores.sum(axis=1, dtype=np.float64)
    return bool((np.abs(whole - 1) <= _TOLERANCE).all())
