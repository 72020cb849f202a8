"""Base names of members, kept as the bytes of their headers until somebody wants them as text.

An ILSVRC tar gives a million names that are all `n01440764_<number>.JPEG`; nobody needs them as
texts, only their numbers, and numpy reads those out of the bytes three times as fast.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np

from imnet_data.archives.members import is_image
from imnet_data.archives.text import text_of

if TYPE_CHECKING:
    import numpy.typing as npt

_ZERO, _SLASH = ord("0"), ord("/")
_MOST_DIGITS = 12  # more do not fit what a catalogue keeps as a number


class Names(Sequence[str]):
    """Names as texts, or as a table of bytes of shape (names, width), padded with zeros."""

    def __init__(
        self, texts: list[str] | None = None, table: npt.NDArray[np.uint8] | None = None
    ) -> None:
        self._texts = texts
        self._table = table

    @property
    def texts(self) -> list[str]:
        """The names as texts."""
        if self._texts is None:
            assert self._table is not None
            width = self._table.shape[1]
            raw = np.ascontiguousarray(self._table).view(f"S{width}").ravel().tolist()
            self._texts = text_of(b"\n".join(raw)).split("\n")
            if len(self._texts) != len(raw):  # a line break inside a name
                self._texts = [text_of(name) for name in raw]
        return self._texts

    def __len__(self) -> int:
        return len(self._texts if self._table is None else self._table)  # type: ignore[arg-type]

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Names: ...
    def __getitem__(self, at: int | slice) -> str | Names:
        if isinstance(at, slice):
            return Names(
                self._texts and self._texts[at], None if self._table is None else self._table[at]
            )
        if self._texts is None:
            assert self._table is not None
            raw: bytes = self._table[at].tobytes()
            return text_of(raw.rstrip(b"\0"))
        return self._texts[at]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.texts == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Names({self.texts!r})"

    def are_images(self) -> bool:
        """Whether all of them are images' names; a table holds no others."""
        return self._table is not None or all(map(is_image, self.texts))

    def numbers_between(self, head: str, tail: str) -> list[int] | None:
        """The numbers of names that are all `head`, a plain number, and `tail`; None if any is not.

        Plain: at most 12 digits and no leading zero, so that the number gives the name back.

        >>> Names(["n01440764_7.JPEG", "n01440764_12.JPEG"]).numbers_between("n01440764_", ".JPEG")
        [7, 12]
        """
        if self._table is None:
            return _numbers_in_texts(self.texts, head, tail)
        return _numbers_in_table(self._table, head.encode(), tail.encode())


def _numbers_in_table(table: npt.NDArray[np.uint8], head: bytes, tail: bytes) -> list[int] | None:
    """The numbers, one length of name after another: within one, every sign has its column."""
    start, width = len(head), table.shape[1]
    if width < start or (table[:, :start] != np.frombuffer(head, np.uint8)).any():
        return None
    lengths = np.count_nonzero(table, axis=1)  # zeros stand only behind a name
    numbers = np.zeros(len(table), np.int64)
    for length in np.unique(lengths).tolist():
        rows = lengths == length
        stop = length - len(tail)
        if not 1 <= stop - start <= _MOST_DIGITS:
            return None
        names = table[rows]
        digits = names[:, start:stop] - _ZERO
        if (
            (names[:, stop:length] != np.frombuffer(tail, np.uint8)).any()
            or (digits > 9).any()
            or (stop - start > 1 and not digits[:, 0].all())
        ):
            return None
        numbers[rows] = digits.astype(np.int64) @ 10 ** np.arange(stop - start - 1, -1, -1)
    found: list[int] = numbers.tolist()
    return found


def _numbers_in_texts(names: list[str], head: str, tail: str) -> list[int] | None:
    text = "\n".join(names)
    if not (text.startswith(head) and text.endswith(tail)):
        return None
    between = f"{tail}\n{head}"
    if text.count(between) != len(names) - 1:
        return None
    middle = text[len(head) : len(text) - len(tail)].replace(between, "\n")
    digits = middle.split("\n")
    # isdecimal() takes other scripts' digits too, and int() '007': both are other names.
    if len(digits) != len(names) or not middle.replace("\n", "").isascii():
        return None
    if not all(map(str.isdecimal, digits)) or max(map(len, digits)) > _MOST_DIGITS:
        return None
    numbers = list(map(int, digits))
    return numbers if list(map(str, numbers)) == digits else None
