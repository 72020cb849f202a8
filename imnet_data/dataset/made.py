"""Data sets made: of a query's images and of a subset's, with their labels.

How their rows are gathered is gathering.py's, what can be done with one dataset.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.dataset.dataset import ImageDataset, Origin
from imnet_data.dataset.gathering import Gathering
from imnet_data.layouts.placement import UNLABELLED, class_wnid_of
from imnet_data.sharding.entry import NO_LABEL, ClassLabel
from imnet_data.tally import among
from imnet_data.upkeep import list_archives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    from imnet_data.catalogue import Catalogue
    from imnet_data.db.engine import Storage
    from imnet_data.image_rows import ImageRows
    from imnet_data.subsets.subset import Subset

    Rows = Sequence[Sequence[Any]]


def of_query(
    catalogue: Catalogue,
    batches: Iterable[Rows],
    synsets: Sequence[int],
    *,
    keep_broken: bool,
    transform: Callable[[Any], Any] | None,
    loader: Callable[[bytes], Any] | None,
) -> ImageDataset:
    """The images of some rows; `synsets` are the classes in the order that numbers them."""
    name_of = catalogue.scope.resolver.name
    classes = tuple(
        ClassLabel(at, class_wnid_of(synset) or None, name_of(synset))
        for at, synset in enumerate(synsets)
    )
    labels = {synset: at for at, synset in enumerate(synsets)} | {UNLABELLED: NO_LABEL}
    broken = np.array([], np.int64) if keep_broken else _broken(catalogue)
    releases = catalogue.scope.tally.releases
    gathered = Gathering(catalogue.rows, catalogue.archives(), releases)
    left_out = 0
    for batch in batches:
        kept = _without(broken, batch)
        left_out += len(batch) - len(kept)
        gathered.add(kept, labels)
    origin = Origin(classes, left_out, catalogue.path)
    return ImageDataset(gathered.rows(), origin, transform=transform, loader=loader)


def of_subset(
    subset: Subset,
    part: str | None,
    *,
    storage: Storage,
    rows: ImageRows,
    transform: Callable[[Any], Any] | None,
    loader: Callable[[bytes], Any] | None,
) -> ImageDataset:
    """The images of a subset's part, under the subset's own indices."""
    gathered = Gathering(rows, list_archives(storage), subset.scope.tally.releases)
    left_out = 0
    for drawn in subset.members.stretches(part):
        kept = subset.kept(drawn)
        left_out += len(drawn) - len(kept)
        gathered.add(kept.rows, {kept.synset: kept.label})
    origin = Origin(subset.class_labels, left_out, storage.location)
    return ImageDataset(gathered.rows(), origin, transform=transform, loader=loader)


def _broken(catalogue: Catalogue) -> npt.NDArray[np.int64]:
    """The ids of images that verification found broken, ascending."""
    found = catalogue.findings(codes=["broken"]).standing()
    return np.unique(np.array([one.image[0] for one in found if one.image is not None], np.int64))


def _without(ids: npt.NDArray[np.int64], rows: Rows) -> Rows:
    if not len(ids):
        return rows
    broken = among(np.array([row[0] for row in rows], np.int64), ids)
    return [row for row, is_broken in zip(rows, broken.tolist(), strict=True) if not is_broken]
