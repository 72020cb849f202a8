"""The small files beside images: a scan's runs parted into images and texts, in their order.

What a text says is the layouts' to read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from imnet_data.archives.members import Fault, Run, is_image
from imnet_data.archives.names import Names
from imnet_data.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.members import Position, Scan

# A list of all of ILSVRC's training images is 50 MB; what is larger is no side file.
LONGEST_TEXT = 1 << 28


@dataclass(frozen=True, slots=True)
class Text:
    """A side file: its folder's path in the archive, its base name, its bytes.

    A scan that starts at `next_position` yields what follows it; None within a run.
    """

    directory: str
    name: str
    content: bytes
    next_position: Position | None = None


def pieces(scan: Scan) -> Iterator[Run | Text]:
    """A scan's images as runs, and the other members that it was told to yield as texts."""
    for run in scan.runs():
        if run.names.are_images():
            yield run
            continue
        for are_images, group in groupby(enumerate(map(is_image, run.names)), itemgetter(1)):
            places = [at for at, _ in group]
            if are_images:
                yield _part(run, places)
            else:
                yield from _texts(scan, run, places)


def _part(run: Run, places: list[int]) -> Run:
    """Members of a run; a scan that goes on behind it is a scan that goes on behind them all."""
    start, stop = places[0], places[-1] + 1
    return Run(
        run.directory,
        Names(run.names.texts[start:stop]),
        run.offsets[start:stop],
        run.sizes[start:stop],
        run.next_position if stop == len(run.names) else None,
        run.said and run.said[start:stop],
    )


def _texts(scan: Scan, run: Run, places: list[int]) -> Iterator[Text]:
    for at in places:
        if run.sizes[at] <= LONGEST_TEXT:
            last = at == len(run.names) - 1
            try:
                content = scan.read(run, at)
            except ArchiveError as error:  # what it says is lost, and the images are not
                scan.findings.faults.append(Fault(str(error), severe=True))
                continue
            yield Text(run.directory, run.names[at], content, run.next_position if last else None)
