"""A data set's images, while they are read for training."""

from __future__ import annotations

from imnet_data.errors.root import ImnetDataError


class DatasetError(ImnetDataError):
    """Something of a data set that cannot be had."""


class ImageNotRead(DatasetError):
    """An image of a data set whose bytes cannot be read, or do not decode.

    `name` is the image's, `number` its place in the data set, `path` the file that it lies in,
    `reason` what is wrong, and `advice` the command to type next. torch raises an error of a worker
    anew from its text alone, and then these are empty: the text has them all.
    """

    def __init__(
        self,
        sentence: str,
        *,
        name: str = "",
        number: int = -1,
        path: str = "",
        reason: str = "",
        advice: str = "",
    ) -> None:
        self.name = name
        self.number = number
        self.path = path
        self.reason = reason
        self.advice = advice
        super().__init__(sentence)

    @classmethod
    def of(cls, name: str, number: int, *, path: str, reason: str, advice: str) -> ImageNotRead:
        """The error of one image, in a sentence."""
        sentence = f"{name} (number {number:,} of the data set) {reason}; try: {advice}"
        return cls(sentence, name=name, number=number, path=path, reason=reason, advice=advice)
