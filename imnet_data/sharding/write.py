"""Writing a set of shards: plan, write what is missing, then the files about the whole, last.

Which images, with which labels, comes in as entries; the catalogue is not known here.
"""

from __future__ import annotations

import errno
import os
import re
import time
from contextlib import closing
from shutil import disk_usage
from typing import TYPE_CHECKING, Any, Final, TypeVar

from imnet_data.cores import usable_cores
from imnet_data.errors import (
    NoRoomForShards,
    NothingToShard,
    ShardLost,
    ShardNotWritten,
    ShardOptionError,
)
from imnet_data.progress import Silent
from imnet_data.sharding.class_files import class_files
from imnet_data.sharding.folder_files import write_whole
from imnet_data.sharding.formats import format_of
from imnet_data.sharding.manifest import MANIFEST, Asked, Manifest, write_manifest
from imnet_data.sharding.options import ShardOptions
from imnet_data.sharding.plan import plan_part
from imnet_data.sharding.report import PartReport, ShardReport
from imnet_data.sharding.shard_folder import ShardFolder, claimed
from imnet_data.sharding.targets import target_of
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed, Lost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imnet_data.progress import Progress
    from imnet_data.sharding.entry import ClassLabel, Entry
    from imnet_data.sharding.formats import Format
    from imnet_data.sharding.plan import ShardPlan
    from imnet_data.sharding.records import FileRecord, ShardRecord
    from imnet_data.sharding.targets import Target
    from imnet_data.work.unit import Outcome, Unit

_R = TypeVar("_R")
_PART: Final = re.compile(r"[A-Za-z0-9_]+")
# A process that writes takes half a second to begin: this one writes so many bytes in that time.
_WORTH_A_PROCESS: Final = 100_000_000
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def write_shards(
    parts: Mapping[str, Iterable[Entry]],
    to: str | os.PathLike[str],
    *,
    classes: Sequence[ClassLabel],
    options: ShardOptions | None = None,
    about: Mapping[str, Any] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ShardReport:
    """Write each part's entries as shards into `to`, a folder or a URL, and a manifest last.

    The same entries and options give the same bytes, on any machine and with any number of
    `workers` (by default one a core). A run that was stopped goes on where it stood when it is
    asked for the same; of a finished set, what is missing is written again. `about` says what the
    entries are (`name`, `fingerprint`, …, in JSON's types): it goes into the manifest, and a
    folder whose shards have another is refused.

    Raises:
        ShardOptionError: the options contradict one another, or a part cannot be called so.
        NothingToShard: there is no entry.
        NameTwice: two entries of a part have the same name.
        ShardsDiffer, FolderInUse, ShardsTaken: the folder has something else, or is written to.
        NoRoomForShards, ShardNotWritten: the disk is full, or cannot be written.
        ShardLost, WorkersDie: a process that wrote went down.
        ArchiveError: an archive is missing, has changed or is damaged.
        LoginNeeded: the store at a URL wants keys.
    """
    _check_parts(parts)
    asked = Asked(about or {}, list(parts), options or ShardOptions(), classes)
    target = target_of(to, asked.options.format)
    run = _Run(target, asked, workers, progress or Silent())
    try:
        with claimed(run.path):
            target.begin()
            return run.write(parts)
    except OSError as error:
        raise run.refusal(error) from error


class _Run:
    """One call of write_shards."""

    def __init__(
        self, target: Target, asked: Asked, workers: int | None, progress: Progress
    ) -> None:
        self.path = target.folder
        self._target = target
        self._asked = asked
        self._form: Format = format_of(asked)
        self._workers = workers
        self._progress = progress
        self._to_come = 0
        self._records: dict[str, ShardRecord] = {}

    def write(self, parts: Mapping[str, Iterable[Entry]]) -> ShardReport:
        start = time.monotonic()
        folder = ShardFolder(self.path, self._asked, self._target)
        try:
            folder.sweep()
            plans = self._plan(parts, folder)
            missing = [shard for shard in plans if not self._is_there(folder, shard)]
            self._write_missing(folder, missing)
            by_part = {part: [self._records[self._name(shard)] for shard in plans
                              if shard.part == part] for part in parts}  # fmt: skip
            if missing or not folder.is_whole or not self._files_agree(folder, by_part):
                self._finish(by_part)
        except BaseException:
            folder.sweep()
            raise
        folder.close()
        self._target.close()
        return ShardReport(
            self._target.name,
            self._asked.options.format,
            tuple(_part_report(part, records) for part, records in by_part.items()),
            len(missing),
            sum(shard.size_bytes for shard in missing),
            len(plans) - len(missing),
            self._asked.options.digest,
            time.monotonic() - start,
            tuple(self._form.notes(by_part)),
        )

    def refusal(self, error: OSError) -> ShardNotWritten | NoRoomForShards:
        """What the system's refusal means for the set."""
        if error.errno in _FULL and self._to_come:
            return _no_room(self.path, self._to_come)
        path = os.fsdecode(error.filename) if error.filename else self.path
        return ShardNotWritten(self.path, path, error.strerror or str(error))

    def _plan(self, parts: Mapping[str, Iterable[Entry]], folder: ShardFolder) -> list[ShardPlan]:
        plans: list[ShardPlan] = []
        for part, entries in parts.items():
            self._progress.begin(f"planning {part}", None, "images")
            shards = plan_part(
                part, entries, folder.work,
                options=self._asked.options, form=self._form, progress=self._progress,
            )  # fmt: skip
            self._progress.end()
            folder.check_number(part, len(shards))
            plans += shards
        if not plans:
            raise NothingToShard(list(parts))
        return plans

    def _name(self, shard: ShardPlan) -> str:
        return f"{shard.stem}{self._form.ending}"

    def _is_there(self, folder: ShardFolder, shard: ShardPlan) -> bool:
        record = folder.finished.get(self._name(shard))
        if not folder.is_there(shard, record):
            return False
        assert record is not None
        self._records[record.file.name] = record
        return True

    def _write_missing(self, folder: ShardFolder, missing: list[ShardPlan]) -> None:
        self._to_come = sum(shard.size_bytes for shard in missing)
        largest = max((shard.size_bytes for shard in missing), default=0)
        room = self._target.room(self._to_come, largest * (self._workers or usable_cores()))
        if room > disk_usage(folder.path).free:
            raise _no_room(folder.path, room)
        self._progress.begin("writing shards", sum(s.images_bytes for s in missing), "bytes")
        pieces = [one for shard in missing for one in self._form.pieces(shard, folder.path)]
        for done in self._results(pieces, len(pieces)):
            self._progress.advance(done)
        digest = self._asked.options.digest
        units = (
            self._target.unit(self._form.unit(shard, folder.path, digest=digest))
            for shard in missing
        )
        for record in self._results(units, len(missing)):
            self._records[record.file.name] = record
            self._to_come -= record.file.size_bytes
            self._progress.advance(0 if pieces else record.images_bytes)
        self._progress.end()

    def _results(self, units: Iterable[Unit[_R]], count: int) -> Iterator[_R]:
        workers = min(self._workers or self._worth(), count, self._target.workers)
        with closing(outcomes(units, workers=workers if workers > 1 else 0)) as ended:
            for outcome in ended:
                yield self._result(outcome)

    def _worth(self) -> int:
        """As many processes as there are cores, where they have something to do."""
        return min(usable_cores(), 1 + self._to_come // _WORTH_A_PROCESS)

    def _result(self, outcome: Outcome[_R]) -> _R:
        match outcome:
            case Done(result=result):
                return result
            case Failed(error=error):
                raise error
            case Lost(unit=unit, how=how):
                name = getattr(getattr(unit, "shard", None), "stem", "a shard")
                raise ShardLost(self.path, name, how)

    def _side_files(self, parts: Mapping[str, Sequence[ShardRecord]]) -> dict[str, bytes]:
        return {
            **dict(self._form.side_files(parts)),
            **dict(class_files(self._asked.classes)),
        }

    def _files_agree(self, folder: ShardFolder, parts: Mapping[str, Sequence[ShardRecord]]) -> bool:
        """Whether the files about the whole are there; looked at by their names and sizes."""
        return all(
            name in folder.files and self._target.size(name) == len(data)
            for name, data in self._side_files(parts).items()
        )  # fmt: skip

    def _finish(self, parts: dict[str, list[ShardRecord]]) -> None:
        files: list[FileRecord] = []
        for name, data in self._side_files(parts).items():
            files.append(write_whole(self.path, name, data))
            self._target.send(name)
        write_manifest(self.path, Manifest(self._asked.as_json(), parts, files))
        self._target.send(MANIFEST)


def _check_parts(parts: Mapping[str, object]) -> None:
    for part in parts:
        if not _PART.fullmatch(part):
            raise ShardOptionError(f"no part can be called {part!r}: shards are named after it")
    if not parts:
        raise NothingToShard(["no part"])


def _part_report(part: str, records: Sequence[ShardRecord]) -> PartReport:
    return PartReport(
        part,
        sum(one.samples for one in records),
        len(records),
        sum(one.images_bytes for one in records),
        sum(one.file.size_bytes for one in records),
    )


def _no_room(path: str, needed: int) -> NoRoomForShards:
    return NoRoomForShards(path, needed=needed, missing=max(needed - disk_usage(path).free, 1))
