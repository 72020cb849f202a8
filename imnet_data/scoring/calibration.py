"""Whether a model is as often right as it is sure: the expected calibration error.

Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017: bins of
equal width over the best class's probability; the error is the mean, weighted by images, of the
distance between how sure a bin is and how often it is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS: Final = 15


@dataclass(frozen=True, slots=True)
class Bin:
    """The images whose probability is above `low` and at most `high`."""

    low: float
    high: float
    images: int
    correct: int
    mean_confidence: float | None

    @property
    def accuracy(self) -> float | None:
        """How often these are right, 0 to 1; None where there are none."""
        return self.correct / self.images if self.images else None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How sure a model was of each image's best class, by bins.

    `of` is what the probabilities are: `probabilities` as given, or `softmax` of the scores.
    """

    of: str
    error: float
    bins: tuple[Bin, ...]

    def as_json(self) -> dict[str, Any]:
        """The error, and every bin."""
        return {
            "of": self.of,
            "error": self.error,
            "bins": [
                {
                    "low": one.low, "high": one.high, "images": one.images,
                    "correct": one.correct, "mean_confidence": one.mean_confidence,
                }
                for one in self.bins
            ],
        }  # fmt: skip


def calibration(
    confidence: NDArray[np.floating], right: NDArray[np.bool_], of: str
) -> Calibration | None:
    """The calibration of images' best classes; None of no image.

    >>> found = calibration(np.array([0.9, 0.8, 0.7, 0.65]), np.array([1, 1, 0, 1]) > 0, "softmax")
    >>> round(found.error, 4)
    0.3375
    """
    if not len(confidence):
        return None
    # Ends belong to the bin below, as in Guo's own code; 0 itself to the first.
    places = np.clip(
        np.ceil(confidence.astype(np.float64) * BINS).astype(np.int64) - 1, 0, BINS - 1
    )
    images = np.bincount(places, minlength=BINS)
    correct = np.bincount(places, weights=right, minlength=BINS)
    sure = np.bincount(places, weights=confidence, minlength=BINS)
    error = float(np.abs(correct - sure).sum() / len(confidence))
    bins = tuple(
        Bin(
            at / BINS,
            (at + 1) / BINS,
            int(images[at]),
            int(correct[at]),
            float(sure[at] / images[at]) if images[at] else None,
        )
        for at in range(BINS)
    )
    return Calibration(of, error, bins)
