"""A set of images in a few kilobytes, from which the few that two sets differ in can be read.

What is compared, and what is told of it, is check.py's.

It is an invertible Bloom lookup table (Eppstein, Goodrich, Uyeda and Varghese, "What's the
Difference?", 2011): each image is added, by exclusive or, to three cells that its hash names. Of
two tables of the same size, one taken from the other leaves the images that only one has; a cell
that holds one image alone gives it back, and it is taken out of its other cells. So a lock of
1.28 million images names up to some 600 that are missing, in 82 kB, where a list would take 40 MB.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from imnet_data.permutation import scrambled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

_TABLES = 3
_MOST_CELLS = 256  # a table; a power of two, as is every smaller number
_LEAST_CELLS = 32

# What is kept of an image: the first 8 bytes of its line's SHA-256, which tell it from any other,
# and as much as tells people which one it is. 64 bytes, and 8 of a checksum behind them.
RECORD = np.dtype(
    [("line", "<u8"), ("size", "<u8"), ("label", "<i4"), ("split", "u1"), ("length", "u1"),
     ("name", "S42")]
)  # fmt: skip
_WORDS = RECORD.itemsize // 8
_NAME_BYTES = RECORD["name"].itemsize


@dataclass(frozen=True, slots=True)
class Member:
    """An image as a sketch gives it back; a name of more than 42 bytes ends in `…`."""

    line: int
    name: str
    split: int
    size: int
    label: int


class Sketch:
    """A set of images; the order in which they are added does not matter."""

    def __init__(self, cells: int) -> None:
        self._cells = cells
        self._counts = np.zeros(_TABLES * cells, np.int64)
        self._sums = np.zeros((_WORDS + 1, _TABLES * cells), np.uint64)

    @classmethod
    def for_images(cls, images: int) -> Self:
        """An empty sketch of the size that is right for so many images."""
        cells = _LEAST_CELLS
        while cells < min(images, _MOST_CELLS):
            cells *= 2
        return cls(cells)

    @classmethod
    def like(cls, other: Sketch) -> Self:
        """An empty sketch of another's size."""
        return cls(other._cells)

    def add(self, records: npt.NDArray[np.void]) -> None:
        """Add images, as RECORDs."""
        self._toggle(np.ascontiguousarray(records).view("<u8").reshape(-1, _WORDS), 1)

    def without(self, other: Sketch) -> Sketch:
        """What is in this one and not in the other, and the other way round, in one sketch.

        Raises:
            ValueError: they are not of the same size.
        """
        if self._cells != other._cells:
            raise ValueError("sketches of two sizes cannot be compared")
        left = Sketch(self._cells)
        left._counts = self._counts - other._counts
        left._sums = self._sums ^ other._sums
        return left

    def read(self) -> tuple[list[Member], list[Member], bool]:
        """The images that were added, those that were taken away, and whether these are all.

        The sketch is empty behind it if they are.
        """
        added: list[Member] = []
        taken: list[Member] = []
        while (found := self._alone()) is not None:
            words, sign = found
            self._toggle(words.reshape(1, -1), -sign)
            (added if sign > 0 else taken).append(_member(words))
        whole = not self._counts.any() and not self._sums.any()
        return added, taken, whole

    def to_text(self) -> str:
        """The sketch as text of ASCII."""
        return base64.b85encode(
            self._counts.astype("<i8").tobytes() + self._sums.astype("<u8").tobytes()
        ).decode("ascii")

    @classmethod
    def of_text(cls, text: str) -> Self:
        """The sketch of a text that `to_text()` gave.

        Raises:
            ValueError: it is none.
        """
        data = base64.b85decode(text)
        cells, rest = divmod(len(data), 8 * _TABLES * (_WORDS + 2))
        if rest or cells < 1 or cells & (cells - 1):
            raise ValueError("a sketch of no size that there is")
        made = cls(cells)
        words = np.frombuffer(data, "<u8").reshape(_WORDS + 2, -1)
        made._counts = words[0].astype(np.int64)
        made._sums = words[1:].astype(np.uint64)
        return made

    def _toggle(self, words: npt.NDArray[np.uint64], sign: int) -> None:
        # Of an exclusive or of several lines it is not that of each.
        checks = scrambled(words[:, 0])
        for at in self._places(words[:, 0]):
            np.add.at(self._counts, at, sign)
            for column in range(_WORDS):
                np.bitwise_xor.at(self._sums[column], at, words[:, column])
            np.bitwise_xor.at(self._sums[_WORDS], at, checks)

    def _places(self, lines: npt.NDArray[np.uint64]) -> Iterator[npt.NDArray[np.intp]]:
        """The cell of each line in each of the tables."""
        for table in range(_TABLES):
            spread = lines >> np.uint64(16 * table)
            yield (spread % np.uint64(self._cells)).astype(np.intp) + table * self._cells

    def _alone(self) -> tuple[npt.NDArray[np.uint64], int] | None:
        """The words of an image that is alone in its cell, and its sign; None where none is."""
        single = np.flatnonzero(np.abs(self._counts) == 1)
        right = scrambled(self._sums[0, single]) == self._sums[_WORDS, single]
        if not right.any():
            return None
        cell = single[right][0]
        return self._sums[:_WORDS, cell].copy(), int(self._counts[cell])


def records_of(
    lines: npt.NDArray[np.uint64],
    sizes: Sequence[int],
    *,
    label: int,
    split: int,
    names: Sequence[bytes],
) -> npt.NDArray[np.void]:
    """The RECORDs of images of one class and split; `lines` as in `RECORD`, names in UTF-8."""
    made = np.zeros(len(lines), RECORD)
    made["line"] = lines
    made["size"] = sizes
    made["label"] = label
    made["split"] = split
    made["length"] = np.minimum(np.fromiter(map(len, names), np.int64, len(names)), 255)
    made["name"] = names
    return made


def _member(words: npt.NDArray[np.uint64]) -> Member:
    record = words.view(RECORD)[0]
    name = record["name"].decode("utf-8", "ignore")
    return Member(
        line=int(record["line"]),
        name=name + ("…" if record["length"] > _NAME_BYTES else ""),
        split=int(record["split"]),
        size=int(record["size"]),
        label=int(record["label"]),
    )
