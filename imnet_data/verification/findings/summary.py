"""What findings add up to: how many of each code, and how many images are broken or odd.

A byte an image is all that is held, so that a million findings take no memory.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imnet_data.verification.codes import CODES, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from typing import Any

    from imnet_data.verification.findings.chosen import Chosen
    from imnet_data.verification.findings.finding import Finding
    from imnet_data.verification.findings.reading import Standing

_ORDER = {name: place for place, name in enumerate(CODES)}
# What an image is, by its worst finding: these, or fine. Notes alone leave it fine.
_BROKEN, _ODD, _KNOWN = 3, 2, 1
_UNREACHED = 4  # added to that of an image in an archive that is out of reach
_ARCHIVE = 5  # the place of the archive in an image's row
_WORTH = {Severity.BROKEN: _BROKEN, Severity.ODD: _ODD, Severity.NOTE: 0}


@dataclass(slots=True)
class CodeSum:
    """How many findings of one code there are, with the first few; known oddities by themselves."""

    code: str
    severity: Severity
    known: bool
    count: int = 0
    examples: list[Finding] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """What the code is about: `image`, `archive` or `class`."""
        return CODES[self.code].subject

    @property
    def word(self) -> str:
        """What it is called where people read it: its severity, or `known`."""
        return "known" if self.known else self.severity.value


class Summary:
    """Counts findings one by one; `broken_of` has the broken images a (release, split, class).

    `unreached` are archives, by id, whose images nobody can look at now.
    """

    def __init__(self, unreached: Collection[int] = ()) -> None:
        self._unreached = unreached
        self._sums: dict[tuple[str, Severity, bool], CodeSum] = {}
        self._worst = bytearray()
        self.broken_of: Counter[tuple[int, int, int]] = Counter()

    def count(self, one: Standing) -> CodeSum:
        """Count one; gives the sum that it went into, for an example to be put there."""
        key = (one.code, one.severity, one.known)
        if key not in self._sums:
            self._sums[key] = CodeSum(*key)
        self._sums[key].count += 1
        if one.image is not None:
            self._note(one, one.image)
        return self._sums[key]

    def _note(self, one: Standing, image: Sequence[Any]) -> None:
        image_id = image[0]
        if image_id >= len(self._worst):
            self._worst.extend(bytes(image_id + 1 - len(self._worst)))
        worst = _KNOWN if one.known else _WORTH[one.severity]
        if worst and image[_ARCHIVE] in self._unreached:
            worst |= _UNREACHED
        if _is_broken(worst) and not _is_broken(self._worst[image_id]):
            assert one.release is not None
            self.broken_of[one.release, one.split or 0, one.synset or 0] += 1
        self._worst[image_id] = max(self._worst[image_id], worst)

    @property
    def sums(self) -> list[CodeSum]:
        """The codes that were found, the gravest first, known oddities behind the others."""
        gravity = list(Severity).index
        return sorted(
            self._sums.values(),
            key=lambda one: (one.known, gravity(one.severity), _ORDER[one.code]),
        )

    @property
    def broken_images(self) -> int:
        """Images that are broken."""
        return self._count(_BROKEN)

    @property
    def odd_images(self) -> int:
        """Images that are odd and not broken."""
        return self._count(_ODD)

    @property
    def known_images(self) -> int:
        """Images that are odd in no other way than they were published."""
        return self._count(_KNOWN)

    @property
    def imperfect_in_reach(self) -> int:
        """Images that are broken, or odd in any way, in archives that can be looked at."""
        return sum(map(self._worst.count, (_BROKEN, _ODD, _KNOWN)))

    @property
    def archive_faults(self) -> int:
        """How many findings of archives are broken."""
        found = self.of(subject="archive")
        return sum(one.count for one in found if one.severity is Severity.BROKEN)

    def _count(self, worst: int) -> int:
        return self._worst.count(worst) + self._worst.count(worst | _UNREACHED)

    @property
    def is_well(self) -> bool:
        """Whether nothing is broken, neither an image nor an archive."""
        return not any(one.severity is Severity.BROKEN for one in self._sums.values())

    def of(self, *, subject: str) -> Iterator[CodeSum]:
        """The sums of codes about an `image`, an `archive` or a `class`."""
        return (one for one in self.sums if one.subject == subject)

    def faults(self, chosen: Chosen) -> int:
        """How many of some codes and severities; known ones are notes, and never more."""
        return sum(
            one.count
            for one in self._sums.values()
            if one.severity in chosen.severities or (one.code in chosen.codes and not one.known)
        )


def _is_broken(worst: int) -> bool:
    return worst & ~_UNREACHED == _BROKEN
