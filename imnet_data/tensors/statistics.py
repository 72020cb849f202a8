"""What pixels measure: exact histograms that merge in any order, their means and deviations.

Which pictures are counted, and by whom, is mean.py's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from imnet_data.tensors.normalisation import Normalisation

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from imnet_data.tensors.normalisation import Three

_LEVELS: Final = np.arange(256, dtype=np.int64)
# A deviation is kept as a whole number of 2^-32 grey levels: whole numbers add up to the same in
# any order, which floats do not.
_FINE: Final = 32


@dataclass(slots=True)
class Sums:
    """What was counted so far, in whole numbers alone.

    `histogram` is int64 [3, 256]: how many pixels of red, green and blue have each grey level.
    `deviations` are the sums over pictures of the standard deviation of a picture's channel, in
    2^-32 grey levels. `per_pixel` is uint64 [3, H, W], the sum of the grey levels at each place,
    None where it was not asked for.

    >>> black, white = np.zeros((1, 3, 2, 2), np.uint8), np.full((1, 3, 2, 2), 255, np.uint8)
    >>> one, other = Sums(), Sums()
    >>> one.count(black), other.count(white)
    (None, None)
    >>> one.add(other)
    >>> one.pictures, one.mean, one.std, one.image_std
    (2, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), (0.0, 0.0, 0.0))
    """

    pictures: int = 0
    histogram: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((3, 256), np.int64))
    deviations: tuple[int, int, int] = (0, 0, 0)
    per_pixel: npt.NDArray[np.uint64] | None = None

    def count(self, pictures: npt.NDArray[np.uint8], *, per_pixel: bool = False) -> None:
        """Count pictures, uint8 [N, 3, H, W] in RGB, all of one size."""
        for picture in pictures:
            rows = [np.bincount(channel.ravel(), minlength=256) for channel in picture]
            histogram = np.stack(rows).astype(np.int64, copy=False)
            self.histogram += histogram
            self._deviate([_fine_deviation(row) for row in histogram])
        self.pictures += len(pictures)
        if per_pixel and len(pictures):
            self._add_per_pixel(pictures.sum(axis=0, dtype=np.uint64))

    def add(self, other: Sums) -> None:
        """Take in what was counted elsewhere; the order of such steps makes no difference."""
        self.pictures += other.pictures
        self.histogram += other.histogram
        self._deviate(other.deviations)
        if other.per_pixel is not None:
            self._add_per_pixel(other.per_pixel)

    # -- what it comes to: each from exact numbers, and rounded once

    @property
    def mean(self) -> Three:
        """The mean of each channel, R, G, B, where white is 1."""
        return _three(lambda at: float(self._moment(at, 1) / 255))

    @property
    def std(self) -> Three:
        """The standard deviation of all pixels of all pictures together, where white is 1."""
        return _three(lambda at: math.sqrt(self._variance(at)) / 255)

    @property
    def image_std(self) -> Three:
        """The mean over the pictures of each one's own standard deviation, where white is 1."""
        unit = (self.pictures << _FINE) * 255
        return _three(lambda at: float(Fraction(self.deviations[at], unit)))

    @property
    def mean_image(self) -> npt.NDArray[np.float64] | None:
        """The mean of each pixel, float64 [3, H, W] in grey levels 0..255; None if not counted."""
        return None if self.per_pixel is None else self.per_pixel / np.float64(self.pictures)

    def as_json(self) -> dict[str, Any]:
        """The whole numbers, without those of each pixel."""
        return {
            "pictures": self.pictures,
            "histogram": self.histogram.tolist(),
            "deviations": list(self.deviations),
        }

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Self:
        """What `as_json()` gave."""
        red, green, blue = map(int, said["deviations"])
        histogram = np.array(said["histogram"], np.int64).reshape(3, 256)
        return cls(int(said["pictures"]), histogram, (red, green, blue))

    # -- how

    def _deviate(self, more: list[int] | tuple[int, int, int]) -> None:
        red, green, blue = (a + b for a, b in zip(self.deviations, more, strict=True))
        self.deviations = (red, green, blue)

    def _add_per_pixel(self, more: npt.NDArray[np.uint64]) -> None:
        self.per_pixel = more if self.per_pixel is None else self.per_pixel + more

    def _moment(self, at: int, power: int) -> Fraction:
        counts: list[int] = self.histogram[at].tolist()
        return Fraction(sum(n * level**power for level, n in enumerate(counts)), sum(counts))

    def _variance(self, at: int) -> Fraction:
        return self._moment(at, 2) - self._moment(at, 1) ** 2


@dataclass(frozen=True)
class Statistics:
    """What the pixels of a part of a subset measure; figures are R, G, B, and white is 1.

    `images` were counted; `left_out` could not be decoded, `broken` names some of them with why.
    `sample` is how many images were asked for by `seed`, None for all. `geometry` is the JSON of
    what they were resized and cut to; `versions` says what decoded them.
    """

    part: str
    geometry: Mapping[str, Any]
    sample: int | None
    seed: int
    images: int
    left_out: int
    broken: tuple[tuple[str, str], ...]
    versions: Mapping[str, str]
    sums: Sums = field(repr=False, compare=False)

    @cached_property
    def mean(self) -> Three:
        """The mean of each channel."""
        return self.sums.mean

    @cached_property
    def std(self) -> Three:
        """The standard deviation of all pixels together: what makes their variance 1."""
        return self.sums.std

    @cached_property
    def image_std(self) -> Three:
        """The mean of each picture's own standard deviation: what torch's .229/.224/.225 is.

        It is the smaller one, since it leaves out how pictures differ from one another.
        Source: https://github.com/pytorch/vision/issues/1965.
        """
        return self.sums.image_std

    def normalisation(self) -> Normalisation:
        """What makes the mean 0 and the variance of all pixels 1; its name is `dataset`."""
        return Normalisation("dataset", scale=1 / 255, mean=self.mean, std=self.std)

    def as_json(self) -> dict[str, Any]:
        """All of it but what it is kept by, to be kept."""
        return {
            "images": self.images,
            "left_out": self.left_out,
            "broken": [list(one) for one in self.broken],
            "versions": dict(self.versions),
            **self.sums.as_json(),
        }

    @classmethod
    def of_json(
        cls,
        said: Mapping[str, Any],
        *,
        part: str,
        geometry: Mapping[str, Any],
        sample: int | None,
        seed: int,
    ) -> Self:
        """What `as_json()` gave, with what it was kept by."""
        return cls(
            part, geometry, sample, seed, said["images"], said["left_out"],
            tuple((name, why) for name, why in said["broken"]), said["versions"],
            Sums.of_json(said),
        )  # fmt: skip


def _fine_deviation(counts: npt.NDArray[np.int64]) -> int:
    """A picture's deviation in 2^-32 grey levels, rounded to the nearest: whole numbers only."""
    n = int(counts.sum())
    total, squares = int(counts @ _LEVELS), int(counts @ _LEVELS**2)
    scaled = ((n * squares - total * total) << (2 * _FINE + 2)) // (n * n)
    return (math.isqrt(scaled) + 1) >> 1


def _three(figure: Any) -> Three:
    return figure(0), figure(1), figure(2)
