"""Asking a catalogue for images: a lazy question to narrow, count, draw from and read.

Nothing touches an image's row before it is iterated; counting and drawing work on the tally.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.db import selects
from imnet_data.draws import ids_drawn
from imnet_data.errors import AmbiguousRelease
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.splits import Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from imnet_data.catalogue import Catalogue
    from imnet_data.dataset.dataset import ImageDataset
    from imnet_data.records import Image
    from imnet_data.tally import Tally

# The value of `release` that takes all of them on purpose.
EVERY_RELEASE = "*"

# One image of a batch; ids of releases and archives are this catalogue's own.
BATCH_DTYPE = np.dtype(
    [
        ("id", "<i8"),
        ("release", "<i4"),
        ("synset", "<i4"),
        ("split", "u1"),
        ("number", "<i8"),
        ("archive", "<i4"),
        ("offset", "<i8"),
        ("size", "<i8"),
    ]
)


@dataclass(frozen=True, slots=True)
class _Draw:
    """A seeded draw: n images of all behind the first `start` drawn, or n of each class."""

    n: int
    seed: int
    each_class: bool
    start: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ImageQuery:
    """Images by class, split and release, in the order of their keys.

    Made by `catalogue.images()`; each method gives a new query and leaves this one as it is.
    Iterating gives `Image` records. The order is the same on every machine that holds the same
    images: by class, release, split, number.
    """

    _catalogue: Catalogue
    _ids: npt.NDArray[np.int64] | None = None
    _split: Split | None = None
    _release: str | None = None
    _draw: _Draw | None = None
    _limit: int | None = None
    _by_disk: bool = False
    _with_boxes: bool = False
    notices: tuple[str, ...] = ()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue whose images these are."""
        return self._catalogue

    # -- narrowing

    def where(
        self,
        expression: str | None = None,
        *,
        split: str | None = None,
        release: str | None = None,
    ) -> ImageQuery:
        """Those that are also of these classes, in this split, of this release.

        Raises:
            ExpressionError, UnknownName: the expression does not parse, or a name is unknown.
            ValueError: there is no such split, or images have been drawn already.
            UnknownRelease: the catalogue has no such release.
        """
        if self._draw is not None or self._limit is not None:
            raise ValueError("narrow the query before drawing or limiting: the draw would change")
        ids, notices = self._ids, self.notices
        if expression is not None:
            classes = self._catalogue.classes(expression)
            ids = classes.ids if ids is None else np.intersect1d(ids, classes.ids)
            notices += tuple(map(str, classes.notices))
        if release is not None and release != EVERY_RELEASE:
            self._catalogue.scope.release_id(release)
        return replace(
            self,
            _ids=ids,
            notices=notices,
            _split=self._split if split is None else Split.of(split),
            _release=self._release if release is None else release,
        )

    def sample(self, n: int, *, seed: int = 0, start: int = 0) -> ImageQuery:
        """A draw of n images without repetition, or all where there are fewer, in drawn order.

        It depends on the seed and the keys alone, never on how the images were indexed, and the
        first k of it are the draw of k. With `start`, the n behind the first `start` of the draw:
        page after page of one draw costs no more than its first.
        """
        n, start = _not_negative(n), _not_negative(start)
        return self._drawn(_Draw(n, seed, each_class=False, start=start))

    def per_class(self, n: int, *, seed: int = 0) -> ImageQuery:
        """A draw of n images of each class, or all where it has fewer; class by class."""
        return self._drawn(_Draw(_not_negative(n), seed, each_class=True))

    def limit(self, n: int) -> ImageQuery:
        """The first n of these images."""
        kept = _not_negative(n) if self._limit is None else min(_not_negative(n), self._limit)
        return replace(self, _limit=kept)

    def in_disk_order(self) -> ImageQuery:
        """The same images in the order in which they lie in their archives, to read them fast."""
        return replace(self, _by_disk=True)

    def with_boxes(self) -> ImageQuery:
        """The same images, each with the bounding boxes that were indexed of it in `boxes`.

        Of an image that several archives have boxes of, those of the archive indexed first.
        """
        return replace(self, _with_boxes=True)

    # -- answers

    def count(self) -> int:
        """How many images these are; no row is read.

        Raises:
            AmbiguousRelease: several releases hold such images, and none was named.
        """
        tally, mask = self._chosen()
        images = tally.images[mask]
        if self._draw is None:
            found = int(images.sum())
        elif self._draw.each_class:
            sizes = [int(images_of.sum()) for _, images_of in self._by_class(tally, mask)]
            found = sum(min(size, self._draw.n) for size in sizes)
        else:
            found = min(max(int(images.sum()) - self._draw.start, 0), self._draw.n)
        return found if self._limit is None else min(found, self._limit)

    def __len__(self) -> int:
        return self.count()

    def __bool__(self) -> bool:
        return self.count() > 0

    def size_bytes(self) -> int:
        """The bytes of all these images; of a draw, by reading its rows."""
        tally, mask = self._chosen()
        if self._draw is None and self._limit is None:
            return int(tally.bytes[mask].sum())
        return sum(row[7] for rows in self._rows() for row in rows)

    def counts(self) -> dict[str, int]:
        """Images a class, by synset name, of the classes that have any; a draw is not counted."""
        tally, mask = self._chosen()
        held: dict[str, int] = {}
        class_name = self._class_names()
        for synset, images in zip(tally.synsets[mask], tally.images[mask], strict=True):
            name = class_name(int(synset))
            held[name] = held.get(name, 0) + int(images)
        return held

    def __iter__(self) -> Iterator[Image]:
        for rows in self._rows():
            yield from self._catalogue.rows.images(rows, with_boxes=self._with_boxes)

    def first(self) -> Image | None:
        """The first of these images, or None."""
        return next(iter(self.limit(1)), None)

    def names(self) -> Iterator[str]:
        """The images' names, without making records."""
        for rows in self._rows():
            yield from self._catalogue.rows.names(rows)

    def batches(self, size: int = 8192) -> Iterator[npt.NDArray[Any]]:
        """The images as structured arrays of up to `size` rows, dtype `BATCH_DTYPE`.

        `synset` is the id (0 where unlabelled; the WordNet offset; from 100,000,000 a user's own
        class), `split` a `Split`, `offset` and `size` are bytes of the archive's file.
        """
        pending: list[tuple[Any, ...]] = []
        for rows in self._rows():
            pending.extend(row[:8] for row in rows)
            while len(pending) >= size:
                yield np.array(pending[:size], BATCH_DTYPE)
                del pending[:size]
        if pending:
            yield np.array(pending, BATCH_DTYPE)

    def dataset(
        self,
        transform: Callable[[Any], Any] | None = None,
        *,
        loader: Callable[[bytes], Any] | None = None,
        keep_broken: bool = False,
    ) -> ImageDataset:
        """These images with their labels, for training: a map-style dataset as torch takes it.

        A label is the index among the query's classes in wnid order (a user's own by name behind
        them): those that have images of the releases asked for, in whatever split and however
        few were drawn, so that `train` and `val` of one query count the same. `class_to_idx` says
        it; -1 is no label. For the numbers that hold for partial copies too, and ILSVRC's own,
        use `catalogue.subset("ilsvrc2012").dataset()`.

        Args:
            transform: what is done with a picture, a Pillow image in RGB.
            loader: makes of an image's bytes what `transform` is given; `bytes` leaves them be.
            keep_broken: take images that verification found broken, which are left out else.

        Raises:
            AmbiguousRelease: several releases hold such images, and none was named.
        """
        from imnet_data.dataset.made import of_query  # noqa: PLC0415 - few queries need it

        return of_query(
            self._catalogue,
            self._rows(),
            self._classes_held(),
            keep_broken=keep_broken,
            transform=transform,
            loader=loader,
        )

    @property
    def statement(self) -> Any:
        """These images as a SQLAlchemy Select over the catalogue's `image` table.

        For going on in SQL; a draw or limit stands in it as its images' ids.
        """
        if self._draw is not None or self._limit is not None:
            ids = [row[0] for rows in self._rows() for row in rows]
            return selects.statement_by_id(ids)
        return self._undrawn_statement(*self._chosen())

    # -- how

    def _drawn(self, draw: _Draw) -> ImageQuery:
        if self._draw is not None or self._limit is not None:
            raise ValueError("these images have been drawn or limited already")
        return replace(self, _draw=draw)

    def _chosen(self) -> tuple[Tally, npt.NDArray[np.bool_]]:
        """The tally and which of its rows this query takes."""
        scope = self._catalogue.scope
        tally = scope.tally
        named = self._release not in (None, EVERY_RELEASE)
        mask = tally.mask(
            self._ids,
            split=self._split,
            release_id=scope.release_id(self._release or "") if named else None,
        )
        if self._release is None:
            held = tally.by_release(mask)
            if len(held) > 1:
                raise AmbiguousRelease(held)
        return tally, mask

    def _classes_held(self) -> list[int]:
        """The classes of these that the same releases have images of, in any split, in order."""
        tally, mask = self._chosen()
        held = tally.mask(self._ids, split=None, release_id=None)
        held &= np.isin(tally.release_ids, np.unique(tally.release_ids[mask]))
        return [one for one in dict.fromkeys(tally.synsets[held].tolist()) if one != UNLABELLED]

    def _rows(self) -> Iterator[Sequence[tuple[Any, ...]]]:
        """The images' rows, some hundreds or thousands at a time."""
        left = self._limit
        for rows in self._rows_unlimited():
            if left is None:
                yield rows
                continue
            if left <= 0:
                return
            yield rows[:left]
            left -= len(rows)

    def _rows_unlimited(self) -> Iterator[Sequence[tuple[Any, ...]]]:
        tally, mask = self._chosen()
        with self._catalogue.reading() as connection:
            if self._draw is not None:
                ids = self._drawn_ids(connection, tally, mask)
                yield from selects.rows_by_id(connection, sorted(ids) if self._by_disk else ids)
            elif self._by_disk:
                statement = self._undrawn_statement(tally, mask)
                yield from selects.rows_in_disk_order(connection, statement)
            else:
                for group in tally.groups(np.flatnonzero(mask)):
                    yield from selects.group_rows(connection, group)

    def _undrawn_statement(self, tally: Tally, mask: npt.NDArray[np.bool_]) -> Any:
        return selects.image_statement(
            synsets=None if self._ids is None else np.unique(tally.synsets[mask]).tolist(),
            release_ids=np.unique(tally.release_ids[mask]).tolist(),
            split=self._split,
        )

    def _drawn_ids(self, connection: Any, tally: Tally, mask: npt.NDArray[np.bool_]) -> list[int]:
        assert self._draw is not None
        if not self._draw.each_class:
            wanted = self._draw.n if self._limit is None else min(self._draw.n, self._limit)
            start, seed = self._draw.start, str(self._draw.seed)
            rows = np.flatnonzero(mask)
            return ids_drawn(connection, tally, rows, wanted, seed, start=start)
        class_name = self._class_names()
        ids: list[int] = []
        for rows, _ in self._by_class(tally, mask):
            name = class_name(int(tally.synsets[rows[0]]))
            ids += ids_drawn(connection, tally, rows, self._draw.n, f"{self._draw.seed} {name}")
        return ids

    def _class_names(self) -> Callable[[int], str]:
        """Names by synset id, '' for none; the catalogue is asked once, not once a class."""
        resolver = self._catalogue.scope.resolver
        return lambda synset: "" if synset == UNLABELLED else resolver.name(synset)

    def _by_class(
        self, tally: Tally, mask: npt.NDArray[np.bool_]
    ) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.int64]]]:
        """The tally's rows of each class, with their numbers of images."""
        rows = np.flatnonzero(mask)
        if not len(rows):
            return
        bounds = np.flatnonzero(np.diff(tally.synsets[rows])) + 1
        for part in np.split(rows, bounds):
            yield part, tally.images[part]


def _not_negative(n: int) -> int:
    if n < 0:
        raise ValueError(f"a number of images cannot be negative: {n}")
    return n
