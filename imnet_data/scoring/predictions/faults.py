"""What is wrong with the rows of a file: counted over all of it, told in one sentence.

What a fault is the readers say; this knows how many there are and the first of them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from imnet_data.errors import RowsAtFault, UnknownClasses

if TYPE_CHECKING:
    from collections.abc import Iterable

EXAMPLES: Final = 3

NOT_RANKABLE: Final = "with NaN or +inf among their scores, or nothing but -inf"
RAGGED: Final = "with another number of fields than the others"
NO_CLASS_NUMBER: Final = "with something that is no class number"
MISCOUNTED: Final = "that are not counted as the first ones are"
NO_NUMBER: Final = "with something that is no number"
UNKNOWN_CLASS: Final = "with a class that is none of those scored against by that name"
TWO_CLASSES: Final = "with a word for a class that several classes are called by"
# These are told as a class's fault, the others as a row's.
_OF_CLASSES: Final = (TWO_CLASSES, UNKNOWN_CLASS)


class Faults:
    """The faulty rows of one pass over a file, `source`."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._counts)

    def note(self, fault: str, examples: Iterable[str]) -> None:
        """Take in rows with a fault, by what to show of each."""
        for example in examples:
            self._counts[fault] += 1
            kept = self._examples.setdefault(fault, [])
            if len(kept) < EXAMPLES and example not in kept:
                kept.append(example)

    def check(self) -> None:
        """Tell the first kind of fault, if there is any.

        Raises:
            RowsAtFault: some rows' scores cannot be ranked, or have another number of fields.
            UnknownClasses: some classes are known by no such name, or several are.
        """
        for fault, count in self._counts.items():
            examples = self._examples[fault]
            if fault in _OF_CLASSES:
                raise UnknownClasses(self.source, fault, count=count, examples=examples)
            raise RowsAtFault(self.source, fault, count=count, examples=examples)
