"""Subsets by name: a part of the catalogue.

The work is subsets/'s, loaded by those who ask for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.catalogue.itself import Opened
from imnet_data.progress import Silent
from imnet_data.query import ImageQuery
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from imnet_data.progress import Progress
    from imnet_data.scoring.truth import Truth
    from imnet_data.subsets.keeping import KnownSubset, Subsets
    from imnet_data.subsets.recipe import Recipe
    from imnet_data.subsets.stock import Stock
    from imnet_data.subsets.subset import Subset


class SubsetsPart(Opened):
    """Subsets that were made, and built-in ones."""

    def subset(self, name: str) -> Subset:
        """The subset of a name: one that was made, or a built-in one.

        Raises:
            UnknownSubset: there is none.
            UnknownRelease, AmbiguousRelease, RecipeError: what it takes cannot be told here.
        """
        with storage_errors():
            return self._subsets.get(name)

    def subsets(self) -> list[KnownSubset]:
        """Those that were made, by name, and the built-in ones behind them."""
        with storage_errors():
            return self._subsets.known()

    def create_subset(self, recipe: Recipe, *, progress: Progress | None = None) -> Stock:
        """Make a subset and its lock; gives both, and what one should know of it.

        Raises:
            SubsetTaken: one is called so already, or a built-in one is.
            RecipeError: it takes no image, or does not go with this catalogue.
            UnknownRelease, AmbiguousRelease: which release it is to take cannot be told.
            CatalogueReadOnly, CatalogueBusy: as in `index()`.
        """
        with storage_errors():
            return self._subsets.create(recipe, progress=progress or Silent())

    def lock_subset(self, name: str, *, progress: Progress | None = None) -> Stock:
        """Lock a subset as it is now, in the place of the lock that it had; gives it.

        Raises:
            UnknownSubset: there is none.
        """
        with storage_errors():
            return self._subsets.relock(name, progress=progress or Silent())

    def remove_subset(self, name: str) -> None:
        """Forget a subset that was made; images and shards stay as they are.

        Raises:
            UnknownSubset, SubsetTaken: there is none, or it is built in.
        """
        with storage_errors():
            self._subsets.remove(name)

    def truth(self, name: str, *, part: str | None = None) -> Truth:
        """Images with their labels, to score predictions against.

        `name` is a subset's, a release's of ImageNet-V2, or `v2` where one of them is indexed. Of
        a subset the part counts, by default its `val`.

        Raises:
            UnknownTruth: there is none such, or which is meant cannot be told.
            UnknownSubset: nothing is called so.
        """
        from imnet_data.subsets import truth as truths  # noqa: PLC0415 - few commands need them

        with storage_errors():
            releases = self.scope.tally.releases.values()
            if name == truths.V2:
                name = truths.only_v2(releases)
            if truths.is_v2(name) and name in releases:
                images = ImageQuery(self._whole).where(release=name)
                return truths.truth_of_v2(name, images)
        return self.subset(name).truth(part)

    @property
    def _subsets(self) -> Subsets:
        from imnet_data.subsets.keeping import Subsets  # noqa: PLC0415 - few commands need them

        return Subsets(self._storage, self.scope, self.rows)
