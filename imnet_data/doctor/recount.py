"""The catalogue's sums against its image rows, counted one by one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from imnet_data.db import archives, engine, health, selects
from imnet_data.doctor.finding import Finding, damaged
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.progress import job
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Self

    from imnet_data.db.engine import Storage
    from imnet_data.progress import Progress


def recount(storage: Storage, progress: Progress) -> Iterator[Finding]:
    """Whether counting all images gives what the catalogue says, by class and by archive."""
    with storage_errors(), engine.reading(storage) as connection:
        told = _Sums.of_counts(selects.counts(connection))
        known = {row.id: row for row in archives.list_archives(connection)}
        synsets = health.synset_ids(connection)
        true = _Sums()
        with job(progress, "counting every image", told.images, "images"):
            for group in health.recount(connection):
                true.add(group)
                progress.advance(group.images)
    wrong = [*_by_class(told, true), *_by_archive(true, known), *_strays(true, set(known), synsets)]
    if wrong:
        yield damaged("recount", "; ".join(wrong))
    else:
        yield Finding(
            "catalogue", "recount", "well", f"counted one by one, there are {true.images:,} images"
        )


class _Sums:
    """Images and bytes by (release, split, synset), and by archive with the unlabelled."""

    def __init__(self) -> None:
        self.classes: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
        self.archives: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.images = 0

    @classmethod
    def of_counts(cls, rows: Iterable[tuple[int, int, int, int, int]]) -> Self:
        """The catalogue's own counts."""
        sums = cls()
        for synset, release, split, images, size_bytes in rows:
            sums.classes[release, split, synset] = [images, size_bytes]
            sums.images += images
        return sums

    def add(self, group: health.Recounted) -> None:
        """Count a group of image rows."""
        of_class = self.classes[group.release, group.split, group.synset]
        of_archive = self.archives[group.archive]
        of_class[0] += group.images
        of_class[1] += group.bytes
        of_archive[0] += group.images
        of_archive[1] += group.bytes
        of_archive[2] += group.images if group.synset == UNLABELLED else 0
        self.images += group.images


def _by_class(told: _Sums, true: _Sums) -> Iterator[str]:
    keys = set(told.classes) | set(true.classes)
    wrong = sum(told.classes.get(key) != true.classes.get(key) for key in keys)
    if wrong:
        yield (
            f"{wrong:,} of {len(keys):,} counts (each of a class in a split of a release) are "
            f"wrong: they add up to {told.images:,} images, and there are {true.images:,}"
        )


def _by_archive(true: _Sums, known: Mapping[int, Any]) -> Iterator[str]:
    wrong = [
        row.uri
        for row in known.values()
        if [row.images, row.bytes, row.unlabelled] != true.archives.get(row.id, [0, 0, 0])
    ]
    if wrong:
        more = f" and {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
        yield f"the counts of {wrong[0]}{more} are wrong"


def _strays(true: _Sums, archive_ids: set[int], synset_ids: set[int]) -> Iterator[str]:
    homeless = sum(sums[0] for id_, sums in true.archives.items() if id_ not in archive_ids)
    if homeless:
        yield f"{homeless:,} images belong to no archive"
    nameless = sum(
        sums[0]
        for (_, _, synset), sums in true.classes.items()
        if synset != UNLABELLED and synset not in synset_ids
    )
    if nameless:
        yield f"{nameless:,} images have a class that is not there"
