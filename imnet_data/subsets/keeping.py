"""Keeping subsets by name in a catalogue: making, finding, listing, locking anew, forgetting.

What a subset is, is subset.py's. A built-in recipe's name works as if a subset of it were kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from imnet_data.db import subsets as rows
from imnet_data.db import writer
from imnet_data.db.engine import reading, writing
from imnet_data.errors import CatalogueReadOnly, RecipeError, SubsetTaken, UnknownSubset
from imnet_data.subsets.built_in import BUILT_IN, built_in, why_not
from imnet_data.subsets.recipe import Recipe
from imnet_data.subsets.stock import Stock, take_stock
from imnet_data.subsets.subset import Subset

if TYPE_CHECKING:
    from imnet_data.db.engine import Storage
    from imnet_data.image_rows import ImageRows
    from imnet_data.progress import Progress
    from imnet_data.scope import Scope


@dataclass(frozen=True, slots=True)
class KnownSubset:
    """A subset by name, with its recipe; `made` is in seconds since 1970, None for a built-in."""

    name: str
    recipe: Recipe
    made: int | None

    @property
    def is_built_in(self) -> bool:
        """Whether it comes with imnet-data."""
        return self.made is None


class Subsets:
    """The subsets of one catalogue."""

    def __init__(self, storage: Storage, scope: Scope, image_rows: ImageRows) -> None:
        self._storage = storage
        self._scope = scope
        self._image_rows = image_rows

    def get(self, name: str) -> Subset:
        """The subset of a name, kept or built in.

        Raises:
            UnknownSubset: there is none.
        """
        with reading(self._storage) as connection:
            found = rows.find_subset(connection, name)
        if found is not None:
            return self._subset(Recipe.of_toml(found.recipe, file=name), locked=found.lock)
        recipe = built_in(name)
        if recipe is None:
            raise self._unknown(name)
        return self._subset(recipe)

    def known(self) -> list[KnownSubset]:
        """Those that were made, by name, and the built-in ones behind them."""
        with reading(self._storage) as connection:
            kept = rows.subset_rows(connection)
        found = [
            KnownSubset(name, Recipe.of_toml(recipe, file=name), made)
            for name, recipe, made in kept
        ]
        recipes = filter(None, map(built_in, BUILT_IN))
        return found + [KnownSubset(recipe.name, recipe, None) for recipe in recipes]

    def create(self, recipe: Recipe, *, progress: Progress) -> Stock:
        """Make a subset, with its lock; nothing is kept unless it has images.

        Raises:
            SubsetTaken: one is called so already, or a built-in one is.
            RecipeError: it takes no image.
            CatalogueReadOnly: nothing can be kept.
        """
        self._refuse_taken(recipe.name)
        if not self._storage.writable:
            raise CatalogueReadOnly(self._storage.location)
        # Going through the images takes a while, and holds nobody up: only the last step writes.
        stock = take_stock(self._subset(recipe), progress)
        if not stock.lock.images:
            raise RecipeError(recipe.name, None, "it takes no image of this catalogue")
        with (
            writer.claim(self._storage, "imnet-data subset create", shared=True),
            writing(self._storage) as connection,
        ):
            self._refuse_taken(recipe.name)  # nobody makes another one from here on
            rows.add_subset(
                connection,
                recipe.name,
                recipe=stock.subset.recipe.to_toml(),
                lock=stock.lock.to_json(),
                made=int(time.time()),
            )
        stock.subset.locked = stock.lock
        return stock

    def remove(self, name: str) -> None:
        """Forget a subset; images and shards stay as they are.

        Raises:
            UnknownSubset: there is none of that name.
            SubsetTaken: it is built in.
        """
        if name in BUILT_IN:
            raise SubsetTaken(name, is_built_in=True)
        with (
            writer.claim(self._storage, "imnet-data subset remove", shared=True),
            writing(self._storage) as connection,
        ):
            if not rows.remove_subset(connection, name):
                raise self._unknown(name)

    def relock(self, name: str, *, progress: Progress) -> Stock:
        """Lock a subset as it is now; of one that was made, that is kept if it can be written."""
        stock = take_stock(self.get(name), progress)
        if stock.subset.locked is not None and self._storage.writable:
            with (
                writer.claim(self._storage, "imnet-data subset lock", shared=True),
                writing(self._storage) as connection,
            ):
                rows.set_lock(connection, name, stock.lock.to_json())
        return stock

    def _subset(self, recipe: Recipe, *, locked: str | None = None) -> Subset:
        return Subset(self._storage, self._scope, self._image_rows, recipe, locked=locked)

    def _refuse_taken(self, name: str) -> None:
        if built_in(name) is not None:
            raise SubsetTaken(name, is_built_in=True)
        with reading(self._storage) as connection:
            if rows.find_subset(connection, name) is not None:
                raise SubsetTaken(name, is_built_in=False)

    def _unknown(self, name: str) -> UnknownSubset:
        with reading(self._storage) as connection:
            kept = [row[0] for row in rows.subset_rows(connection)]
        known = [*kept, *BUILT_IN]
        why = why_not(name)
        close = () if why else get_close_matches(name, known)
        return UnknownSubset(name, known=known, close=close, why=why)
