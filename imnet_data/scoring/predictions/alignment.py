"""Which image each row of predictions is of, checked over the whole file.

What the images' labels are is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.archives.members import is_image
from imnet_data.errors import ImagesMissing, ImagesTooMany, ImagesTwice, ImagesUnknown
from imnet_data.layouts.image_names import read_name
from imnet_data.scoring.predictions.faults import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from imnet_data.scoring.predictions.batch import Batch
    from imnet_data.scoring.predictions.reading import Predictions

    Rows = NDArray[np.intp]

_NONE: Final = -1
_SEVERAL: Final = -2


def aligned(
    predictions: Predictions, names: Sequence[str], *, partial: bool = False
) -> Iterator[tuple[Batch, Rows]]:
    """Every batch with the image of each of its rows, as its place in `names`.

    A row's name may have folders in front and an extension behind, and ImageNet's names a class
    (`ILSVRC2012_val_00000293_n01440764.JPEG`). Rows without names are of the images in the order
    of `names`, as many as there are; with `partial`, of the first ones.

    Beside the names it holds 16 bytes an image. At the first wrong name no further batch comes,
    but the rest is read, to tell how many there are.

    Raises:
        ImagesUnknown: rows name images that are not among `names`, or fit several of them.
        ImagesTwice: images have several rows.
        ImagesMissing: images have no row, and `partial` was not given.
        ImagesTooMany: rows without names, and another number of them than of images.
        PredictionsError: as `Predictions.batches()`.
    """
    if predictions.has_names:
        yield from _by_name(predictions, names, partial=partial)
    else:
        yield from _in_order(predictions, names, partial=partial)


def _in_order(
    predictions: Predictions, names: Sequence[str], *, partial: bool
) -> Iterator[tuple[Batch, Rows]]:
    total, rows = len(names), 0

    def check(count: int) -> None:
        if count > total or (count < total and not partial):
            raise ImagesTooMany(predictions.name, rows=count, total=total)

    if predictions.total is not None:
        check(predictions.total)
    for batch in predictions.batches():
        if rows + len(batch) <= total:
            yield batch, np.arange(rows, rows + len(batch))
        rows += len(batch)
    check(rows)


def _by_name(
    predictions: Predictions, names: Sequence[str], *, partial: bool
) -> Iterator[tuple[Batch, Rows]]:
    places = ImagePlaces(names)
    seen = np.zeros(len(names), np.bool_)
    unknown, twice = _Some(), _Some()
    for batch in predictions.batches():
        assert batch.names is not None
        rows = places.of(batch.names)
        unknown.add(batch.names, np.flatnonzero(rows < 0))
        known = rows[rows >= 0]
        again = seen[known]
        firsts = np.unique(known, return_index=True)[1]
        later = np.ones(len(known), np.bool_)
        later[firsts] = False
        twice.add([names[at] for at in known[again | later].tolist()])
        seen[known] = True
        if not unknown.count and not twice.count:
            yield batch, rows
    if unknown.count:
        raise ImagesUnknown(predictions.name, count=unknown.count, examples=unknown.examples)
    if twice.count:
        raise ImagesTwice(predictions.name, count=twice.count, examples=twice.examples)
    if not partial and not seen.all():
        missing = np.flatnonzero(~seen)
        raise ImagesMissing(
            predictions.name,
            count=len(missing),
            total=len(names),
            examples=[names[at] for at in missing[:EXAMPLES].tolist()],
        )


class _Some:
    """Names that are at fault: how many, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.examples: list[str] = []

    def add(self, names: Sequence[str], at: NDArray[np.intp] | None = None) -> None:
        places = range(len(names)) if at is None else at.tolist()
        self.count += len(places)
        for place in places:
            if len(self.examples) == EXAMPLES:
                return
            if names[place] not in self.examples:
                self.examples.append(names[place])


class ImagePlaces:
    """Images by their keys' names, found by however a file writes them.

    >>> places = ImagePlaces(["ILSVRC2012_val_00000001", "dog/1.jpg", "cat/1.jpg"])
    >>> places.of(["val/ILSVRC2012_val_00000001.JPEG", "data/dog/1.jpg", "cat/1", "1.jpg"]).tolist()
    [0, 1, 2, -2]
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._whole = _Lookup(names, _as_is)
        self._names = names
        self._loose: list[_Lookup] = []

    def of(self, names: Sequence[str]) -> Rows:
        """The place of each name's image; -1 where there is none, -2 where it fits several."""
        rows = self._whole.find(names)
        # The plainest ways first: fifty thousand names are read as ImageNet's in half a second.
        for way in (_bare, _canonical):
            rest = np.flatnonzero(rows == _NONE)
            rows[rest] = self._whole.find([way(names[at]) for at in rest.tolist()])
        rest = np.flatnonzero(rows == _NONE)
        if len(rest):
            rows[rest] = self._loosely([names[at] for at in rest.tolist()])
        return rows

    def _loosely(self, names: Sequence[str]) -> Rows:
        """Names without extension, their folders one by one, or without the images' folders."""
        bare, base, bare_base = self._lookups()
        paths = [name.strip().replace("\\", "/").removeprefix("./") for name in names]
        rows = np.full(len(names), _NONE, np.intp)
        without_folders = np.array(["/" not in path for path in paths])
        left = np.arange(len(names))
        while len(left):
            rows[left] = _found([paths[at] for at in left.tolist()], self._whole, bare)
            left = np.array(
                [at for at in left.tolist() if rows[at] == _NONE and "/" in paths[at]], np.intp
            )
            for at in left.tolist():
                paths[at] = paths[at].partition("/")[2]
        left = np.flatnonzero((rows == _NONE) & without_folders)
        rows[left] = _found([paths[at] for at in left.tolist()], base, bare_base)
        return rows

    def _lookups(self) -> list[_Lookup]:
        if not self._loose:
            ways = (_without_extension, _base, _bare_base)
            self._loose = [_Lookup(self._names, way) for way in ways]
        return self._loose


class _Lookup:
    """Names by one way to write them: 16 bytes a name, and none of the texts."""

    def __init__(self, names: Sequence[str], way: Callable[[str], str]) -> None:
        self._names, self._way = names, way
        hashes = np.fromiter((hash(way(name)) for name in names), np.int64, len(names))
        self._order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[self._order]

    def find(self, texts: Sequence[str]) -> Rows:
        """The place of each text, as of()."""
        wanted = np.fromiter(map(hash, texts), np.int64, len(texts))
        at = np.searchsorted(self._hashes, wanted)
        ends = np.searchsorted(self._hashes, wanted, "right")
        rows = np.full(len(texts), _NONE, np.intp)
        single = np.flatnonzero(ends == at + 1)
        places = self._order[at[single]].tolist()
        # Two texts may have the same hash.
        same = [
            self._way(self._names[place]) == texts[i]
            for i, place in zip(single.tolist(), places, strict=True)
        ]
        rows[single] = np.where(same, places, _NONE)
        for i in np.flatnonzero(ends > at + 1).tolist():
            found = self._order[at[i] : ends[i]].tolist()
            fitting = [one for one in found if self._way(self._names[one]) == texts[i]]
            if fitting:
                rows[i] = fitting[0] if len(fitting) == 1 else _SEVERAL
        return rows


def _found(paths: Sequence[str], whole: _Lookup, bare: _Lookup) -> Rows:
    """The places of paths as they are, of the rest without their extensions."""
    rows = whole.find(paths)
    rest = np.flatnonzero(rows == _NONE)
    rows[rest] = bare.find([_without_extension(paths[at]) for at in rest.tolist()])
    return rows


def _bare(name: str) -> str:
    return name.rpartition("/")[2].partition(".")[0]


def _canonical(name: str) -> str:
    """A name as keys have it: ImageNet's own without folders, class and extension."""
    path = name.replace("\\", "/")
    parsed = read_name(path.rpartition("/")[2])
    return parsed.stem if parsed is not None else path.removeprefix("./")


def _as_is(name: str) -> str:
    return name


def _without_extension(name: str) -> str:
    return name.rpartition(".")[0] if is_image(name.rpartition("/")[2]) else name


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _bare_base(name: str) -> str:
    return _without_extension(_base(name))
