"""ILSVRC's own form once more: a tar of class tars for training, flat tars for the rest.

The images are the published ones, byte for byte; the tars are not, for their headers have no dates.
"""

from __future__ import annotations

import errno
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from imnet_data.archives.tars.headers import BLOCK
from imnet_data.sharding.folder_files import (
    PARTIAL,
    WORK,
    sync_folder,
    work_folder,
    write_whole,
)
from imnet_data.sharding.folder_sums import digest_of_file
from imnet_data.sharding.formats import UNCUT, CutBySize
from imnet_data.sharding.keys import key_of
from imnet_data.sharding.manifest import keep_record
from imnet_data.sharding.picture_names import class_folders, file_name
from imnet_data.sharding.records import FileRecord
from imnet_data.sharding.shard_file import ShardFile
from imnet_data.sharding.tar_blocks import END, header, padding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from imnet_data.sharding.entry import Entry
    from imnet_data.sharding.manifest import Asked
    from imnet_data.sharding.plan import ShardPlan
    from imnet_data.sharding.records import ShardRecord
    from imnet_data.sharding.rows import Rows, Tables

# Tars end at a whole record, as GNU tar writes them; so do ImageNet's.
_RECORD: Final = 20 * BLOCK
# A run that was stopped begins again behind the last so many bytes; a worker takes as many.
_PIECE_BYTES: Final = 256_000_000
_NESTED: Final = "train"
_UNLABELLED: Final = "unlabelled"


class ClassTars(CutBySize):
    """The format; see formats.py. A shard is the tar of a part."""

    ending = ".tar"
    cut = UNCUT

    def __init__(self, asked: Asked) -> None:
        self._folders = class_folders([(one.index, one.wnid, one.name) for one in asked.classes])
        # Every class tar has its header, its end and what fills it up.
        self.fixed_bytes = 2 * _RECORD * (1 + len(self._folders))
        published = asked.subset.get("release") == "ilsvrc2012"
        name = "ILSVRC2012" if published else key_of(str(asked.subset.get("name", "images")))
        self._name = f"{name}_img"

    def stems(self, plans: Sequence[ShardPlan]) -> list[str]:
        """`ILSVRC2012_img_train` and so on."""
        return [f"{self._name}_{plan.part}" for plan in plans]

    def costs(self, rows: Rows, _tables: Tables) -> npt.NDArray[np.int64]:
        """A header and an image; the ends of tars are not known here."""
        sizes = rows.rows["size"]
        costs: npt.NDArray[np.int64] = BLOCK + sizes + -sizes % BLOCK
        return costs

    def pieces(self, shard: ShardPlan, folder: str) -> Sequence[TarPiece]:
        """What fills the tar, in any order; what an earlier run has filled is not among it."""
        layout = self._nested(shard) if shard.part == _NESTED else _flat(shard)
        path = _partial(folder, shard)
        made = _pieces(shard, folder, layout)
        size = made[-1].stop
        if not os.path.exists(path) or os.path.getsize(path) != size:
            _forget(made)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
        try:
            os.ftruncate(fd, size)
        finally:
            os.close(fd)
        return made

    def unit(self, shard: ShardPlan, folder: str, *, digest: bool) -> TarUnit:
        """What gives the filled tar its name."""
        names = {} if shard.part == _NESTED else self._folders
        return TarUnit(shard, folder, digest, names)

    def side_files(self, parts: Mapping[str, Sequence[ShardRecord]]) -> Iterator[tuple[str, bytes]]:
        """None: the list of what a flat tar has in it is written with it."""
        del parts
        return iter(())

    def _nested(self, shard: ShardPlan) -> list[Stretch]:
        """The class tars in the order of their names."""
        found: list[Stretch] = []
        first, size, last = 0, 0, shard.label
        for at, entry in enumerate(shard.entries()):
            if entry.label != last:
                found.append(Stretch(range(first, at), size, self._tar_name(last)))
                first, size, last = at, 0, entry.label
            size += _cost(entry)
        found.append(Stretch(range(first, shard.count), size, self._tar_name(last)))
        return sorted(found, key=lambda one: str(one.name))

    def _tar_name(self, label: int) -> str:
        return f"{self._folders.get(label, _UNLABELLED)}.tar"


def form_of(asked: Asked) -> ClassTars:
    """The format, with the names of the class tars."""
    return ClassTars(asked)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Images one after the other: their places in the plan, their bytes with headers.

    With a `name` they are a tar of their own.
    """

    rows: Sequence[int]
    size_bytes: int
    name: str | None = None

    @property
    def whole_bytes(self) -> int:
        """With the tar around them."""
        return self.size_bytes if self.name is None else BLOCK + _ended(self.size_bytes)


def _flat(shard: ShardPlan) -> list[Stretch]:
    """The images in the order of their names."""
    found = sorted(
        (entry.name, at, _cost(entry)) for at, entry in enumerate(shard.entries())
    )  # some 200 bytes an image, for as long as this takes
    return [Stretch((at,), cost) for _, at, cost in found]


def _cost(entry: Entry) -> int:
    size = entry.place.size
    return BLOCK + size + -size % BLOCK


def _ended(size: int) -> int:
    """A tar's bytes with its end, up to a whole record."""
    return -(-(size + len(END)) // _RECORD) * _RECORD


@dataclass(frozen=True, slots=True)
class TarPiece:
    """Some of a tar to fill, from a byte on; with the last comes the end of the tar."""

    shard: ShardPlan
    folder: str
    at: int
    stop: int
    stretches: tuple[Stretch, ...]

    @property
    def mark(self) -> str:
        """The file that says that it is filled."""
        return os.path.join(work_folder(self.folder), f"{self.shard.stem}.{self.at}.json")

    def run(self) -> int:
        """Fill it, unless an earlier run did; gives the images' bytes."""
        if self._is_filled():
            return sum(one.size_bytes for one in self.stretches)
        images = 0
        with _piece_of(_partial(self.folder, self.shard), self.at) as out:
            for stretch in self.stretches:
                if stretch.name is not None:
                    out.put(header(stretch.name.encode(), stretch.whole_bytes - BLOCK))
                images += self._put(out, stretch)
                if stretch.name is not None:
                    out.put(bytes(_ended(stretch.size_bytes) - stretch.size_bytes))
            out.put(bytes(self.stop - self.at - out.position))
        said = json.dumps(self._said()).encode()
        write_whole(self.folder, f"{WORK}/{os.path.basename(self.mark)}", said, lasting=False)
        return images

    def _put(self, out: ShardFile, stretch: Stretch) -> int:
        images = 0
        rows = stretch.rows
        for entry in self.shard.some(rows[0], len(rows)):  # they follow one another
            size = entry.place.size
            out.put_image(entry.place, partial(_head, entry.name, size))
            out.put(padding(size))
            images += size
        return images

    def _said(self) -> dict[str, object]:
        return {"filled": [self.at, self.stop], "plan": self.shard.contents}

    def _is_filled(self) -> bool:
        with suppress(OSError, ValueError), open(self.mark, encoding="utf-8") as file:
            return bool(json.load(file) == self._said())
        return False


def _pieces(shard: ShardPlan, folder: str, layout: list[Stretch]) -> list[TarPiece]:
    made: list[TarPiece] = []
    at = stop = 0
    some: list[Stretch] = []
    for one in layout:
        if some and stop + one.whole_bytes - at > _PIECE_BYTES:
            made.append(TarPiece(shard, folder, at, stop, tuple(some)))
            at, some = stop, []
        some.append(one)
        stop += one.whole_bytes
    return [*made, TarPiece(shard, folder, at, _ended(stop), tuple(some))]


def _forget(pieces: Sequence[TarPiece]) -> None:
    for piece in pieces:
        with suppress(FileNotFoundError):
            os.unlink(piece.mark)


def _partial(folder: str, shard: ShardPlan) -> str:
    return os.path.join(work_folder(folder), f"{shard.stem}.tar{PARTIAL}")


def _head(name: str, size: int, start: bytes) -> bytes:
    """The header of an image, named by its first bytes where it has no name of ImageNet's."""
    return header(file_name(name, start).encode(), size)


@contextmanager
def _piece_of(path: str, at: int) -> Iterator[ShardFile]:
    """Some of a file that is there, from a byte on; on the disk at the end, and with no name."""
    fd = os.open(path, os.O_WRONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        os.lseek(fd, at, os.SEEK_SET)
        out = ShardFile(fd)
        yield out
        out.flush()
        os.fsync(fd)
    finally:
        os.close(fd)


@dataclass(frozen=True, slots=True)
class TarUnit:
    """A filled tar that is to have its name; `folders` are the classes' names for a flat one."""

    shard: ShardPlan
    folder: str
    digest: bool
    folders: dict[int, str]

    def run(self) -> ShardRecord:
        """Take its SHA-256, list what a flat one holds, keep the record, and name it."""
        shard = self.shard
        name = f"{shard.stem}.tar"
        filled, path = _partial(self.folder, shard), os.path.join(self.folder, name)
        size, digest = self._looked_at(filled, path)
        beside = (self._listed(),) if shard.part != _NESTED else ()
        record = shard.record(FileRecord(name, size, digest), *beside)
        # Before the tar has its name: who is stopped between the two has not to fill it again, and
        # a record whose tar is not there says nothing.
        keep_record(self.folder, record)
        with suppress(FileNotFoundError):
            os.rename(filled, path)
        sync_folder(self.folder)
        return record

    def _looked_at(self, filled: str, path: str) -> tuple[int, str | None]:
        """The size and the digest of the tar, by the name that it has.

        A worker that was taken for dead may have given it its own meanwhile: the same bytes.
        """
        for name in (filled, path):
            with suppress(FileNotFoundError):
                digest = digest_of_file(name) if self.digest else None
                return os.path.getsize(name), digest
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), filled)

    def _listed(self) -> FileRecord:
        """`name class label` a line, in the order of the tar's members; a name has no ending."""
        lines = sorted(
            f"{key_of(one.name)} {self.folders.get(one.label, '-')} {one.label}\n"
            for one in self.shard.entries()
        )
        return write_whole(self.folder, f"{self.shard.stem}.txt", "".join(lines).encode())
