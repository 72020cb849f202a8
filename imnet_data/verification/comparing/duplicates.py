"""Groups of images that share their bytes, or whose pictures are alike.

How those are found among millions is copies.py's and near.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.db import comparisons
from imnet_data.errors import AmbiguousRelease, NotVerified
from imnet_data.query import EVERY_RELEASE
from imnet_data.splits import Split
from imnet_data.verification.comparing.copies import copies_of, is_placeholder, same_bytes
from imnet_data.verification.comparing.near import check_bits, near_groups
from imnet_data.verification.levels import Level
from imnet_data.verification.some_together import some_together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from imnet_data.catalogue import Catalogue
    from imnet_data.db.engine import Connection
    from imnet_data.records import Image
    from imnet_data.verification.comparing.copies import Copy

_ROWS_AT_A_TIME = 1_000
_ALL_BITS = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Images that share their bytes (`same_bytes`), or that are alike.

    They stand in the order of keys. `distances` tells in how many of 64 bits each one's look
    differs from the first's, and is 0 throughout where they share their bytes. A `placeholder`
    stands so often, in so many classes, that it is a notice in a photograph's place; then it is
    neither a leak nor a conflict.
    """

    images: tuple[Image, ...]
    distances: tuple[int, ...]
    same_bytes: bool
    placeholder: bool = False

    def __len__(self) -> int:
        return len(self.images)

    @property
    def label_conflict(self) -> bool:
        """Whether they are labelled as different classes."""
        return (
            not self.placeholder
            and len({image.synset.id for image in self.images if image.synset is not None}) > 1
        )

    @property
    def leak(self) -> bool:
        """Whether they are in different splits."""
        splits = {image.split for image in self.images} - {Split.NONE.label}
        return not self.placeholder and len(splits) > 1


class Duplicates:
    """The groups that have an image of what was asked; iterate over it, as often as needed.

    `near` is the number of bits in which looks may differ, None where bytes are compared.
    Of the `images` of the releases asked for, `examined` were verified so deep as that needs; those
    of them that do not decode have no look, and are near none.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        expression: str | None = None,
        *,
        split: str | None = None,
        release: str | None = None,
        near: int | None = None,
    ) -> None:
        """Ask for groups; the arguments are `Catalogue.duplicates()`'s.

        Raises:
            AmbiguousRelease, UnknownRelease: one is to be named, or there is none of that name.
            ExpressionError, UnknownName: the expression does not parse, or a name is unknown.
            NotVerified: no image is known so deep.
            ValueError: there is no such split, or `near` is none that looks are compared within.
        """
        if near is not None:
            check_bits(near)
        self.near = near
        self._catalogue = catalogue
        self._split = None if split is None else Split.of(split)
        classes = None if expression is None else catalogue.classes(expression)
        self._classes = None if classes is None else frozenset(classes.ids.tolist())
        self.notices = () if classes is None else tuple(map(str, classes.notices))
        self._release_ids, self.images = self._releases(release)
        level = Level.DIGEST if near is None else Level.DECODE
        with catalogue.reading() as connection:
            known = comparisons.how_many_inspected(connection, level, self._release_ids)
        self.examined, _, self._looks = known
        if not self.examined:
            raise NotVerified(level.label)

    def __iter__(self) -> Iterator[DuplicateGroup]:
        for several in some_together(self._asked(), len, least=_ROWS_AT_A_TIME):
            yield from self._records(several)

    def _asked(self) -> Iterator[list[Copy]]:
        """The groups that are asked for, each in the order of keys."""
        names = self._catalogue.scope.tally.releases
        for found in self._groups():
            copies = [copy for copy in found if self._is_of_release(copy)]
            if len(copies) > 1 and any(map(self._is_asked, copies)):
                copies.sort(key=lambda copy: (names[copy.release], *copy.key[1:]))
                yield copies

    def _releases(self, name: str | None) -> tuple[list[int] | None, int]:
        """The releases' ids, None for all that there are; and how many images they have."""
        scope = self._catalogue.scope
        tally = scope.tally
        if name in (None, EVERY_RELEASE):
            held = tally.by_release(tally.mask(None, split=None, release_id=None))
            if name is None and len(held) > 1:
                raise AmbiguousRelease(held)
            return None, sum(held.values())
        release_id = scope.release_id(name or "")
        mask = tally.mask(None, split=None, release_id=release_id)
        alone = len(tally.releases) == 1
        return None if alone else [release_id], int(tally.images[mask].sum())

    def _groups(self) -> Iterator[list[Copy]]:
        with self._catalogue.reading() as connection:
            if self.near is None:
                yield from same_bytes(connection)
                return
            ids, looks = _looks(connection, self._looks, self._release_ids)
            groups = near_groups(ids, looks, within=self.near)
            del ids, looks
            signatures = comparisons.signatures(connection)
            for several in some_together(map(_ids, groups), len, least=_ROWS_AT_A_TIME):
                known = copies_of(connection, chain.from_iterable(several), signatures)
                for group in several:
                    yield [known[one] for one in group if one in known]

    def _is_of_release(self, copy: Copy) -> bool:
        return self._release_ids is None or copy.release in self._release_ids

    def _is_asked(self, copy: Copy) -> bool:
        return self._split in (None, copy.split) and (
            self._classes is None or copy.synset in self._classes
        )

    def _records(self, groups: Sequence[Sequence[Copy]]) -> Iterator[DuplicateGroup]:
        images = self._catalogue.rows.images([copy.row for copies in groups for copy in copies])
        for copies in groups:
            same = len({copy.digest for copy in copies}) == 1 and copies[0].digest is not None
            yield DuplicateGroup(
                images=tuple(next(images) for _ in copies),
                distances=tuple(0 if same else _distance(copies[0], copy) for copy in copies),
                same_bytes=same,
                placeholder=same and is_placeholder(copies),
            )


def _looks(
    connection: Connection, count: int, release_ids: Sequence[int] | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """The ids of the images whose look is known, and their looks; shape (count,) both."""
    table = np.empty((2, count), np.int64)
    at = 0
    for rows in comparisons.looks(connection, release_ids):
        part = np.fromiter(chain.from_iterable(rows), np.int64, 2 * len(rows)).reshape(-1, 2)
        table[:, at : at + len(part)] = part.T
        at += len(part)
    return table[0], table[1].view(np.uint64)


def _ids(group: npt.NDArray[np.int64]) -> list[int]:
    found: list[int] = group.tolist()
    return found


def _distance(first: Copy, other: Copy) -> int:
    assert first.look is not None
    assert other.look is not None
    return ((first.look ^ other.look) & _ALL_BITS).bit_count()  # looks are kept as signed numbers
