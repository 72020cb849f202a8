"""What the same bytes in several images mean: a copy, two labels, a leak, a notice for a picture.

Images are compared within their release alone: another release often has the same pictures, and is
meant to. Pictures that are merely alike are duplicates.py's.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from imnet_data.db import selects
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.splits import Split
from imnet_data.verification.codes import CHECKS, check
from imnet_data.verification.comparing.copies import is_placeholder, same_bytes
from imnet_data.verification.naming import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imnet_data.db.engine import Connection
    from imnet_data.verification.comparing.copies import Copy

# In the order in which an image's findings are told.
_CODES = ("leak", "label-conflict", "duplicate")


class Others(NamedTuple):
    """The images that make a finding of another: the first of them, and how many they are."""

    first: Copy
    images: int


class Together:
    """Images of one release that share their bytes, counted once, for each is judged by the sums.

    A picture may be in one class thousands of times; in more than a few it is a placeholder, so
    that there are few kinds: classes and splits.
    """

    def __init__(self, copies: Sequence[Copy]) -> None:
        self.copies = copies
        self.first: dict[tuple[int, int], Copy] = {}
        self.images: dict[tuple[int, int], int] = {}
        for copy in copies:
            kind = copy.synset, copy.split
            self.first.setdefault(kind, copy)
            self.images[kind] = self.images.get(kind, 0) + 1

    def others(self, takes: Callable[[int, int], bool]) -> Others | None:
        """The images whose class and split are taken; None for none."""
        kinds = [kind for kind in self.first if takes(*kind)]
        if not kinds:
            return None
        # Kinds stand in the order of their first images, and those in the order of keys.
        return Others(self.first[kinds[0]], sum(self.images[kind] for kind in kinds))


def compared(connection: Connection) -> Iterator[tuple[str, int, int, str]]:
    """(code, image, archive, detail) of images whose bytes others of their release have, too.

    Each detail names the first of the others. Of copies in one class and split the first, by key,
    is no `duplicate`: who leaves the duplicates out keeps one. A `placeholder` is that alone.
    """
    releases = selects.releases(connection)
    for copies in same_bytes(connection):
        for _, same_release in groupby(copies, key=lambda copy: copy.release):
            together = Together(list(same_release))
            if len(together.copies) > 1:
                yield from _judged(together, releases)


def _judged(together: Together, releases: dict[int, str]) -> Iterator[tuple[str, int, int, str]]:
    codes = ("placeholder",) if is_placeholder(together.copies) else _CODES
    for copy in together.copies:
        for code in codes:
            others = CHECKS[code](copy, together)
            if others is not None:
                yield code, copy.id, int(copy.row[5]), _in_words(others, releases)


def _in_words(others: Others, releases: dict[int, str]) -> str:
    first = name_of(others.first.row, releases)
    more = f" and {others.images - 1:,} more" if others.images > 1 else ""
    return f"{first}, {Split(others.first.split).label}{more}"


# -- the checks: each gives the others that make it so, or None


@check("duplicate")
def _duplicate(copy: Copy, together: Together) -> Others | None:
    kind = copy.synset, copy.split
    first = together.first[kind]
    return None if first is copy else Others(first, together.images[kind] - 1)


@check("label-conflict")
def _conflict(copy: Copy, together: Together) -> Others | None:
    if copy.synset == UNLABELLED:
        return None
    return together.others(lambda synset, _: synset not in (UNLABELLED, copy.synset))


@check("leak")
def _leak(copy: Copy, together: Together) -> Others | None:
    if copy.split == Split.NONE:
        return None
    return together.others(lambda _, split: split not in (Split.NONE, copy.split))


@check("placeholder")
def _placeholder(copy: Copy, together: Together) -> Others | None:
    first = together.copies[1 if copy is together.copies[0] else 0]
    return Others(first, len(together.copies) - 1)
