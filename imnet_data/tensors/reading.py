"""Reading tensors: a folder of shards as one long array, mapped into memory and never copied.

How they are made is preprocess.py's, whether they are as they were written check.py's.
"""

from __future__ import annotations

import json
import os
from functools import cached_property, lru_cache, partial
from operator import index
from typing import TYPE_CHECKING, Any, Final, Self, SupportsIndex, overload

import numpy as np

from imnet_data.errors import TensorOptionError, TensorsUnreadable
from imnet_data.files.address import copy_command, is_url
from imnet_data.permutation import Permutation
from imnet_data.tensors.batches import Batch, Sample, to_numpy, to_torch
from imnet_data.tensors.mapped import MappedTensors
from imnet_data.tensors.normalisation import stored_dtype
from imnet_data.tensors.tensor_folder import TensorFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from imnet_data.progress import Progress
    from imnet_data.sharding.records import ShardRecord
    from imnet_data.tensors.check import TensorCheck

# A mapping holds a descriptor, of which a process has a thousand or so.
_MAPPED_AT_MOST: Final = 300
# Sidecars whose names are held, 100 KB each.
_NAMED_AT_MOST: Final = 16


class TensorShards(TensorFolder):
    """The pictures in a folder of tensor shards, as `imnet-data preprocess` wrote them.

    `shards[i]` is a `Sample`: image [3, H, W], label, name. `shards[a:b]`, and `shards[[3, 1]]`,
    are a `Batch`: images [N, 3, H, W], labels int64 [N], numbers. A label is the place of the
    image's class in `classes`, the subset's own order (see `SubsetIndex`), -1 where there is none.

    Images are numpy arrays that lie in the mapped file and cannot be written; those of several
    shards, or in another order, are copied together. With `as_torch` they are torch tensors; what
    is written to one of these stays in this process. bfloat16 is numpy's where ml_dtypes is
    installed, else the uint16 of its bits; `as_float32()` of samples and batches goes for all.

    It can be pickled and forked, and several threads may read. `close()` lets go of the files;
    each is closed when no array of it is in use.

    Raises:
        NoShards, ShardsUnfinished, ManifestUnreadable: no finished shards are in the folder.
        NotTensors: they hold pictures, not tensors.
        TensorOptionError: it is a URL, of which nothing is mapped into memory.
    """

    def __init__(self, folder: str | os.PathLike[str], *, as_torch: bool = False) -> None:
        if is_url(folder):
            raise TensorOptionError(
                "tensors are mapped into memory from a disk of this machine: copy them first, "
                f"{copy_command(os.fspath(folder), 'tensors')}"
            )
        super().__init__(folder)
        self.as_torch = as_torch
        self._records = self.manifest.shards
        self._ends = np.cumsum([0, *(one.samples for one in self._records)])
        wanted = self.image_shape, self.dtype
        self._map = lru_cache(_MAPPED_AT_MOST)(partial(_mapped, self.folder, wanted))
        self._names = lru_cache(_NAMED_AT_MOST)(partial(_names, self.folder))

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), as_torch=self.as_torch), (self.folder,)

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.image_shape))
        return f"<TensorShards {self.folder}: {len(self):,} of {shape}, {self.dtype}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the mapped files; arrays that are in use stay as they are."""
        self._map.cache_clear()
        self._names.cache_clear()

    # -- pictures

    @overload
    def __getitem__(self, wanted: SupportsIndex) -> Sample: ...
    @overload
    def __getitem__(self, wanted: slice | Sequence[int]) -> Batch: ...
    def __getitem__(self, wanted: SupportsIndex | slice | Sequence[int]) -> Sample | Batch:
        """A `Sample` for a number, a `Batch` for a slice, a list of numbers, or a mark a picture.

        Raises:
            IndexError: there are not so many.
            TensorsUnreadable: a shard is not there, or not as it was written.
        """
        if isinstance(wanted, slice):
            first, last, step = wanted.indices(len(self))
            if step == 1:
                return self._run(first, max(last, first), as_torch=self.as_torch)
            return self._gathered(np.arange(first, last, step), as_torch=self.as_torch)
        # Arrays of numbers, numpy's and torch's, would be taken for one number, too.
        if not isinstance(wanted, SupportsIndex) or bool(getattr(wanted, "ndim", 0)):
            return self._gathered(self._numbers(wanted), as_torch=self.as_torch)
        at = self._at(wanted)
        shard, row = self._where(at)
        mapped = self._map(self._records[shard], private=self.as_torch)
        image = self._given(mapped.arrays["images"][row], as_torch=self.as_torch)
        name = self._names(self._records[shard])[row]
        return Sample(image, int(mapped.arrays["labels"][row]), name)

    def __iter__(self) -> Iterator[Sample]:
        return (self[number] for number in range(len(self)))

    def batches(
        self,
        size: int,
        *,
        shuffle: bool = False,
        seed: int = 0,
        part: str | None = None,
        as_torch: bool | None = None,
    ) -> Iterator[Batch]:
        """Batches of `size` pictures, the last with what remains, of a part or of all.

        In the order of the shards a batch is a view of the file, unless it begins in one shard and
        ends in the next. With `shuffle` each is copied together from all over the part, in an
        order that the seed says: for another order every epoch, pass the epoch's number.

        Raises:
            ValueError: a size below 1.
            UnknownPart: there is no such part.
            TensorOptionError: torch is asked for and is not installed.
        """
        if size < 1:
            raise ValueError(f"a batch has 1 picture or more, not {size}")
        numbers = range(len(self)) if part is None else self.images_of(part)
        torch = self.as_torch if as_torch is None else as_torch
        if not shuffle:
            return (
                self._run(first, min(first + size, numbers.stop), as_torch=torch)
                for first in range(numbers.start, numbers.stop, size)
            )
        order = Permutation(len(numbers), seed=seed)
        return (
            self._gathered(numbers.start + order.take(first, first + size), as_torch=torch)
            for first in range(0, len(numbers), size)
        )

    # -- what is known of them

    def name(self, number: SupportsIndex) -> str:
        """The name of a picture's image: `n02085620_10074`; with copies it comes again."""
        shard, row = self._where(self._at(number))
        return self._names(self._records[shard])[row]

    def names(self, numbers: Iterable[SupportsIndex]) -> list[str]:
        """The names of several pictures' images, as of a batch's `numbers`."""
        return [self.name(number) for number in numbers]

    @cached_property
    def labels(self) -> npt.NDArray[np.int64]:
        """The label of each picture, shape (pictures,); -1 where it has none."""
        return self._column("labels")

    @cached_property
    def image_ids(self) -> npt.NDArray[np.int64]:
        """The id of each picture's image in the catalogue `catalogue`, shape (pictures,)."""
        return self._column("image_ids")

    def check(
        self, *, deep: bool = True, workers: int | None = None, progress: Progress | None = None
    ) -> TensorCheck:
        """Say whether the folder is as it was written, and its contents are what they should be.

        As `check_tensors()` of the same folder.
        """
        from imnet_data.tensors.check import check_tensors  # noqa: PLC0415 - for few

        return check_tensors(self.folder, deep=deep, workers=workers, progress=progress)

    # -- how

    def _at(self, number: SupportsIndex) -> int:
        at, size = index(number), len(self)
        if not -size <= at < size:
            raise IndexError(f"there is no picture {at:,}: the folder has {size:,}")
        return at + size if at < 0 else at

    def _numbers(self, wanted: Any) -> npt.NDArray[np.int64]:
        """The numbers of several pictures; where they are marked, as by `labels == 3`, of those."""
        marked = np.asarray(wanted)
        if marked.dtype != np.bool_:
            return np.array([self._at(number) for number in wanted], np.int64)
        if marked.shape != (len(self),):
            raise IndexError(f"there are {marked.size:,} marks for {len(self):,} pictures")
        return np.flatnonzero(marked)

    def _where(self, at: int) -> tuple[int, int]:
        """The shard of a number, and the row in it."""
        shard = int(np.searchsorted(self._ends, at, side="right")) - 1
        return shard, at - int(self._ends[shard])

    def _given(self, stored: npt.NDArray[Any], *, as_torch: bool) -> Any:
        return to_torch(stored, self.dtype) if as_torch else to_numpy(stored, self.dtype)

    def _run(self, first: int, last: int, *, as_torch: bool) -> Batch:
        """Pictures one behind another: a view, where they lie in one shard."""
        numbers = np.arange(first, last, dtype=np.int64)
        if first == last:
            return self._gathered(numbers, as_torch=as_torch)
        shard, row = self._where(first)
        if last > self._ends[shard + 1]:
            return self._gathered(numbers, as_torch=as_torch)
        arrays = self._map(self._records[shard], private=as_torch).arrays
        rows = slice(row, row + last - first)
        images = self._given(arrays["images"][rows], as_torch=as_torch)
        labels = arrays["labels"][rows]
        return Batch(images, to_torch(labels, "int64") if as_torch else labels, numbers)

    def _gathered(self, numbers: npt.NDArray[np.int64], *, as_torch: bool) -> Batch:
        """Any pictures, copied together."""
        images = np.empty((len(numbers), *self.image_shape), stored_dtype(self.dtype))
        labels = np.empty(len(numbers), np.int64)
        shards = np.searchsorted(self._ends, numbers, side="right") - 1
        for shard in np.unique(shards).tolist():
            arrays = self._map(self._records[shard], private=False).arrays
            places = np.flatnonzero(shards == shard)
            rows = numbers[places] - self._ends[shard]
            labels[places] = arrays["labels"][rows]
            for place, row in zip(places.tolist(), rows.tolist(), strict=True):
                images[place] = arrays["images"][row]
        given = self._given(images, as_torch=as_torch)
        return Batch(given, to_torch(labels, "int64") if as_torch else labels, numbers)

    def _column(self, name: str) -> npt.NDArray[np.int64]:
        columns = [self._map(one, private=False).arrays[name] for one in self._records]
        return np.concatenate(columns) if columns else np.empty(0, np.int64)


def _mapped(
    folder: str, wanted: tuple[tuple[int, ...], str], record: ShardRecord, *, private: bool
) -> MappedTensors:
    """A shard's file, which has to be what the manifest says: its size, shapes and dtypes."""
    name, n, (shape, dtype) = record.file.name, record.samples, wanted
    try:
        size = os.stat(os.path.join(folder, name)).st_size
        if size != record.file.size_bytes:
            reason = f"it has {size:,} bytes, and was written with {record.file.size_bytes:,}"
            raise TensorsUnreadable(folder, name, reason)
        mapped = MappedTensors(os.path.join(folder, name), private=private)
        held = {key: (array.shape, array.dtype) for key, array in mapped.arrays.items()}
    except OSError as error:
        raise TensorsUnreadable(folder, name, error.strerror or str(error)) from error
    except ValueError as error:
        raise TensorsUnreadable(folder, name, str(error)) from error
    numbers = ((n,), np.dtype("<i8"))
    images = ((n, *shape), stored_dtype(dtype))
    if held != {"labels": numbers, "image_ids": numbers, "images": images}:
        reason = f"it does not hold {n:,} pictures in {dtype} with labels and ids"
        raise TensorsUnreadable(folder, name, reason)
    return mapped


def _names(folder: str, record: ShardRecord) -> list[str]:
    """The names in the file beside a shard."""
    name = record.beside[0].name if record.beside else f"{record.file.name}'s sidecar"
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            names: list[str] = json.load(file)["names"]
    except OSError as error:
        raise TensorsUnreadable(folder, name, error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise TensorsUnreadable(folder, name, f"it is no list of names ({error})") from error
    if len(names) != record.samples:
        reason = f"it names {len(names):,} pictures, and the shard has {record.samples:,}"
        raise TensorsUnreadable(folder, name, reason)
    return names
