"""What is written into shards: an image with its label, and the classes that labels count.

Which images these are is imnet_data/subsets'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from imnet_data.archives.reading import Place

# The label of an image whose class nobody knows.
NO_LABEL: Final = -1


@dataclass(frozen=True, slots=True)
class Entry:
    """One image of a part of a subset.

    `name` is its key's name, unique in its part; `label` the subset's own index, -1 for none.
    `wnid` is the image's own synset, which may lie below its class, and `ilsvrc_index` (0..999)
    the class index that ILSVRC has for it; both are None where there is none. `rank` is an
    unsigned number of 64 bits that is the same on every machine: shuffled shards are in an order
    made of it. `image_id` is the catalogue's, -1 where none is known: it means something beside
    that catalogue's UUID alone.
    """

    name: str
    place: Place
    label: int
    wnid: str | None
    ilsvrc_index: int | None
    rank: int
    image_id: int = -1


@dataclass(frozen=True, slots=True)
class ClassLabel:
    """A class that labels count: its number, its wnid (None for one of a user's own), its name."""

    index: int
    wnid: str | None
    name: str
