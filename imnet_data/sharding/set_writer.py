"""Writing a set of planned shards: what is missing, then the files about the whole, last.

What is planned, and how a shard is written, is its stage's: write.py's, and the tensors'.
"""

from __future__ import annotations

import errno
import os
import time
from collections import deque
from contextlib import closing, contextmanager
from shutil import disk_usage
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from imnet_data.cores import usable_cores, worth_processes
from imnet_data.errors import NoRoomForShards, NothingToShard, ShardLost, ShardNotWritten
from imnet_data.sharding.class_files import class_files
from imnet_data.sharding.folder_files import work_folder, write_whole
from imnet_data.sharding.formats import Planned
from imnet_data.sharding.manifest import MANIFEST, Manifest, write_manifest
from imnet_data.sharding.packed import packed
from imnet_data.sharding.report import PartReport, ShardReport
from imnet_data.sharding.shard_folder import ShardFolder, claimed
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed, Lost, Retried
from imnet_data.work.workers import is_cluster, several

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imnet_data.progress import Progress
    from imnet_data.sharding.formats import Writes
    from imnet_data.sharding.manifest import AskedFor
    from imnet_data.sharding.packed import Packed
    from imnet_data.sharding.records import FileRecord, ShardRecord
    from imnet_data.sharding.targets import Target
    from imnet_data.work.unit import Outcome, Unit
    from imnet_data.work.workers import Workers

_R = TypeVar("_R")
P = TypeVar("P", bound=Planned)
# A process that writes takes half a second to begin: this one writes so many bytes in that time.
_WORTH_A_PROCESS: Final = 100_000_000
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class SetWriter(Generic[P]):
    """Writes a set of shards into its folder: what is missing, then the files about the whole.

    Progress is told as `what`, in bytes of the images, or in images where they are `counted`. A
    cluster's workers must see the folder where it is here, and what `reads()` gives of shards.
    """

    def __init__(
        self,
        target: Target,
        form: Writes[P],
        *,
        workers: Workers | None,
        progress: Progress,
        reads: Callable[[Sequence[P]], Iterable[str]],
        digest: bool = True,
        what: str = "writing shards",
        counted: bool = False,
        gpu: bool = False,
    ) -> None:
        self.path = target.folder
        self._target = target
        self._form = form
        self._workers = workers
        self._progress = progress
        self._digest = digest
        self._what = what
        self._counted = counted
        self._reads = reads
        self._gpu = gpu
        self._to_come = 0
        self._records: dict[str, ShardRecord] = {}

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """The folder for this process alone; what the system refuses is told in our words.

        Raises:
            ShardsTaken, NoRoomForShards, ShardNotWritten, ClusterError: as in `write_shards()`.
        """
        try:
            with claimed(self.path, self._target.name):
                if self._target.is_shared:
                    self._check_seen([], writes=[work_folder(self.path)])
                try:
                    self._target.begin()
                    yield
                finally:
                    self._target.leave()
        except OSError as error:
            raise self._refusal(error) from error

    def write(self, asked: AskedFor, planned: Callable[[ShardFolder], Sequence[P]]) -> ShardReport:
        """Write what is missing of a set, in the folder that is claimed.

        Raises:
            ShardError, WorkersDie, ArchiveError: as in `write_shards()`.
        """
        start = time.monotonic()
        folder = ShardFolder(self.path, asked, self._target)
        parts: list[str] = asked.as_json()["parts"]
        try:
            folder.sweep()
            plans = planned(folder)
            self._check_numbers(folder, parts, plans)
            missing = [shard for shard in plans if not self._is_there(folder, shard)]
            self._write_missing(folder, missing)
            by_part = {part: [self._records[self._name(shard)] for shard in plans
                              if shard.part == part] for part in parts}  # fmt: skip
            files = self._side_files(by_part, asked)
            if missing or not folder.is_whole or not self._files_agree(folder, files):
                self._finish(asked, by_part, files)
        except BaseException:
            folder.sweep()
            raise
        folder.close()
        self._target.close()
        return ShardReport(
            self._target.name,
            asked.as_json()["options"]["format"],
            tuple(_part_report(part, records) for part, records in by_part.items()),
            len(missing),
            sum(shard.size_bytes for shard in missing),
            len(plans) - len(missing),
            self._digest,
            time.monotonic() - start,
            tuple(self._form.notes(by_part)),
        )

    def _refusal(self, error: OSError) -> ShardNotWritten | NoRoomForShards:
        """What the system's refusal means for the set."""
        if error.errno in _FULL and self._to_come:
            return _no_room(self.path, self._to_come)
        path = os.fsdecode(error.filename) if error.filename else self.path
        return ShardNotWritten(self.path, path, error.strerror or str(error))

    def _check_numbers(self, folder: ShardFolder, parts: Sequence[str], plans: Sequence[P]) -> None:
        for part in parts:
            folder.check_number(part, sum(shard.part == part for shard in plans))
        if not plans:
            raise NothingToShard(parts)

    def _name(self, shard: P) -> str:
        return f"{shard.stem}{self._form.ending}"

    def _is_there(self, folder: ShardFolder, shard: P) -> bool:
        record = folder.finished.get(self._name(shard))
        if not folder.is_there(shard, record):
            return False
        assert record is not None
        self._records[record.file.name] = record
        return True

    def _check_seen(self, paths: Iterable[str], *, writes: Sequence[str] = ()) -> None:
        if is_cluster(self._workers):
            self._workers.check_sees(paths, writes=writes)

    def _write_missing(self, folder: ShardFolder, missing: list[P]) -> None:
        self._to_come = sum(shard.size_bytes for shard in missing)
        largest = max((shard.size_bytes for shard in missing), default=0)
        # What a cluster's worker has to stage lies on its own disk, and there it asks for room.
        count = several(self._workers, usable_cores())
        at_once = max(count, 1) if isinstance(count, int) else 0
        room = self._target.room(self._to_come, largest * at_once)
        if room > disk_usage(folder.path).free:
            raise _no_room(folder.path, room)
        self._check_seen(self._reads(missing))
        planned = {self._name(shard): shard for shard in missing}
        amounts = {
            name: shard.count if self._counted else shard.images_bytes
            for name, shard in planned.items()
        }
        unit = "images" if self._counted else "bytes"
        self._progress.begin(self._what, sum(amounts.values()), unit)
        pieces = [one for shard in missing for one in self._form.pieces(shard, folder.path)]
        for done in self._results(pieces, len(pieces)):
            self._progress.advance(done)
        units = (self._target.unit(self._unit(shard, folder)) for shard in missing)
        for record in self._results(units, len(missing)):
            self._records[record.file.name] = record
            self._to_come -= planned[record.file.name].size_bytes
            self._progress.advance(0 if pieces else amounts[record.file.name])
        self._progress.end()

    def _unit(self, shard: P, folder: ShardFolder) -> Unit[ShardRecord] | Packed:
        unit = self._form.unit(shard, folder.path, digest=self._digest)
        elsewhere = is_cluster(self._workers) and not self._target.is_shared
        return packed(unit) if elsewhere else unit

    def _results(self, units: Iterable[Unit[_R]], count: int) -> Iterator[_R]:
        most = min(count, self._target.workers)
        workers = several(self._workers, self._worth(), most=most)
        feed = _Feed(units)
        with closing(outcomes(feed, workers=workers, gpu=self._gpu)) as ended:
            for outcome in ended:
                if not (isinstance(outcome, Lost) and feed.takes_again(outcome)):
                    yield self._result(outcome)

    def _worth(self) -> int:
        """As many processes as there are cores, where they have something to do."""
        return worth_processes(self._to_come, _WORTH_A_PROCESS)

    def _result(self, outcome: Outcome[_R]) -> _R:
        match outcome:
            case Done(result=result):
                return result
            case Failed(error=error):
                raise error
            case Lost(unit=unit, how=how):
                name = getattr(getattr(unit, "shard", None), "stem", "a shard")
                raise ShardLost(self.path, name, how)

    def _side_files(
        self, parts: Mapping[str, Sequence[ShardRecord]], asked: AskedFor
    ) -> dict[str, bytes]:
        return {**dict(self._form.side_files(parts)), **dict(class_files(asked.classes))}

    def _files_agree(self, folder: ShardFolder, files: Mapping[str, bytes]) -> bool:
        """Whether the files about the whole are there; looked at by their names and sizes."""
        return all(
            name in folder.files and self._target.size(name) == len(data)
            for name, data in files.items()
        )

    def _finish(
        self, asked: AskedFor, parts: dict[str, list[ShardRecord]], files: Mapping[str, bytes]
    ) -> None:
        written: list[FileRecord] = []
        for name, data in files.items():
            written.append(write_whole(self.path, name, data))
            self._target.send(name)
        write_manifest(self.path, Manifest(asked.as_json(), parts, written))
        self._target.send(MANIFEST)


class _Feed(Generic[_R]):
    """Hands units on; of one that took its process with it, what can be tried instead."""

    def __init__(self, units: Iterable[Unit[_R]]) -> None:
        self._units = iter(units)
        self._again: deque[Unit[_R]] = deque()

    def __iter__(self) -> _Feed[_R]:
        return self

    def __next__(self) -> Unit[_R]:
        return self._again.popleft() if self._again else next(self._units)

    def takes_again(self, lost: Lost[_R]) -> bool:
        """Whether the unit that was lost has something else to try."""
        if not isinstance(lost.unit, Retried):
            return False
        another: Unit[_R] | None = lost.unit.after(lost.how)
        if another is not None:
            self._again.append(another)
        return another is not None


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
