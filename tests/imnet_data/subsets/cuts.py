"""Small catalogues to cut subsets from, packed in several ways."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import imnet_data
from tests.imnet_data.indexing.trees import CRANE_BIRD, GOLDFISH, TENCH, train_tar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from imnet_data.subsets.recipe import Recipe
    from imnet_data.subsets.subset import Subset

# Images a class, as many as tell a draw by number from one by chance.
NUMBERS = {TENCH: range(1, 201), GOLDFISH: range(3, 93), CRANE_BIRD: range(10, 50)}
EVERY_IMAGE = sum(map(len, NUMBERS.values()))


@contextmanager
def catalogue_of(
    folder: Path, classes: Mapping[str, Sequence[int]] = NUMBERS
) -> Iterator[imnet_data.Catalogue]:
    """A catalogue of ILSVRC2012's train tar with these images."""
    folder.mkdir(parents=True, exist_ok=True)
    path = train_tar(
        folder / "ILSVRC2012_img_train.tar",
        {wnid: list(numbers) for wnid, numbers in classes.items()},
    )
    with imnet_data.open(folder / "imagenet.db", create=True) as catalogue:
        catalogue.index(path)
        yield catalogue


def made(catalogue: imnet_data.Catalogue, recipe: Recipe) -> Subset:
    """The subset of a recipe, kept in the catalogue."""
    return catalogue.create_subset(recipe).subset


def names(subset: Subset, part: str | None = None) -> list[str]:
    """Its images by name."""
    return [one.name for one in subset.listing(part)]
