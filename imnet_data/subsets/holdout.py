"""Dealing images out to a train and a val part, by a rank of seed and key.

An image is in val where its rank for the holdout is below the share, so that no other image has a
say in it: with images missing, added or drawn otherwise, the others stay on their side. Of images
with the same bytes all go where the one with the smallest key goes; which have the same bytes is
known where `verify --level digest` has looked.
"""

from __future__ import annotations

from array import array
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.db import selects
from imnet_data.db import subsets as stored
from imnet_data.subsets import draw
from imnet_data.subsets.frame import TRAIN, VAL
from imnet_data.tally import places_among

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    import numpy.typing as npt

    from imnet_data.db.engine import Connection
    from imnet_data.subsets.members import Members
    from imnet_data.subsets.stretch import Stretch
    from imnet_data.verification.inspected import Inspected

# Images with the same bytes are looked up so many at a time.
_BATCH = 5_000


class Sides:
    """Which side each image is on, for a share of them in val."""

    def __init__(self, share: float, *, seed: int, same: SameBytes) -> None:
        self._highest = draw.under(share)
        self._seed = seed
        self._same = same

    @property
    def same_bytes(self) -> int:
        """Images that have their bytes in common with another."""
        return len(self._same)

    def deal(self, stretch: Stretch) -> list[Stretch]:
        """A stretch's images: those of train, and those of val."""
        ranks = draw.ranks(stretch.keys, seed=self._seed, purpose=draw.HOLDOUT)
        ids = np.array([row[0] for row in stretch.rows], np.int64)
        val = draw.up_to(self._same.instead_of(ranks, ids), self._highest)
        return [stretch.take(~val, TRAIN), stretch.take(val, VAL)]


class SameBytes:
    """Images that have their bytes in common with another of the subset: 16 bytes each."""

    def __init__(self, ids: npt.NDArray[np.int64], ranks: npt.NDArray[np.uint64]) -> None:
        order = np.argsort(ids)
        self._ids = ids[order]
        self._ranks = ranks[order]

    def __len__(self) -> int:
        return len(self._ids)

    def instead_of(
        self, ranks: npt.NDArray[np.uint64], ids: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.uint64]:
        """The ranks of images by id, those of shared bytes replaced by their group's."""
        if not len(self._ids):
            return ranks
        places, found = places_among(ids, self._ids)
        return np.where(found, self._ranks[places], ranks)


def same_bytes(connection: Connection, members: Members, inspected: Inspected) -> SameBytes:
    """The drawn images that have the same bytes as another drawn one, with their group's rank."""
    ids, smallest = array("q"), list[bytes]()
    for group in _groups(connection, members, inspected):
        key = min(key for _, key in group)
        ids.extend(image_id for image_id, _ in group)
        smallest.extend([key] * len(group))
    seed = members.frame.recipe.seed
    ranks = draw.ranks(smallest, seed=seed, purpose=draw.HOLDOUT)
    return SameBytes(np.array(ids, np.int64), ranks)


def _groups(
    connection: Connection, members: Members, inspected: Inspected
) -> Iterator[list[tuple[int, bytes]]]:
    """(id, key) of drawn images with the same bytes, a group at a time."""
    for batch in _batches(connection):
        found: dict[bytes, list[tuple[int, bytes]]] = {}
        for rows in selects.rows_by_id(connection, [image_id for image_id, _ in batch]):
            keys = members.keys_if_drawn(connection, rows)
            for row, digest, key in zip(rows, inspected.digests(rows), keys, strict=True):
                if digest is not None and key is not None:
                    found.setdefault(digest, []).append((row[0], key))
        yield from (group for group in found.values() if len(group) > 1)


def _batches(connection: Connection) -> Iterator[Sequence[tuple[int, bytes]]]:
    """Images that share a digest with others, some thousands at a time; no digest is divided."""
    pending: list[tuple[Any, ...]] = []
    flat = (row for rows in stored.shared_digests(connection) for row in rows)
    for _, group in groupby(flat, key=itemgetter(1)):
        pending.extend(group)
        if len(pending) >= _BATCH:
            yield pending
            pending = []
    if pending:
        yield pending
