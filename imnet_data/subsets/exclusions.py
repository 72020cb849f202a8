"""Which drawn images are left out: for what verification found of them, or for their size.

That comes after the draw, so that what was verified where does not change what is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.tally import places_among
from imnet_data.verification.codes import CODES
from imnet_data.verification.findings.chosen import Chosen
from imnet_data.verification.findings.reading import Findings
from imnet_data.verification.inspected import Inspected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.image_rows import ImageRows
    from imnet_data.scope import Scope
    from imnet_data.subsets.recipe import Recipe

# What stands in the place of a code where a side has fewer pixels than the recipe's min_side_px.
MIN_SIDE: Final = "min-side"

_CODES = tuple(CODES)
_NUMBERS = {code: number for number, code in enumerate(_CODES)}


class Exclusions:
    """Answers for rows of images, from the findings of the moment when it is made."""

    def __init__(self, storage: Storage, scope: Scope, rows: ImageRows, recipe: Recipe) -> None:
        self.sizes_unknown = 0
        """Images asked for whose sides were wanted, and are not known."""
        self._inspected = Inspected(storage)
        self._min_side_px = recipe.min_side_px
        found: dict[int, int] = {}
        kept = Chosen.of(recipe.keep)
        for one in Findings(storage, scope, rows, chosen=Chosen.of(recipe.drop)).standing():
            if one.image is None or kept.takes(one.code, one.severity):
                continue
            # Of several codes the gravest, which stands first in the table of codes.
            image_id, number = one.image[0], _NUMBERS[one.code]
            found[image_id] = min(found.get(image_id, number), number)
        self._ids = np.array(sorted(found), np.int64)
        self._codes = np.array([found[one] for one in self._ids.tolist()], np.uint8)

    def codes(self, rows: Sequence[Sequence[Any]]) -> list[str | None]:
        """Why each image is left out; None where it is not."""
        codes: list[str | None] = [None] * len(rows)
        if len(self._ids):
            ids = np.array([row[0] for row in rows], np.int64)
            places, found = places_among(ids, self._ids)
            for at in np.flatnonzero(found).tolist():
                codes[at] = _CODES[self._codes[places[at]]]
        for at in self._too_small(rows):
            codes[at] = codes[at] or MIN_SIDE
        return codes

    @property
    def ids(self) -> list[int] | None:
        """The images that may be left out, by id; None where it takes a look at each of all."""
        return self._ids.tolist() if self._min_side_px is None else None

    @property
    def any(self) -> bool:
        """Whether an image may be left out at all."""
        return self._min_side_px is not None or len(self._ids) > 0

    def _too_small(self, rows: Sequence[Sequence[Any]]) -> Iterator[int]:
        if self._min_side_px is None:
            return
        for at, size in enumerate(self._inspected.sizes(rows)):
            if size is None:
                self.sizes_unknown += 1
            elif min(size) < self._min_side_px:
                yield at
