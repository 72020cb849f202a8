"""A subset of a catalogue's images: what its recipe takes, part by part, less what is left out.

Keeping subsets by name is keeping.py's; cutting them into shards is imnet_data/sharding's.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from imnet_data.db.engine import reading
from imnet_data.db.subsets import has_digests
from imnet_data.errors import NotLocked
from imnet_data.layouts.placement import class_wnid_of
from imnet_data.progress import Silent
from imnet_data.sharding.write import write_shards
from imnet_data.storage import storage_errors
from imnet_data.subsets import entries
from imnet_data.subsets.check import Difference, differences
from imnet_data.subsets.exclusions import Exclusions
from imnet_data.subsets.frame import Frame
from imnet_data.subsets.lock import Lock
from imnet_data.subsets.locking import Locking
from imnet_data.subsets.members import Members
from imnet_data.subsets.sharded import about, entries_by_part
from imnet_data.subsets.sketch import Sketch
from imnet_data.subsets.tensors import TensorsPart
from imnet_data.verification.inspected import Inspected

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence

    from imnet_data.dataset.dataset import ImageDataset
    from imnet_data.db.engine import Storage
    from imnet_data.image_rows import ImageRows
    from imnet_data.progress import Progress
    from imnet_data.scope import Scope
    from imnet_data.scoring.truth import Truth
    from imnet_data.sharding.entry import ClassLabel, Entry
    from imnet_data.sharding.options import ShardOptions
    from imnet_data.sharding.report import ShardReport
    from imnet_data.subsets.classes import SubsetClasses
    from imnet_data.subsets.recipe import Recipe
    from imnet_data.subsets.stretch import Stretch
    from imnet_data.work.workers import Workers


class ListedImage(NamedTuple):
    """An image of a subset, for lists of them; `label` is the subset's own index, -1 for none."""

    part: str
    name: str
    release: str
    split: str
    label: int
    wnid: str | None
    size: int


class LeftOut(NamedTuple):
    """An image that was drawn and is left out: its part, its key `release/split/name`, and why."""

    part: str
    image: str
    code: str


class Subset(TensorsPart):
    """A recipe's images in a catalogue, as it stands when the subset is asked for.

    Made by `catalogue.subset()` and `catalogue.create_subset()`. Nothing is held by the million:
    members are streamed from the catalogue in the order of their keys. What was found broken (or
    what else the recipe drops) is left out after the draw; `excluded` lists it.
    """

    def __init__(
        self,
        storage: Storage,
        scope: Scope,
        rows: ImageRows,
        recipe: Recipe,
        *,
        locked: str | None = None,
    ) -> None:
        self._storage = storage
        self.scope = scope
        self._rows = rows
        self._locked = locked
        with storage_errors():
            self.frame = Frame(recipe, scope)
        self.members = Members(storage, self.frame)

    def __repr__(self) -> str:
        return f"<Subset {self.name}: {len(self.classes):,} classes of {self.release}>"

    # -- what it is

    @property
    def name(self) -> str:
        """What it is called."""
        return self.recipe.name

    @property
    def recipe(self) -> Recipe:
        """What it is made by, with the release and splits that were meant."""
        return self.frame.recipe

    @property
    def release(self) -> str:
        """The release whose images these are."""
        return self.frame.release

    @property
    def classes(self) -> SubsetClasses:
        """The classes, in the order in which labels count them."""
        return self.frame.classes

    @property
    def class_labels(self) -> tuple[ClassLabel, ...]:
        """The classes as shards name them."""
        return entries.class_labels(self.classes)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts: `train`, `val`, `test`, as far as the recipe takes them."""
        return self.frame.parts

    # -- its images

    def count(self, part: str | None = None) -> int:
        """How many images a part has, or all of them, without those that are left out.

        Raises:
            ValueError: it has no such part.
        """
        gone = sum(part in (None, one.part) for one in self.excluded)
        return self.members.count(self._checked(part)) - gone

    def rows(self, part: str | None = None) -> Iterator[tuple[Any, ...]]:
        """A part's images as rows of `selects.IMAGE_COLUMNS`, in the order of keys.

        Raises:
            ValueError: it has no such part.
        """
        for stretch in self.stretches(part):
            yield from stretch.rows

    def entries(
        self, part: str, *, among: Callable[[Stretch], Stretch] | None = None
    ) -> Iterator[Entry]:
        """A part's images as shards take them, in the order of keys; those that `among` leaves.

        Raises:
            ValueError: it has no such part.
        """
        stretches = self.stretches(part)
        return entries.entries_of(
            stretches if among is None else filter(len, map(among, stretches)),
            self._rows,
            seed=self.recipe.seed,
            first_split=self.frame.first_split_of(part),
        )

    def listing(self, part: str | None = None) -> Iterator[ListedImage]:
        """The names of a part's images, or of all, with part, split, label and size in bytes.

        Raises:
            ValueError: it has no such part.
        """
        for one in self.stretches(part):
            wnid, split = class_wnid_of(one.synset) or None, one.split.label
            for name, row in zip(one.names, one.rows, strict=True):
                yield ListedImage(one.part, name, self.release, split, one.label, wnid, row[7])

    @cached_property
    def excluded(self) -> tuple[LeftOut, ...]:
        """The images that were drawn and are left out."""
        # By their ids where findings alone say so: else every image's size has to be looked up.
        ids = self._exclusions.ids
        drawn = self.members.stretches() if ids is None else self.members.among(ids)
        return tuple(
            LeftOut(stretch.part, key.decode(), code)
            for stretch in drawn
            for key, code in zip(stretch.keys, self._exclusions.codes(stretch.rows), strict=True)
            if code is not None
        )

    def stretches(self, part: str | None = None) -> Iterator[Stretch]:
        """The images that are not left out, some thousands of one class at a time.

        Raises:
            ValueError: it has no such part.
        """
        for stretch in self.members.stretches(self._checked(part)):
            yield self.kept(stretch)

    def kept(self, stretch: Stretch) -> Stretch:
        """Those of drawn images that are not left out."""
        if not self._exclusions.any:
            return stretch
        codes = self._exclusions.codes(stretch.rows)
        return stretch.take(np.array([code is None for code in codes], np.bool_))

    def shard(
        self,
        to: str | os.PathLike[str],
        *,
        parts: Sequence[str] | None = None,
        options: ShardOptions | None = None,
        workers: Workers | None = None,
        progress: Progress | None = None,
    ) -> ShardReport:
        """Write its images, or those of some parts, as shards into the folder `to`.

        As in `imnet_data.sharding.write.write_shards()`; what is left out of the subset is not in
        them.

        Raises:
            UnknownPart: it has no such part.
            ShardError, ArchiveError, WorkersDie, ClusterError: as in `write_shards()`.
        """
        return write_shards(
            entries_by_part(self, parts),
            to,
            classes=self.class_labels,
            options=options,
            about=about(self),
            workers=workers,
            progress=progress,
        )

    def dataset(
        self,
        part: str | None = "train",
        transform: Callable[[Any], Any] | None = None,
        *,
        loader: Callable[[bytes], Any] | None = None,
    ) -> ImageDataset:
        """A part's images with the subset's own class indices, for training; None for all parts.

        A map-style dataset as torch takes it, without what is left out of the subset.

        Args:
            part: `train`, `val`, `test`, as far as the subset has them.
            transform: what is done with a picture, a Pillow image in RGB.
            loader: makes of an image's bytes what `transform` is given; `bytes` leaves them be.

        Raises:
            ValueError: it has no such part.
        """
        from imnet_data.dataset.made import of_subset  # noqa: PLC0415 - few subsets need it

        return of_subset(
            self,
            self._checked(part),
            storage=self._storage,
            rows=self._rows,
            transform=transform,
            loader=loader,
        )

    def truth(self, part: str | None = None) -> Truth:
        """A part's images with their labels, for `imnet_data.score(…, against=…)`.

        Without a part its `val`, or the only one that it has.

        Raises:
            UnknownTruth: it has no such part, or no labels.
        """
        from imnet_data.subsets.truth import truth_of_subset  # noqa: PLC0415 - few need it

        with storage_errors():
            return truth_of_subset(self, part)

    # -- its lock

    def lock(self, *, progress: Progress | None = None) -> Lock:
        """What it is now, to be compared with other copies; every image is gone through."""
        return self.locking().lock(self.name, progress=progress or Silent())

    @cached_property
    def locked(self) -> Lock | None:
        """What it was when it was created, or locked anew; None for a built-in one."""
        return None if self._locked is None else Lock.of_json(self._locked, file=self.name)

    def check(
        self, lock: Lock | None = None, *, progress: Progress | None = None
    ) -> list[Difference]:
        """What differs from a lock, or from its own of when it was created; [] for nothing.

        Raises:
            NotLocked: it is built in, and no lock is given.
        """
        wanted = lock or self.locked
        if wanted is None:
            raise NotLocked(self.name)
        now = self.locking(Sketch.like(wanted.sketch)).lock(
            self.name, progress=progress or Silent()
        )
        return differences(wanted, now)

    def locking(self, sketch: Sketch | None = None) -> Locking:
        """What makes a lock; `sketch` is an empty one of the size that is wanted."""
        if sketch is None:
            sketch = Sketch.for_images(self.members.count_at_most)
        with storage_errors(), reading(self._storage) as connection:
            inspected = Inspected(self._storage) if has_digests(connection) else None
        return Locking(self.members, self._exclusions, inspected, sketch)

    # -- how

    def _checked(self, part: str | None) -> str | None:
        if part is not None and part not in self.parts:
            raise ValueError(f"{self.name} has no part {part!r}; it has {', '.join(self.parts)}")
        return part

    @cached_property
    def _exclusions(self) -> Exclusions:
        return Exclusions(self._storage, self.scope, self._rows, self.recipe)
