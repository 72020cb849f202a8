"""What a verification comes to, in sentences that claim no more than was looked at.

The counts are summary.py's; the table below the sentences is the command's and the reports'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.amounts import count
from imnet_data.verification.levels import Level

if TYPE_CHECKING:
    from imnet_data.verification.findings.summary import Summary
    from imnet_data.verification.report import VerifyReport


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verification in numbers of images, and of faults that are not an image's.

    `looked_at`, `unchanged` and `out_of_reach` are a `VerifyReport`'s. `broken`, `odd` and `known`
    are counted by an image's worst finding; `moved` are the broken ones that a quick run finds.
    `imperfect` are the broken, odd and known ones that are not out of reach; None: all of them.
    """

    level: Level
    images: int
    looked_at: int
    unchanged: int = 0
    out_of_reach: int = 0
    broken: int = 0
    odd: int = 0
    known: int = 0
    moved: int = 0
    imperfect: int | None = None
    untold: int = 0
    copies: int = 0
    archive_faults: int = 0
    is_interrupted: bool = False

    @classmethod
    def of(cls, report: VerifyReport, summary: Summary) -> Verdict:
        """The verdict of a run, with all that stands in the catalogue for what it was asked."""
        return cls(
            level=report.level,
            images=report.images,
            looked_at=report.looked_at,
            unchanged=report.unchanged,
            out_of_reach=report.out_of_reach,
            broken=summary.broken_images,
            odd=summary.odd_images,
            known=summary.known_images,
            moved=sum(one.count for one in summary.sums if one.code == "moved"),
            archive_faults=summary.archive_faults,
            imperfect=summary.imperfect_in_reach,
            untold=report.untold,
            copies=report.copies,
            is_interrupted=report.interrupted,
        )

    @property
    def right(self) -> int | None:
        """Images with nothing wrong or odd, as far as the level tells; None of a sample."""
        if self.level is Level.QUICK:
            return None
        all_of_them = self.broken + self.odd + self.known
        imperfect = all_of_them if self.imperfect is None else self.imperfect
        return max(0, self.looked_at + self.unchanged - imperfect)

    @property
    def is_well(self) -> bool:
        """Whether nothing is broken."""
        return not self.broken and not self.archive_faults

    def sentences(self) -> list[str]:
        """What may be said, the main thing first.

        >>> Verdict(Level.DECODE, 1281194, 1281194, broken=4, known=23).sentences()
        ['1,281,167 images are right, 23 are odd in known ways, 4 are broken.']
        """
        if not self.images:
            return ["No image is among these."]
        said = self._quick() if self.level is Level.QUICK else self._deep()
        if self.out_of_reach:
            said.append(
                f"{_are(self.out_of_reach, 'image')} out of reach: the archives are not there, or "
                "no longer as they were indexed."
            )
        if self.archive_faults:
            said.append(f"{count(self.archive_faults, 'fault')} in archives.")
        if self.is_interrupted:
            said.append("The run was interrupted: this is what is known so far.")
        return said

    def limits(self) -> list[str]:
        """What was not looked at, though one might think it was: to stand at the end."""
        said = []
        if self.untold:
            whether = "its bytes are" if self.untold == 1 else "their bytes are"
            said.append(
                f"No published checksum is known of {count(self.untold, 'archive')}: nothing tells "
                f"whether {whether} those that were published."
            )
        if self.copies:
            said.append(
                f"{count(self.copies, 'further copy', 'further copies')} of these images, in other "
                "places, " + ("was" if self.copies == 1 else "were") + " not looked at."
            )
        return said

    def _quick(self) -> list[str]:
        """Of a quick run: what the sample says of itself, and what earlier runs said of more."""
        said = []
        if self.looked_at:
            found = "all where" if not self.moved else f"where, but for {self.moved:,},"
            sample = f"{self.looked_at:,} of {count(self.images, 'image')}"
            said.append(f"The headers of a sample, {sample}, are {found} the catalogue says.")
        if self.unchanged:
            said.append(
                f"{count(self.unchanged, 'image')} in archives that have not changed since they "
                "were verified."
            )
        said.append("No image was read or decoded.")
        parts = self._parts(self.broken - self.moved)
        if parts:
            said.append(f"Earlier runs looked deeper: {', '.join(parts)}.")
        return said

    def _deep(self) -> list[str]:
        if not self.looked_at + self.unchanged:
            return [f"None of {count(self.images, 'image')} was looked at."]
        right = self.right or 0
        parts = self._parts(self.broken) if self.broken else [*self._parts(0), "none is broken"]
        rest = ", ".join(parts)
        if self.level is Level.DECODE:
            return [f"{_are(right, 'image')} right, {rest}."]
        whole = "begins and ends as it should" if right == 1 else "begin and end as they should"
        return [
            f"{count(right, 'image')} {whole}, {rest}.",
            "No pixels were decoded: damage inside an image is not seen at this level.",
        ]

    def _parts(self, broken: int) -> list[str]:
        ways = "a known way" if self.known == 1 else "known ways"
        counted = ((self.odd, "odd"), (self.known, f"odd in {ways}"), (broken, "broken"))
        return [f"{_are(n)} {what}" for n, what in counted if n]


def _are(n: int, noun: str = "") -> str:
    """A number, its noun if any, and the verb that goes with both."""
    shown = count(n, noun) if noun else f"{n:,}"
    return f"{shown} {'is' if n == 1 else 'are'}"
