"""A shard of tensors to make, with its rows of the plan and what it needs of the job.

It is for a worker that sees no folder of ours, of a set that goes to a store.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from imnet_data.archives.kinds import FOLDER
from imnet_data.errors import PlanUnreadable
from imnet_data.sharding.folder_files import work_folder
from imnet_data.tensors.archive_table import PlannedArchive
from imnet_data.tensors.job import JOB, read_job
from imnet_data.tensors.planned_rows import PlannedRows
from imnet_data.work.apart import Apart

if TYPE_CHECKING:
    from imnet_data.sharding.records import ShardRecord
    from imnet_data.tensors.job import Job
    from imnet_data.tensors.make_shard import TensorUnit
    from imnet_data.tensors.plan import PlannedShard
    from imnet_data.work.unit import Unit

# In the place of an archive that a shard reads nothing of; there may be 22,000 of them.
_NONE = PlannedArchive("", None, FOLDER)


@dataclass(frozen=True)
class PackedTensors:
    """The unit, the npz of its rows, and the job with those of its archives that it reads."""

    unit: TensorUnit
    rows: bytes
    job: Job
    archives: dict[int, PlannedArchive]

    @classmethod
    def of(cls, unit: TensorUnit) -> PackedTensors:
        """Pack a unit.

        Raises:
            PlanUnreadable: its rows are not there, or damaged.
        """
        job = read_job(unit.job)
        try:
            with open(os.path.join(job.plan, unit.shard.file), "rb") as file:
                rows = file.read()
            used = set(PlannedRows.read(rows).archive.tolist())
            archives = {number: job.archives[number] for number in used}
        except (OSError, ValueError, IndexError) as error:
            raise PlanUnreadable(job.plan, f"{unit.shard.file}: {error}") from None
        return cls(unit, rows, replace(job, archives=()), archives)

    @property
    def shard(self) -> PlannedShard:
        """The plan of the shard, for who names it."""
        return self.unit.shard

    def unpacked(self, folder: str) -> Unit[ShardRecord]:
        """See sharding/packed.py."""
        work = work_folder(folder)
        with open(os.path.join(work, self.shard.file), "wb") as file:
            file.write(self.rows)
        count = max(self.archives, default=-1) + 1
        archives = tuple(self.archives.get(number, _NONE) for number in range(count))
        replace(self.job, plan=work, archives=archives).write(os.path.join(work, JOB))
        unit: Any = replace(self.unit, folder=folder, job=os.path.join(work, JOB))
        made: Unit[ShardRecord] = unit
        # What a careful one notes lies here alone.
        return Apart(made) if self.unit.careful else made

    def after(self, how: str) -> PackedTensors | None:
        """The same carefully, in a process apart, where it finds out which picture to leave out."""
        unit = None if self.unit.careful else self.unit.after(how)
        return None if unit is None else replace(self, unit=unit)
