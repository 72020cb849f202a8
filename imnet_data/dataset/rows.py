"""Where a data set's images lie, what they are called and labelled: 28 bytes an image, in arrays.

Names that the catalogue stores cost their length besides. Reading them is dataset.py's.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.reading import Place
from imnet_data.dataset.shared_arrays import SharedArrays
from imnet_data.layouts.image_names import rebuilt_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

# `number` is the one in the image's name; of an image whose name is stored, where that stands.
ROW_DTYPE: Final = np.dtype(
    [("offset", "<i8"), ("size", "<i8"), ("number", "<u4"), ("source", "<u4"), ("kind", "<u4")]
)
CODEC: Final = ("utf-8", "surrogatepass")  # whatever a path may hold


class Source(NamedTuple):
    """What images of an archive have in common: all of a `Place` that is not theirs alone.

    `path` is the archive's, of a folder that in which the file lies; `ending` comes behind an
    image's name and makes the member's of it, None where the member's name is stored.
    """

    path: str
    container: str
    file_size: int
    seek_index: str | None
    ending: str | None


class Kind(NamedTuple):
    """What a name is rebuilt from beside its number, and the label; `is_stored` if it need not."""

    release: str
    split: int
    synset: int
    label: int
    is_stored: bool


class DatasetRows:
    """The images of a data set by number; nothing here refers to the catalogue.

    The arrays are shared with processes that are forked, and with those that are spawned.
    """

    def __init__(
        self, arrays: SharedArrays, sources: Sequence[Source], kinds: Sequence[Kind]
    ) -> None:
        self._arrays = arrays
        self._sources = tuple(sources)
        self._kinds = tuple(kinds)
        self._rows = arrays[0]

    def __reduce__(self) -> tuple[Any, ...]:
        return DatasetRows, (self._arrays, self._sources, self._kinds)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def size_bytes(self) -> int:
        """What the arrays take in memory, and in a pickle."""
        return sum(array.nbytes for array in self._arrays)

    def located(self, at: int) -> tuple[Place, int]:
        """Where an image's bytes are, and its label."""
        offset, size, number, source, kind = self._rows[at].item()
        return self._place(offset, size, number, source, kind), self._kinds[kind].label

    def name(self, at: int) -> str:
        """An image's name."""
        _, _, number, _, kind = self._rows[at].item()
        return self._name(number, kind)

    def labels(self) -> npt.NDArray[np.int64]:
        """Every image's label."""
        by_kind = np.array([kind.label for kind in self._kinds], np.int64)
        return by_kind[self._rows["kind"]] if len(self) else by_kind[:0]

    def in_disk_order(self, numbers: Sequence[int]) -> list[int]:
        """The places in a list of images' numbers, in the order in which those lie on the disk."""
        rows = self._rows[np.asarray(numbers, np.int64)]
        order: list[int] = np.lexsort((rows["offset"], rows["source"])).tolist()
        return order

    def take(self, numbers: npt.NDArray[np.int64]) -> DatasetRows:
        """Those of some numbers, in that order."""
        _, starts, text = self._arrays
        chosen = SharedArrays(self._rows[numbers], starts, text)
        return DatasetRows(chosen, self._sources, self._kinds)

    def _name(self, number: int, kind: int) -> str:
        of = self._kinds[kind]
        if of.is_stored:
            return self._text(2 * number)
        return rebuilt_name(of.release, of.split, of.synset, number)

    def _place(self, offset: int, size: int, number: int, source: int, kind: int) -> Place:
        path, container, file_size, seek_index, ending = self._sources[source]
        if ending is None:
            member = self._text(2 * number + 1)
        else:
            member = self._name(number, kind).rpartition("/")[2] + ending
        if container == FOLDER:
            return Place(os.path.join(path, member), offset, size, size, container=FOLDER)
        return Place(path, offset, size, file_size, member, container, seek_index)

    def _text(self, at: int) -> str:
        _, starts, text = self._arrays
        return text[starts[at] : starts[at + 1]].tobytes().decode(*CODEC)
