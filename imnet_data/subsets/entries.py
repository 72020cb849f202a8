"""A subset's images as shards take them: a name, where the bytes are, the labels, a rank.

Which images these are is members.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.facts import ilsvrc
from imnet_data.layouts.placement import class_wnid_of
from imnet_data.sharding.entry import ClassLabel, Entry
from imnet_data.subsets import draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imnet_data.image_rows import ImageRows
    from imnet_data.splits import Split
    from imnet_data.subsets.classes import SubsetClasses
    from imnet_data.subsets.stretch import Stretch


def entries_of(
    stretches: Iterable[Stretch], rows: ImageRows, *, seed: int, first_split: Split
) -> Iterator[Entry]:
    """The entries of a part's images, in their order.

    Where a holdout makes the part of several splits, names of all but the first have their split
    before them: a user's own train and val folder may use a name twice.
    """
    placing = None
    for stretch in stretches:
        placing = placing or rows.placing()
        wnid = class_wnid_of(stretch.synset) or None
        known = ilsvrc.by_wnid().get(wnid or "")
        ilsvrc_index = None if known is None else known.class_index
        places = placing(stretch.rows, stretch.names)
        ranks = draw.ranks(stretch.keys, seed=seed, purpose=draw.ORDER).tolist()
        of_each = zip(_names(stretch, first_split), places, ranks, stretch.rows, strict=True)
        for name, place, rank, row in of_each:
            yield Entry(name, place, stretch.label, wnid, ilsvrc_index, rank, row[0])


def class_labels(classes: SubsetClasses) -> tuple[ClassLabel, ...]:
    """The classes that the entries' labels count, in their order."""
    return tuple(ClassLabel(one.index, one.wnid, one.name) for one in classes)


def _names(stretch: Stretch, first_split: Split) -> Sequence[str]:
    if stretch.split == first_split:
        return stretch.names
    return [f"{stretch.split.label}/{name}" for name in stretch.names]
