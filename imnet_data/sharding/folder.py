"""Images as files in a folder a class, as torchvision's ImageFolder and its like read them.

Copied, or linked where they are files of the same file system already.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from imnet_data.archives.tars.headers import BLOCK
from imnet_data.errors import ArchiveChanged, ArchiveMissing, FolderInUse
from imnet_data.sharding.endings import LOOKED_AT
from imnet_data.sharding.folder_files import TEMPORARY, sync_folder, temporary
from imnet_data.sharding.folder_sums import digest_of_file, digest_of_listing
from imnet_data.sharding.formats import BY_CLASS, CutBySize
from imnet_data.sharding.manifest import keep_record
from imnet_data.sharding.payload import Payloads, is_copied
from imnet_data.sharding.picture_names import class_folders, file_name, is_published
from imnet_data.sharding.records import FileRecord
from imnet_data.sharding.rows import is_own_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from imnet_data.archives.reading import Place
    from imnet_data.sharding.entry import Entry
    from imnet_data.sharding.manifest import Asked
    from imnet_data.sharding.plan import ShardPlan
    from imnet_data.sharding.records import ShardRecord
    from imnet_data.sharding.rows import Rows, Tables

_DISK_BLOCK: Final = 4096
# How systems refuse to give a folder the name of another one that holds something.
_THERE: Final = frozenset({errno.ENOTEMPTY, errno.EEXIST})


class Folders(CutBySize):
    """The format; see formats.py. A shard is the folder of a class, `train/n01440764`."""

    ending = ""
    cut = BY_CLASS

    def __init__(self, asked: Asked) -> None:
        self._classes = sorted((one.index, one.wnid, one.name) for one in asked.classes)
        self._folders = class_folders(self._classes)
        self._link = asked.options.link

    def stems(self, plans: Sequence[ShardPlan]) -> list[str]:
        """The folder of each class; of images without a label, the part's own."""
        labelled = any(plan.label >= 0 for plan in plans)
        return [
            f"{plan.part}/{self._folders[plan.label]}" if plan.label >= 0
            else f"{plan.part}-unlabelled" if labelled
            else plan.part
            for plan in plans
        ]  # fmt: skip

    def costs(self, rows: Rows, tables: Tables) -> npt.NDArray[np.int64]:
        """What they take on the disk; a link takes nothing."""
        sizes = rows.rows["size"]
        costs: npt.NDArray[np.int64] = sizes + -sizes % _DISK_BLOCK
        if self._link:
            own = np.fromiter((path is None for path, *_ in tables.sources), np.bool_)
            costs = np.where(own[rows.rows["source"]], 0, costs)
        return costs

    def unit(self, shard: ShardPlan, folder: str, *, digest: bool) -> FolderUnit:
        """What writes a class."""
        return FolderUnit(shard, folder, digest, self._link)

    def side_files(self, parts: Mapping[str, Sequence[ShardRecord]]) -> Iterator[tuple[str, bytes]]:
        """The folders' names in the order of the labels, where `classes.txt` has others."""
        del parts
        if any(self._folders[label] != (wnid or name) for label, wnid, name in self._classes):
            text = "".join(f"{self._folders[label]}\n" for label, *_ in self._classes)
            yield "folders.txt", text.encode()

    def notes(self, parts: Mapping[str, Sequence[ShardRecord]]) -> Iterator[str]:
        """Where readers that number the folders as they are sorted have other labels than ours."""
        expected = [self._folders[label] for label, *_ in self._classes]
        for part, records in parts.items():
            there = {one.file.name.rpartition("/")[2] for one in records if "/" in one.file.name}
            if not there:
                continue
            moved = sum(a != b for a, b in zip(sorted(there), expected, strict=False))
            if len(there) < len(expected):
                missing = len(expected) - len(there)
                yield (
                    f"{part} has no image of {missing:,} of {len(expected):,} classes: ImageFolder "
                    "numbers only the folders that are there; classes.txt has the subset's numbers"
                )
            elif moved:
                yield (
                    f"ImageFolder numbers the folders of {part} by name, and so {moved:,} of "
                    f"{len(expected):,} otherwise than the subset; classes.txt has its order"
                )


def form_of(asked: Asked) -> Folders:
    """The format, with the folders of the classes."""
    return Folders(asked)


@dataclass(frozen=True, slots=True)
class FolderUnit:
    """The folder of a class to write."""

    shard: ShardPlan
    folder: str
    digest: bool
    link: bool

    def run(self) -> ShardRecord:
        """Write the files where no reader looks, then give the folder its name, last the record."""
        shard = self.shard
        made = temporary(self.folder, shard.stem.replace("/", "%2F"))
        os.mkdir(made)
        try:
            writing = _Writing(made, digest=self.digest, link=self.link)
            digests = [writing.take(entry) for entry in shard.entries()]
            _sync_all(made)
            self._give_name(made)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        digest = digest_of_listing(digests) if self.digest else None
        record = shard.record(FileRecord(shard.stem, shard.images_bytes, digest))
        keep_record(self.folder, record)
        return record

    def _give_name(self, made: str) -> None:
        path = os.path.join(self.folder, self.shard.stem)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            os.rename(made, path)
        except OSError as error:
            if error.errno not in _THERE:
                raise
            self._replace(made, path)
        sync_folder(os.path.dirname(path))

    def _replace(self, made: str, path: str) -> None:
        """Make up for what a class has lost; what a user has put there is not thrown away."""
        there, ours = _sizes(path), _sizes(made)
        if strange := sorted({*there} - {*ours}):
            raise FolderInUse(self.folder, example=f"{self.shard.stem}/{strange[0]}")
        if there == ours:  # a worker that was taken for dead has written it meanwhile
            shutil.rmtree(made, ignore_errors=True)
            return
        old = f"{made}-old{TEMPORARY}"
        os.rename(path, old)
        try:
            os.rename(made, path)
        except OSError:  # this is the one that was taken for dead, and its own files are gone
            with suppress(OSError):
                os.rename(old, path)
            raise
        shutil.rmtree(old, ignore_errors=True)


class _Writing:
    """Writes images as files of one folder."""

    def __init__(self, folder: str, *, digest: bool, link: bool) -> None:
        self._folder = folder
        self._digest = digest
        self._link = link
        self._payloads = Payloads()
        self._buffer = bytearray(1 << 20)

    def take(self, entry: Entry) -> tuple[str, str]:
        """Write one; gives its file's name, and its SHA-256 where that is wanted."""
        place = entry.place
        if self._link and is_own_file(place) and (linked := self._linked(entry)):
            return linked, digest_of_file(
                os.path.join(self._folder, linked)
            ) if self._digest else ""
        if is_copied(place, digest=self._digest):
            name = file_name(entry.name, self._payloads.start_of(place))
            with self._new(name) as file:
                self._payloads.copy(place, file.fileno())
            return name, ""
        data = self._read(place)
        name = file_name(entry.name, bytes(data[:LOOKED_AT]))
        with self._new(name) as file:
            file.write(data)
        return name, sha256(data).hexdigest() if self._digest else ""

    def _linked(self, entry: Entry) -> str | None:
        """The name of a hard link to an image's own file; None where there can be none."""
        place = entry.place
        try:
            if os.stat(place.path).st_size != place.file_size:
                raise ArchiveChanged(place.path, "it has another size than when it was indexed")
            start = b"" if is_published(entry.name) else self._payloads.start_of(place)
            name = file_name(entry.name, start)
            os.link(place.path, os.path.join(self._folder, name))
        except FileNotFoundError:
            raise ArchiveMissing(place.path) from None
        except OSError:  # another file system, one without links, or too many of them
            return None
        return name

    def _read(self, place: Place) -> memoryview:
        if BLOCK + place.size > len(self._buffer):
            self._buffer = bytearray(BLOCK + place.size)
        view = memoryview(self._buffer)[: BLOCK + place.size]
        self._payloads.read_into(place, view)
        return view[BLOCK:]

    def _new(self, name: str) -> BinaryIO:
        return open(os.path.join(self._folder, name), "xb")


def _sizes(folder: str) -> dict[str, int]:
    """The files of a folder, with their sizes."""
    with os.scandir(folder) as entries:
        return {entry.name: entry.stat(follow_symlinks=False).st_size for entry in entries}


def _sync_all(folder: str) -> None:
    """Bring all that was written to the file system of a folder to its disk, in one call.

    A call for each of 1.28 million files would wait for the disk as often.
    """
    fd = os.open(folder, os.O_RDONLY)
    try:
        syncfs = None
        with suppress(OSError, AttributeError):
            syncfs = ctypes.CDLL(None, use_errno=True).syncfs
        if syncfs is None:
            os.sync()
        elif syncfs(fd) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), folder)
    finally:
        os.close(fd)
