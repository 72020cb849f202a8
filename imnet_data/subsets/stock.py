"""What going through a subset's images tells: its lock, and what its user should hear of.

The lock itself is locking.py's.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.amounts import count, some
from imnet_data.subsets.check import NAMED
from imnet_data.subsets.classes import MissingClasses, missing_classes
from imnet_data.subsets.image_list import Named
from imnet_data.subsets.releases import stands_in_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.progress import Progress
    from imnet_data.subsets.lock import Lock
    from imnet_data.subsets.subset import Subset


@dataclass(frozen=True, slots=True)
class Stock:
    """A subset with the lock that it has now.

    `missing` are the synsets of its classes that have no images here; `absent` and `repeated` names
    of its list of images: those that the catalogue has not got, and those that are listed twice.
    `digests_unknown` counts images whose bytes are not known by a digest, `sizes_unknown` those
    whose sides are not known where the recipe has a least one, `same_bytes` images that a holdout
    keeps together with others of the same bytes.
    """

    subset: Subset
    lock: Lock
    missing: MissingClasses
    absent: Named
    repeated: Named
    digests_unknown: int
    sizes_unknown: int
    same_bytes: int
    elapsed_s: float

    @property
    def excluded(self) -> dict[str, int]:
        """How many images are left out, by code."""
        return dict(Counter(code for _, code in self.lock.excluded).most_common())

    @property
    def is_exact(self) -> bool:
        """Whether a list of images says which they are; else classes do."""
        return self.subset.recipe.only_ids is not None

    def remarks(self) -> Iterator[str]:
        """What is not as one might expect, a sentence each."""
        yield from self.subset.classes.notices
        instead = stands_in_for(self.subset.recipe, self.lock.release)
        if instead is not None:
            yield (
                f"these are the classes of {instead}, and the images that {self.lock.release} has "
                f"of them: for {instead}'s own, give a list of its images with --only-ids"
            )
        yield from self._on_the_list()
        yield from self._on_classes()
        if self.subset.recipe.holdout is not None and self.digests_unknown:
            yield (
                f"of {count(self.digests_unknown, 'image')} the bytes are not known, so that "
                "identical ones may be on both sides: run imnet-data verify --level digest first"
            )
        if self.sizes_unknown:
            yield (
                f"of {count(self.sizes_unknown, 'image')} the sides are not known, so that they "
                "are kept: imnet-data verify --level digest looks"
            )

    def _on_classes(self) -> Iterator[str]:
        release = self.lock.release
        for names, why in (
            (self.missing.unpublished, f"not in {release}"),
            (self.missing.empty, "without images here"),
        ):
            if names:
                many = count(len(names), "synset is", "synsets are")
                yield f"{many} {why}: {some(names[:NAMED], len(names))}"

    def _on_the_list(self) -> Iterator[str]:
        if self.absent.count:
            many = count(self.absent.count, "listed image is", "listed images are")
            yield f"{many} not among these: {some(self.absent.names, self.absent.count)}"
        if self.repeated.count:
            many = count(self.repeated.count, "line repeats", "lines repeat")
            yield f"{many} a name of the list: {some(self.repeated.names, self.repeated.count)}"


def take_stock(subset: Subset, progress: Progress) -> Stock:
    """Go through all images of a subset."""
    began = time.monotonic()
    locking = subset.locking()
    lock = locking.lock(subset.name, progress=progress)
    nothing = Named(0, ())
    listed = subset.frame.listed
    return Stock(
        subset=subset,
        lock=lock,
        missing=missing_classes(subset.recipe, subset.scope),
        absent=nothing if listed is None else listed.absent(NAMED),
        repeated=nothing if listed is None else listed.repeated(NAMED),
        digests_unknown=locking.digests_unknown,
        sizes_unknown=locking.sizes_unknown,
        same_bytes=subset.members.same_bytes,
        elapsed_s=time.monotonic() - began,
    )
