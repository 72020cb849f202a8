"""What a verification did, in numbers; what it found is asked of the catalogue.

Sentences and files are verdict.py's and reports.py's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imnet_data.verification.findings.summary import Summary

if TYPE_CHECKING:
    from imnet_data.verification.levels import Level


@dataclass(slots=True)
class VerifyReport:
    """What `Catalogue.verify()` did.

    `images` were asked for. Of these `looked_at` were looked at now (of a quick run: their
    headers), `unchanged` had been before, at this level or deeper, and have not changed since, and
    `out_of_reach` lie in archives that are not there, or no longer those that were indexed; these
    are in `archives` too, and `unreached` has their ids.

    `untold` are archives of which no checksum is known, neither of the whole nor of its parts, so
    that nothing told whether their bytes are those that were published; `copies` of these images,
    in further places, were not looked at. Both are counted from level digest on. Only the copies of
    broken images are: `whole_copies` counts those of the first thousand that are whole elsewhere,
    by the path of that archive.

    `deepest` is the level that all archives in reach were verified at, now or before; None: none.

    `summary` counts the findings that stand in the catalogue for what was asked, whenever they were
    found. `interrupted` by Ctrl-C: what had been found is kept.
    """

    level: Level
    images: int = 0
    looked_at: int = 0
    unchanged: int = 0
    out_of_reach: int = 0
    archives: int = 0
    unreached: frozenset[int] = frozenset()
    untold: int = 0
    copies: int = 0
    whole_copies: dict[str, int] = field(default_factory=dict)
    deepest: Level | None = None
    summary: Summary = field(default_factory=Summary)
    elapsed_s: float = 0.0
    interrupted: bool = False

    @property
    def codes(self) -> dict[str, int]:
        """How many findings there are of each code, but for known oddities."""
        return self._counts(known=False)

    @property
    def known(self) -> dict[str, int]:
        """How many oddities of each code there are that the release was published with."""
        return self._counts(known=True)

    @property
    def broken_images(self) -> int:
        """How many images have at least one finding that is broken."""
        return self.summary.broken_images

    @property
    def images_per_s(self) -> float:
        """How many images were looked at in a second."""
        return self.looked_at / self.elapsed_s if self.elapsed_s else 0.0

    def _counts(self, *, known: bool) -> dict[str, int]:
        # A code can have two severities: a class that is short is a note where the copy is a part.
        counts: dict[str, int] = {}
        for one in self.summary.sums:
            if one.known is known:
                counts[one.code] = counts.get(one.code, 0) + one.count
        return counts
