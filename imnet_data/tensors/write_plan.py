"""Making a plan: the entries of each part ordered, cut into shards, and written as small files.

Memory does not grow with the images: they are ordered as shards are, in sorted runs on the disk.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.errors import (
    FolderInUse,
    NothingToShard,
    PlanDiffers,
    SeekIndexMissing,
    ShardNotWritten,
)
from imnet_data.lasting import NO_ROOM
from imnet_data.progress import Silent
from imnet_data.sharding.folder_files import sync_folder, work_folder, write_whole
from imnet_data.sharding.formats import CutBySize
from imnet_data.sharding.manifest import encoded
from imnet_data.sharding.options import ShardOptions
from imnet_data.sharding.plan import plan_part
from imnet_data.sharding.rows import read_tables
from imnet_data.sharding.shard_folder import claimed, differing
from imnet_data.sharding.write import check_parts
from imnet_data.tensors.archive_table import ArchiveTable, PlannedArchive
from imnet_data.tensors.options import TensorOptions
from imnet_data.tensors.plan import PLAN, SEEK_INDEXES, Plan, PlannedShard, has_plan
from imnet_data.tensors.planned_rows import PlannedRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from imnet_data.progress import Progress
    from imnet_data.sharding.entry import ClassLabel, Entry
    from imnet_data.sharding.plan import ShardPlan
    from imnet_data.sharding.rows import Rows, Tables

_MADE: Final = ".unfinished-plan"
# In the place of an archive's number.
_UNKNOWN: Final = -2
_OWN_FILE: Final = -1


@dataclass(frozen=True, slots=True)
class PlanSource:
    """What a plan is made of: entries by part, their classes, and what is said of them.

    `about` has at least a `name`; `folders` are the paths of the archives that are folders, so that
    they can be found again elsewhere; `left_out` the images that findings keep out: part, key and
    code of each.
    """

    parts: Mapping[str, Iterable[Entry]]
    classes: Sequence[ClassLabel]
    about: Mapping[str, Any]
    folders: Sequence[str] = ()
    left_out: Sequence[tuple[str, str, str]] = ()


def write_plan(
    source: PlanSource,
    to: str | os.PathLike[str],
    *,
    options: TensorOptions | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Write a plan into the folder `to`, which appears whole or not at all.

    The same entries and options give the same bytes, but for the archives' paths. Where the same
    plan is there already it is written anew, since archives may have moved.

    Raises:
        PlanDiffers: another plan is there.
        FolderInUse: something else is there.
        NothingToShard: there is no entry.
        NameTwice: two entries of a part have the same name.
        SeekIndexMissing: a compressed archive's seek index is gone.
        ShardsTaken, ShardNotWritten: another process plans there, or it cannot be written.
    """
    folder = os.path.abspath(os.fspath(to))
    check_parts(source.parts)
    wanted = _Wanted(source, options or TensorOptions())
    wanted.check_folder(folder)
    made = f"{folder}{_MADE}"
    with _told_of(folder), claimed(made):
        try:
            plan = wanted.write(made, progress or Silent())
            wanted.check_same(plan, folder)
            shutil.rmtree(work_folder(made))
            _give_name(made, folder)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    return replace(plan, folder=folder)


@contextmanager
def _told_of(folder: str) -> Iterator[None]:
    """A disk without room, told with the plan that was to lie on it."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise ShardNotWritten(folder, folder, error.strerror or str(error)) from error


class _Wanted:
    """One call of write_plan."""

    def __init__(self, source: PlanSource, options: TensorOptions) -> None:
        self._source = source
        self._options = options

    def check_folder(self, folder: str) -> None:
        """That nothing else is there; said before a minute of planning."""
        if has_plan(folder):
            there, asked = Plan.read(folder).asked(), self._plan(folder, (), ()).asked()
            if different := differing(there, asked):
                raise PlanDiffers(folder, different)
        elif os.path.lexists(folder):
            if not os.path.isdir(folder):
                raise FolderInUse(folder, example=os.path.basename(folder))
            if there_is := sorted(os.listdir(folder)):
                raise FolderInUse(folder, example=there_is[0])

    def check_same(self, plan: Plan, folder: str) -> None:
        """That a plan that is there has the same images."""
        if has_plan(folder):
            before = Plan.read(folder)
            if before.fingerprint != plan.fingerprint:
                counts = (f"{before.images:,} images", f"{plan.images:,} others")
                raise PlanDiffers(folder, {"what is in it": counts})

    def write(self, folder: str, progress: Progress) -> Plan:
        """All files of the plan."""
        for name in os.listdir(folder):
            if name != os.path.basename(work_folder(folder)):  # of a run that was killed
                _remove(os.path.join(folder, name))
        table = ArchiveTable(self._source.folders)
        shards: list[PlannedShard] = []
        for part, entries in self._source.parts.items():
            progress.begin(f"planning {part}", None, "images")
            cut = self._cut(part, entries, folder, progress)
            shards += _write_all(cut, folder, table)
            progress.end()
        if not shards:
            raise NothingToShard(list(self._source.parts))
        archives = _with_indexes(table.archives, folder)
        plan = self._plan(folder, shards, archives)
        write_whole(folder, PLAN, encoded(plan.as_json()))
        return plan

    def _cut(
        self, part: str, entries: Iterable[Entry], folder: str, progress: Progress
    ) -> list[ShardPlan]:
        options = self._options
        cut = ShardOptions(per_shard=options.per_shard, order=options.order, seed=options.seed)
        work = os.path.join(work_folder(folder), part)
        shutil.rmtree(work, ignore_errors=True)
        os.mkdir(work)
        return plan_part(part, entries, work, options=cut, form=_ByNumber(), progress=progress)

    def _plan(
        self, folder: str, shards: Sequence[PlannedShard], archives: Sequence[PlannedArchive]
    ) -> Plan:
        source = self._source
        return Plan(
            folder,
            source.about,
            tuple(source.classes),
            self._options,
            tuple(source.parts),
            tuple(shards),
            tuple(source.left_out),
            tuple(archives),
        )


class _ByNumber(CutBySize):
    """What the entries are cut by: their number alone."""

    def costs(self, rows: Rows, tables: Tables) -> npt.NDArray[np.int64]:
        """Nothing hangs on their sizes."""
        del tables
        return np.ones(len(rows.rows), np.int64)


def _write_all(
    cut: Sequence[ShardPlan], folder: str, table: ArchiveTable
) -> Iterator[PlannedShard]:
    """Write the shards of a part."""
    if cut:
        rows = _Rows(folder, cut[0].tables, table)
        yield from map(rows.write, cut)


class _Rows:
    """Writes the npz of each shard of a part."""

    def __init__(self, folder: str, tables: str, table: ArchiveTable) -> None:
        self._folder = folder
        self._table = table
        self._sources, kinds = read_tables(tables)
        self._labels = np.array([kind[0] for kind in kinds], np.int64)
        self._named = np.array([path is None or named for path, *_, named in self._sources])
        # The number of each source's archive, when it is first met; there may be 22,000.
        self._numbers = np.full(len(self._sources), _UNKNOWN, np.int64)

    def write(self, planned: ShardPlan) -> PlannedShard:
        """Write the npz of a shard."""
        rows = self._rows(planned.rows())
        shard = PlannedShard(
            planned.part, planned.number, len(rows), rows.images_bytes, rows.contents, ""
        )
        data = rows.packed()
        with open(os.path.join(self._folder, shard.file), "wb") as file:
            file.write(data)
        return replace(shard, sha256=sha256(data).hexdigest())

    def _rows(self, found: Rows) -> PlannedRows:
        source = found.rows["source"]
        archive = self._archives(source)
        names = list(found.names())
        members: list[bytes | None] = [
            text[len(name) :] if named else None
            for text, name, named in zip(
                found.texts, names, self._named[source].tolist(), strict=True
            )
        ]
        for at in np.flatnonzero(archive == _OWN_FILE).tolist():
            path = (members[at] or b"").decode("utf-8", "surrogatepass")
            archive[at], inside = self._table.of_file(path)
            members[at] = inside.encode("utf-8", "surrogatepass")
        label = self._labels[found.rows["kind"]]
        columns = [archive, found.rows["offset"], found.rows["size"], label]
        return PlannedRows.of(np.stack([*columns, found.rows["image_id"]], axis=1), names, members)

    def _archives(self, source: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """The number of each row's archive."""
        for at in np.unique(source[self._numbers[source] == _UNKNOWN]).tolist():
            path, size, container, seek_index, _ = self._sources[at]
            self._numbers[at] = (
                _OWN_FILE if path is None
                else self._table.number(PlannedArchive(path, size, container, seek_index))
            )  # fmt: skip
        return self._numbers[source]


def _with_indexes(archives: Sequence[PlannedArchive], folder: str) -> list[PlannedArchive]:
    """The archives with their seek indexes copied into the plan, called by their numbers."""
    copied: list[PlannedArchive] = []
    for number, archive in enumerate(archives):
        if archive.seek_index is None:
            copied.append(archive)
            continue
        name = f"{number:06d}.seek"
        os.makedirs(os.path.join(folder, SEEK_INDEXES), exist_ok=True)
        try:
            shutil.copyfile(archive.seek_index, os.path.join(folder, SEEK_INDEXES, name))
        except FileNotFoundError:
            raise SeekIndexMissing(archive.path, "it is gone") from None
        copied.append(replace(archive, seek_index=name))
    return copied


def _give_name(made: str, folder: str) -> None:
    """Let the plan stand under its name, in the place of the same one or of an empty folder."""
    old = f"{made}-old"
    if os.path.isdir(folder):
        os.rename(folder, old)
    os.rename(made, folder)
    shutil.rmtree(old, ignore_errors=True)
    sync_folder(os.path.dirname(folder))


def _remove(path: str) -> None:
    if os.path.isdir(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)
