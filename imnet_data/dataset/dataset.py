"""Images as a map-style dataset, read straight from their archives; torch reads it, unimported.

Which images, with which labels, is imnet_data/subsets' and query.py's.
"""

from __future__ import annotations

import io
import shlex
from dataclasses import dataclass, replace
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.reading import read
from imnet_data.archives.together import read_together
from imnet_data.errors import (
    ArchiveChanged,
    ArchiveError,
    ArchiveMissing,
    ImageNotRead,
    SeekIndexMissing,
)
from imnet_data.files.address import is_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import SupportsIndex

    import numpy.typing as npt
    from PIL.Image import Image as PilImage

    from imnet_data.archives.reading import Place
    from imnet_data.dataset.rows import DatasetRows
    from imnet_data.sharding.entry import ClassLabel


@dataclass(frozen=True, slots=True)
class Origin:
    """What a data set was made of: its classes, how many images were left out, which catalogue."""

    classes: tuple[ClassLabel, ...]
    left_out: int
    catalogue: str


class ImageDataset:
    """Images with their class indices, for torch's `DataLoader` or a loop of one's own.

    Made by `catalogue.images(…).dataset()` and `catalogue.subset(…).dataset()`. `dataset[i]` is
    the image number i, as `transform` makes it, and its class index, -1 where it has no label. It
    knows no catalogue any more: it can be forked, pickled and spawned, and opens each archive once
    a process.

    `loader` makes of an image's bytes what `transform` is given: a Pillow image in RGB if it is
    None. `transform` may be set at any time.
    """

    def __init__(
        self,
        rows: DatasetRows,
        origin: Origin,
        *,
        transform: Callable[[Any], Any] | None = None,
        loader: Callable[[bytes], Any] | None = None,
    ) -> None:
        self.transform = transform
        self.loader = loader
        self._rows = rows
        self._origin = origin

    def __repr__(self) -> str:
        out = f", {self.left_out:,} left out" if self.left_out else ""
        return f"<ImageDataset: {len(self):,} images of {len(self.classes):,} classes{out}>"

    # -- images

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: SupportsIndex) -> tuple[Any, int]:
        """The image of a number as `transform` makes it, and its class index.

        Raises:
            IndexError: there are not so many.
            TypeError: it is no whole number; `subset()` takes several.
            ImageNotRead: its bytes cannot be read, or do not decode.
        """
        at = self._at(number)
        place, label = self._rows.located(at)
        return self._sample(at, self._read(at, place)), label

    def __getitems__(self, numbers: Iterable[SupportsIndex]) -> list[tuple[Any, int]]:
        """Several images, in the order asked for: what torch asks for a batch by.

        Their bytes are read in the order in which they lie on the disk, or many at once where they
        lie in a store, and all of them before the first is decoded.

        Raises:
            IndexError, TypeError, ImageNotRead: as for one.
        """
        if type(self).__getitem__ is not ImageDataset.__getitem__:
            return [self[number] for number in numbers]  # as a class below this one has it
        asked = [self._at(number) for number in numbers]
        if not asked:
            return []
        found: list[Any] = [None] * len(asked)
        order = self._rows.in_disk_order(asked)
        places, labels = zip(*(self._rows.located(asked[k]) for k in order), strict=True)
        for k, data, label in zip(
            order, self._read_all([asked[k] for k in order], places), labels, strict=True
        ):
            found[k] = data, label
        for k, (data, label) in enumerate(found):
            found[k] = self._sample(asked[k], data), label
        return found

    def __iter__(self) -> Iterator[tuple[Any, int]]:
        for number in range(len(self)):
            yield self[number]

    def subset(self, numbers: Sequence[int] | npt.NDArray[np.integer[Any]]) -> ImageDataset:
        """Some of these images, by their numbers and in that order, with the same classes.

        Raises:
            IndexError: there are not so many.
            TypeError: the numbers are not whole.
        """
        chosen = np.asarray(numbers)
        if chosen.size and chosen.dtype.kind not in "iu":
            raise TypeError(f"numbers of images are whole, and not {chosen.dtype}")
        size = len(self)
        if chosen.size and not -size <= int(chosen.min()) <= int(chosen.max()) < size:
            raise IndexError(f"the numbers of images are 0..{size - 1:,}")
        chosen = chosen.astype(np.int64) % max(size, 1)
        origin = replace(self._origin, left_out=0)
        return ImageDataset(
            self._rows.take(chosen), origin, transform=self.transform, loader=self.loader
        )

    # -- what is known of them

    def name(self, number: SupportsIndex) -> str:
        """The name of an image: `n02085620_10074`."""
        return self._rows.name(self._at(number))

    def place(self, number: SupportsIndex) -> Place:
        """Where the bytes of an image are."""
        return self._rows.located(self._at(number))[0]

    @property
    def targets(self) -> npt.NDArray[np.int64]:
        """The class index of each image, shape (images,); -1 where it has no label."""
        return self._rows.labels()

    @property
    def classes(self) -> list[str]:
        """The classes' names (`chihuahua.n.03`) in the order of their indices."""
        return [one.name for one in self._origin.classes]

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The class indices by the classes' names."""
        return {one.name: one.index for one in self._origin.classes}

    @property
    def wnids(self) -> list[str | None]:
        """The classes' wnids in the order of their indices; None for a merged or an own class."""
        return [one.wnid for one in self._origin.classes]

    @property
    def wnid_to_idx(self) -> dict[str, int]:
        """The class indices by wnid, of the classes that have one."""
        return {one.wnid: one.index for one in self._origin.classes if one.wnid is not None}

    @property
    def left_out(self) -> int:
        """How many images verification found broken (or what else the subset drops)."""
        return self._origin.left_out

    # -- how

    def _at(self, number: SupportsIndex | slice) -> int:
        if isinstance(number, slice):
            raise TypeError("a data set has no slices; subset(range(…)) gives several images")
        at = index(number)
        size = len(self)
        if not -size <= at < size:
            raise IndexError(f"there is no image {at:,}: the data set has {size:,}")
        return at + size if at < 0 else at

    def _read(self, at: int, place: Place) -> bytes:
        try:
            return read(place)
        except (ArchiveError, OSError) as error:
            reason = f"cannot be read: {error}"
            raise self._not_read(at, place, reason, self._advice(error, place)) from error

    def _read_all(self, numbers: Sequence[int], places: Sequence[Place]) -> Iterator[bytes]:
        """The bytes of several images, in this order."""
        if not any(is_url(place.path) for place in places):
            yield from map(self._read, numbers, places)
            return
        for at, place, data in zip(numbers, places, read_together(places), strict=True):
            if not isinstance(data, bytes):
                reason = f"cannot be read: {data}"
                raise self._not_read(at, place, reason, self._advice(data, place)) from data
            yield data

    def _sample(self, at: int, data: bytes) -> Any:
        if self.loader is None:
            try:
                loaded: Any = in_rgb(data)
            except MemoryError:
                raise
            except Exception as error:  # damaged pictures raise anything in Pillow
                reason = f"does not decode: {_words(error)}"
                place, advice = self._rows.located(at)[0], f"{self._command} verify --level decode"
                raise self._not_read(at, place, reason, advice) from error
            return loaded if self.transform is None else self._named(at, self.transform, loaded)
        loaded = self._named(at, self.loader, data)
        return loaded if self.transform is None else self._named(at, self.transform, loaded)

    def _named(self, at: int, step: Callable[[Any], Any], given: Any) -> Any:
        """What a step of the caller's own makes; its errors are told with the image's name."""
        try:
            return step(given)
        except Exception as error:
            error.add_note(f"with the image {self.name(at)} (number {at:,} of the data set)")
            raise

    def _not_read(self, at: int, place: Place, reason: str, advice: str) -> ImageNotRead:
        return ImageNotRead.of(self.name(at), at, path=place.path, reason=reason, advice=advice)

    def _advice(self, error: Exception, place: Place) -> str:
        match error:
            case ArchiveMissing():
                return f"{self._command} archives relocate OLD NEW, if it was moved"
            case ArchiveChanged() | SeekIndexMissing():
                whole = place.container != FOLDER
                path = shlex.quote(place.path) if whole else "FOLDER, the one that was indexed"
                return f"{self._command} index {path}"
        return f"{self._command} verify --level decode"

    @property
    def _command(self) -> str:
        return f"imnet-data -c {shlex.quote(self._origin.catalogue)}"


def in_rgb(data: bytes) -> PilImage:
    """A picture in RGB, decoded, as torchvision's ImageFolder loads it."""
    from PIL import Image  # noqa: PLC0415 - pillow only where a picture is wanted

    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert("RGB")


def _words(error: Exception) -> str:
    from PIL import UnidentifiedImageError  # noqa: PLC0415 - as above

    if isinstance(error, UnidentifiedImageError):  # whose words show an address in memory
        return "Pillow knows no such picture"
    return str(error).partition("\n")[0] or type(error).__name__
