"""What a question about findings takes in: an expression, a split and a release, as ids.

The findings themselves are findings.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imnet_data.db.findings import EVERYWHERE, Within
from imnet_data.db.stretches import DiskOrder
from imnet_data.query import EVERY_RELEASE
from imnet_data.splits import Split

if TYPE_CHECKING:
    from imnet_data.catalogue import Catalogue
    from imnet_data.scope import Scope
    from imnet_data.upkeep import ArchiveInfo


def within_of(
    catalogue: Catalogue, expression: str | None, *, split: str | None, release: str | None
) -> Within:
    """The images and classes that are asked for, and the archives that hold such images.

    Raises:
        ExpressionError, UnknownName, UnknownRelease: as in `ImageQuery.where()`.
        ValueError: there is no such split.
    """
    if release == EVERY_RELEASE:
        release = None
    if expression is None and split is None and release is None:
        return EVERYWHERE
    scope = catalogue.scope
    wanted = None if split is None else Split.of(split)
    synsets = None
    if expression is not None:
        held = np.intersect1d(scope.classes(expression).ids, scope.tally.synsets)
        synsets = frozenset(held.tolist())
    return Within(
        synsets=synsets,
        release_ids=None if release is None else frozenset({scope.release_id(release)}),
        split=wanted,
        archives=_archives(catalogue, expression, wanted, release),
    )


def at_or_under(scope: Scope, synset_id: int) -> Within:
    """The images and classes at or under one class, and no archive."""
    held = np.intersect1d(scope.resolver.at_or_under(synset_id), scope.tally.synsets)
    return Within(synsets=frozenset(held.tolist()), archives=frozenset())


def _archives(
    catalogue: Catalogue, expression: str | None, split: Split | None, release: str | None
) -> frozenset[int]:
    archives = archives_with(catalogue, split, release)
    if expression is None or len(archives) < 2:
        return frozenset(one.id for one in archives)
    label = None if split is None else split.label
    query = catalogue.images(expression, split=label, release=release or EVERY_RELEASE)
    with catalogue.reading() as connection:
        holding = DiskOrder(query.statement).archives(connection)
    return frozenset(one.id for one in archives if one.id in holding)


def archives_with(
    catalogue: Catalogue, split: Split | None, release: str | None
) -> list[ArchiveInfo]:
    """The archives of a release that have images of a split; None, or `*`, for any."""
    return [
        archive
        for archive in catalogue.archives()
        if release in (None, EVERY_RELEASE, archive.release)
        and (split is None or split.label in archive.splits)
    ]
