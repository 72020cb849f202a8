"""An archive's bounding boxes on their way into the catalogue, each under its image's key.

What the files say is layouts/boxes.py's to read; the key is the layout's that places images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.archives.members import Fault, Run
from imnet_data.archives.names import Names
from imnet_data.db.boxes import BoxKey, BoxRow
from imnet_data.layouts.boxes import BrokenBoxes, boxes_in
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.wnid import is_wnid, to_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from imnet_data.archives.texts import Text
    from imnet_data.layouts.boxes import FoundBoxes
    from imnet_data.layouts.placement import Layout

    # Puts the boxes of some images into the catalogue.
    Put = Callable[[Mapping[BoxKey, Sequence[BoxRow]]], None]

_PLACED_AT_ONCE = 512  # images of one folder
_WRITTEN_AT_ONCE = 2_000  # images: some 2 MB of rows
_NAMED = 3  # broken annotations that a fault names


class BoxLoad:
    """Takes the side files of one archive; `flush()` before the transaction ends.

    `layout` is one that places this archive's images, used here for their keys alone; `put` is
    given the boxes when there are enough to write. `splits` are those of their images.
    """

    def __init__(
        self, layout: Layout, *, release_id: int, is_noun: Callable[[int], bool], put: Put
    ) -> None:
        self._layout = layout
        self._release_id = release_id
        self._is_noun = is_noun
        self._put = put
        self._alike: list[FoundBoxes] = []
        self._pending: dict[BoxKey, list[BoxRow]] = {}
        self._categories: dict[str, tuple[int, str | None]] = {}
        self.splits: set[int] = set()
        self._broken: list[BrokenBoxes] = []
        self._broken_in_all = 0

    def take(self, text: Text) -> None:
        """Take in the boxes of a file that `reads_boxes`."""
        for found in boxes_in(text):
            if isinstance(found, BrokenBoxes):
                self._broken_in_all += 1
                if len(self._broken) < _NAMED:
                    self._broken.append(found)
                continue
            if self._alike and (
                found.directory != self._alike[0].directory or len(self._alike) >= _PLACED_AT_ONCE
            ):
                self._place()
            self._alike.append(found)

    def flush(self) -> None:
        """Put in what is pending."""
        self._place()
        if self._pending:
            self._put(self._pending)
            self._pending = {}

    @property
    def faults(self) -> list[Fault]:
        """What could not be read, in one sentence."""
        if not self._broken:
            return []
        named = "; ".join(f"{broken.where} ({broken.reason})" for broken in self._broken)
        more = self._broken_in_all - len(self._broken)
        several = self._broken_in_all > 1
        return [
            Fault(
                f"{self._broken_in_all:,} annotation{'s' if several else ''} cannot be read and "
                f"{'were' if several else 'was'} left out: {named}"
                + (f"; and {more:,} more" if more else ""),
                severe=False,
            )
        ]

    def _place(self) -> None:
        """Find the keys of the images of one folder, as if they lay there."""
        alike, self._alike = self._alike, []
        if not alike:
            return
        nothing = [0] * len(alike)
        bases = Names([found.image_base for found in alike])
        keys = self._keys(Run(alike[0].directory, bases, nothing, nothing, None))
        for key, found in zip(keys, alike, strict=True):
            rows = list(self._rows(found))
            known = self._pending.get(key)
            poorer = known is not None and found.width is None and known[0].width is not None
            if rows and not poorer:
                self._pending[key] = rows
        if len(self._pending) >= _WRITTEN_AT_ONCE:
            self._put(self._pending)
            self._pending = {}

    def _keys(self, run: Run) -> Iterator[BoxKey]:
        for placed in self._layout.place(run):
            self.splits.add(placed.split)
            names = placed.names or [""] * len(placed.numbers)
            for number, name in zip(placed.numbers, names, strict=True):
                yield BoxKey.of(self._release_id, placed.split, placed.synset, number, name)

    def _rows(self, found: FoundBoxes) -> Iterator[BoxRow]:
        width, height = found.width, found.height
        for box in found.objects:
            category, label = self._category(box.category)
            yield BoxRow(
                category,
                label,
                box.xmin,
                box.ymin,
                box.xmax,
                box.ymax,
                width,
                height,
                box.truncated,
                box.difficult,
            )

    def _category(self, said: str) -> tuple[int, str | None]:
        """The synset id of an object's class, or none and its name; some wnids lack their n."""
        known = self._categories.get(said)
        if known is None:
            wnid = said.lower() if said[:1] in ("n", "N") else f"n{said}"
            is_noun = is_wnid(wnid) and self._is_noun(to_id(wnid))
            known = (to_id(wnid), None) if is_noun else (UNLABELLED, said)
            self._categories[said] = known
        return known
