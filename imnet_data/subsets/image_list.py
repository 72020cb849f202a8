"""A list of images that somebody published or keeps, to hold a subset to: who is on it, who is not.

Reading the file's format is listed_names.py's, what a name counts as listed_keys.py's.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from imnet_data.errors import ImageListError
from imnet_data.subsets.listed_keys import (
    OtherNames,
    hashes_of,
    keys_of,
    without_number,
)
from imnet_data.subsets.listed_names import names_in
from imnet_data.tally import places_among

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from imnet_data.subsets.recipe_parts import OnlyIds


@dataclass(frozen=True, slots=True)
class Named:
    """Some names of a list: how many there are, and the first few of them as they are written."""

    count: int
    names: tuple[str, ...]


class ImageList:
    """The images that a file lists; made by `ImageList.read()`.

    ImageNet's names count with or without folders and extension in front and behind. Another name
    counts as a path's end: the listed `train/dog/1.jpg` or `dog/1` is the image `dog/1.jpg`, and
    one without a folder, `1.jpg`, every image that is called so.

    No name is kept, 8 bytes each are: ILSVRC2012's 1.28 million train images take 10 MB. Of an
    ImageNet name these are its class and number, of any other a hash.

    Attributes:
        path: the file.
        count: how many images are listed, each once.
        digest: of the names in any order and format, `sha256:…`.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        parts, others = [np.empty(0, np.uint64)], OtherNames()
        other_parts = [np.empty(0, np.uint64)]
        for names in names_in(path):
            keys = keys_of(names)
            parts.append(keys[keys != 0])
            rest = [without_number(names[at]) for at in np.flatnonzero(keys == 0).tolist()]
            other_parts.append(hashes_of(rest))
            others.add(rest, other_parts[-1])
        self._keys, known_times = np.unique(np.concatenate(parts), return_counts=True)
        self._hashes, other_times = np.unique(np.concatenate(other_parts), return_counts=True)
        self._others = others.closed()
        times = np.concatenate((known_times, other_times))
        self._twice = times > 1
        self._repeats = int(times.sum()) - len(times)
        self._found = np.zeros(len(times), np.bool_)
        self.count = len(times)
        if not self.count:
            raise ImageListError(path, "it is empty")

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """The list in a file: a name a line (Kaggle's `train_cls.txt` too), CSV, or JSON lines.

        1.28 million lines take three seconds.

        Raises:
            ImageListError: it cannot be read, or is no list of images.
        """
        return cls(os.fspath(path))

    @classmethod
    def of(cls, only_ids: OnlyIds) -> Self:
        """The list that a recipe names.

        Raises:
            ImageListError: it cannot be read, or lists other images than it did.
        """
        found = cls.read(only_ids.path)
        if only_ids.digest not in (None, found.digest):
            raise ImageListError(found.path, "it lists other images than when the recipe was made")
        return found

    @property
    def digest(self) -> str:
        """Of the names in any order and format; a name that is listed twice counts once."""
        whole = hashlib.sha256(self._keys.astype("<u8").tobytes())
        whole.update(self._hashes.astype("<u8").tobytes())
        return f"sha256:{whole.hexdigest()}"

    def has(self, names: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Which of some images are on the list, by the names of their keys; shape (names,).

        Those that are count as found from then on.
        """
        keys = keys_of(names)
        at, listed = places_among(keys, self._keys)
        listed &= keys != 0
        self._found[at[listed]] = True
        for place in np.flatnonzero(keys == 0).tolist():
            hits = self._others.hits(names[place])
            if len(hits):
                listed[place] = True
                self._found[len(self._keys) + np.searchsorted(self._hashes, hits)] = True
        return listed

    def absent(self, limit: int = 5) -> Named:
        """The listed images that `has()` was never asked for: the copy at hand has not got them."""
        return self._named(~self._found, limit)

    def repeated(self, limit: int = 5) -> Named:
        """The images that are listed more than once; `count` is of the lines too many."""
        return Named(self._repeats, self._named(self._twice, limit).names)

    def _named(self, chosen: npt.NDArray[np.bool_], limit: int) -> Named:
        count = int(chosen.sum())
        names = self._names_of(chosen) if count else iter(())
        return Named(count, tuple(name for name, _ in zip(names, range(limit), strict=False)))

    def _names_of(self, chosen: npt.NDArray[np.bool_]) -> Iterator[str]:
        """The names of some images, each once, by reading the file again."""
        left = chosen.copy()
        for names in names_in(self.path):
            keys = keys_of(names)
            at, known = places_among(keys, self._keys)
            rest = np.flatnonzero(keys == 0)
            hashes = hashes_of(without_number(names[place]) for place in rest.tolist())
            at[rest], known[rest] = places_among(hashes, self._hashes)
            at[rest] += len(self._keys)
            for place in np.flatnonzero(known & left[np.minimum(at, len(left) - 1)]).tolist():
                if left[at[place]]:
                    left[at[place]] = False
                    yield without_number(names[place])
