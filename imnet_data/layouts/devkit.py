"""ILSVRC's development kits: their ground truth, held against the packaged validation labels.

The labels come from the package; a kit that says otherwise is told, and changes none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from imnet_data.archives.members import Fault
from imnet_data.layouts.placement import Layout, Notes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imnet_data.archives.members import Run
    from imnet_data.archives.texts import Text
    from imnet_data.layouts.placement import Placed

# The kit of 2012 and those from 2014 on, whose detection task has a truth of its own.
_GROUND_TRUTH = re.compile(r"ILSVRC20[0-9]{2}_(?:clsloc_)?validation_ground_truth\.txt\Z")
_SHOWN: Final = 3


def is_ground_truth(base: str) -> bool:
    """Whether a file is a kit's list of validation labels.

    >>> is_ground_truth("ILSVRC2012_validation_ground_truth.txt")
    True
    """
    return _GROUND_TRUTH.match(base) is not None


class DevkitLayout(Layout):
    """A development kit; it holds no images.

    `labels` is the packaged class, by class index, of each validation image in order; `indices`
    gives the class index of an ILSVRC2012_ID, `wnids` the wnid of a class index.
    """

    learns = True

    def __init__(
        self, *, labels: Sequence[int], indices: Mapping[int, int], wnids: Sequence[str]
    ) -> None:
        self.notes = Notes()
        self.faults: list[Fault] = []
        self._labels = labels
        self._indices = indices
        self._wnids = wnids

    def needs(self, base: str) -> bool:
        """Whether it is the list of labels."""
        return is_ground_truth(base)

    def learn(self, text: Text) -> None:
        """Hold a list of ILSVRC2012_IDs, one a line, against the packaged labels."""
        lines = text.content.split()
        if len(lines) != len(self._labels):
            self._fault(
                f"{text.name} holds {len(lines):,} labels, and {len(self._labels):,} validation "
                "images were published; none was compared"
            )
            return
        told = [self._class_index(line) for line in lines]
        differ = [at for at, index in enumerate(told) if index != self._labels[at]]
        self.notes.agreeing += len(told) - len(differ)
        if differ:
            self._fault(
                f"{len(differ):,} of the {len(told):,} labels in {text.name} differ from the "
                f"packaged ones: {self._some(differ, lines, told)}"
            )

    def place(self, run: Run) -> Iterator[Placed]:  # noqa: ARG002 - as every layout
        """Nothing: a picture in a development kit is none of ImageNet's."""
        yield from ()

    def _class_index(self, line: bytes) -> int | None:
        return self._indices.get(int(line)) if line.isdigit() else None

    def _some(self, differ: list[int], lines: list[bytes], told: list[int | None]) -> str:
        shown = [
            f"ILSVRC2012_val_{at + 1:08d} is {self._said(lines[at], told[at])} here and "
            f"{self._wnids[self._labels[at]]} in the package"
            for at in differ[:_SHOWN]
        ]
        more = [f"and {len(differ) - _SHOWN:,} more"] if len(differ) > _SHOWN else []
        return "; ".join([*shown, *more])

    def _said(self, line: bytes, index: int | None) -> str:
        return self._wnids[index] if index is not None else ascii(line[:20].decode("latin-1"))

    def _fault(self, sentence: str) -> None:
        self.faults.append(Fault(sentence, severe=True))
