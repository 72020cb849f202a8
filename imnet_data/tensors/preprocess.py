"""From a plan to tensors on the disk: every shard that is missing, then the manifest.

No catalogue is known here. Making the plan is write_plan.py's, one shard make_shard.py's.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from shutil import disk_usage
from typing import TYPE_CHECKING, Final

from imnet_data.amounts import count, size
from imnet_data.cores import usable_cores
from imnet_data.progress import Silent
from imnet_data.sharding.folder_files import PARTIAL, work_folder
from imnet_data.sharding.set_writer import SetWriter
from imnet_data.sharding.targets import target_of
from imnet_data.tensors.asked import FORMAT, TensorsAsked
from imnet_data.tensors.devices import described, described_on
from imnet_data.tensors.engines.choice import choose, choose_on_workers
from imnet_data.tensors.engines.engine import CPU, EngineSpec
from imnet_data.tensors.job import JOB, Job
from imnet_data.tensors.make_shard import close_engine, form_of
from imnet_data.tensors.planned_file import PlannedFile, TensorShardsWritten
from imnet_data.tensors.report import TensorReport, report_of
from imnet_data.work.workers import is_cluster

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.progress import Progress
    from imnet_data.sharding.shard_folder import ShardFolder
    from imnet_data.sharding.targets import Target
    from imnet_data.tensors.devices import Described
    from imnet_data.tensors.engines.engine import EngineName
    from imnet_data.tensors.plan import Plan
    from imnet_data.work.workers import Workers

# In the work folder, where no plan was given; called so that it is kept while there is work.
_PLAN: Final = f"plan{PARTIAL}"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a plan is run: the engine decides bytes, the number of processes doesn't.

    `engine` is `auto`, `dali` or `pillow`; `device` is `auto`, `cpu`, `cuda`, or `cuda:0,1`.
    `workers` are processes, of which each GPU has one, or a cluster, whose workers each have the
    GPU that is theirs. `archives` is a folder under which the archives lie, where they are not
    where the plan says.
    """

    engine: str = "auto"
    device: str = "auto"
    workers: Workers | None = None
    archives: str | None = None


def preprocess(
    plan: Plan | Callable[[str], Plan],
    to: str | os.PathLike[str],
    *,
    options: RunOptions | None = None,
    progress: Progress | None = None,
) -> TensorReport:
    """Make the tensors of a plan in the folder `to`, or at a URL, a manifest last.

    The same plan, engine and device give the same bytes with any number of processes. A run that
    was stopped goes on where it stood. Instead of a plan comes what makes one in the folder that it
    is given; that folder is gone when all is written. An image that does not decode is left out,
    and named in its shard's sidecar and in the report. A cluster's workers see the plan, the
    archives and `to` at the same paths as this process.

    Raises:
        TensorOptionError, NeedsExtra: there is no such engine or device here.
        PlanError: the plan cannot be used, or its archives are not there.
        ShardsDiffer, FolderInUse, ShardsTaken: the folder has something else, or is written to.
        NoRoomForShards, ShardNotWritten: the disk is full, or cannot be written.
        ShardLost, WorkersDie: a process went down.
        DevicesDiffer: GPUs or workers are of several kinds, whose bytes would differ.
        ClusterError: the cluster is gone, or its workers are not such as the work needs.
        ArchiveError: an archive is missing or has changed.
        LoginNeeded: the store at a URL wants keys.
    """
    told = progress or Silent()
    run = _Run(target_of(to, FORMAT, told.notice), options or RunOptions(), told)
    try:
        return run.write(plan)
    finally:
        run.close()


class _Run:
    """One call of preprocess."""

    def __init__(self, target: Target, options: RunOptions, progress: Progress) -> None:
        self._target = target
        self._folder = target.folder
        self._options = options
        self._progress = progress
        self._engine, self._devices = _chosen(options)
        self._locks = tempfile.mkdtemp(prefix="imnet-data-devices-")

    def write(self, plan: Plan | Callable[[str], Plan]) -> TensorReport:
        job = os.path.join(work_folder(self._folder), JOB)
        # What the plan says of geometry and dtype is known once there is one.
        form = TensorShardsWritten(self._devices, job, self._locks)
        on_gpu = self._devices != (CPU,)
        writer: SetWriter[PlannedFile] = SetWriter(
            self._target, form, workers=self._workers(), progress=self._progress,
            reads=lambda _: files, what="making tensors", counted=True, gpu=on_gpu,
        )  # fmt: skip
        files: list[str] = []
        with writer.claimed():
            found = self._readable(plan if not callable(plan) else self._made(plan))
            files += [job] if self._target.is_shared else []
            files += _files_of(found, packed=not self._target.is_shared)
            spec = self._spec(found)
            form.spec = spec
            asked = TensorsAsked(found, self._described(spec, form))

            def planned(folder: ShardFolder) -> list[PlannedFile]:
                return self._planned(asked, spec, folder)

            report = writer.write(asked, planned)
        return report_of(report, found, asked.by)

    def close(self) -> None:
        """Nothing stays open."""
        close_engine()
        shutil.rmtree(self._locks, ignore_errors=True)

    def _described(self, spec: EngineSpec, form: TensorShardsWritten) -> Described:
        workers = self._options.workers
        if not is_cluster(workers):
            return described(spec, self._devices)
        form.by = described_on(spec, workers, gpu=spec.device != CPU)
        return form.by

    def _workers(self) -> Workers | None:
        """A cluster, or processes: one a GPU; on the CPU as many as were asked for."""
        workers = self._options.workers
        if is_cluster(workers):
            return workers
        if self._devices != (CPU,):
            return len(self._devices)
        return max(workers, 1) if isinstance(workers, int) else None

    def _made(self, make: Callable[[str], Plan]) -> Plan:
        folder = os.path.join(work_folder(self._folder), _PLAN)
        shutil.rmtree(folder, ignore_errors=True)
        return make(folder)

    def _readable(self, plan: Plan) -> Plan:
        if self._options.archives is not None:
            return plan.with_archives(self._options.archives)
        plan.check_archives()
        return plan

    def _spec(self, plan: Plan) -> EngineSpec:
        threads = 1
        if self._devices != (CPU,):  # a worker elsewhere knows best what it has
            elsewhere = is_cluster(self._options.workers)
            threads = 0 if elsewhere else max(1, usable_cores() // len(self._devices))
        return EngineSpec(
            engine=self._engine,
            device=self._devices[0],
            geometry=plan.options.geometry,
            normalisation=plan.options.normalisation,
            dtype=plan.options.dtype,
            threads=threads,
        )

    def _planned(
        self, asked: TensorsAsked, spec: EngineSpec, folder: ShardFolder
    ) -> list[PlannedFile]:
        """The shards with their sizes, which are told before the first is made."""
        plan, about = asked.plan, asked.about()
        archives = tuple(plan.readable_archives())
        Job(plan.folder, plan.fingerprint, archives, about).write(os.path.join(folder.work, JOB))
        sizes: dict[tuple[str, int], int] = {}
        for shard in plan.shards:
            if (shard.part, shard.images) not in sizes:
                sizes[shard.part, shard.images] = form_of(shard, about, spec).size_bytes
        files = [PlannedFile(one, sizes[one.part, one.images]) for one in plan.shards]
        if len(folder.finished) < len(files):
            self._progress.notice(_sentence(asked, files, folder, self._target))
        return files


def _chosen(options: RunOptions) -> tuple[EngineName, tuple[str, ...]]:
    """The engine's name and the devices: here, or of each worker elsewhere."""
    workers = options.workers
    if not is_cluster(workers):
        return choose(options.engine, options.device)
    have_gpus = bool(workers.workers_now(gpu=True))
    engine, device = choose_on_workers(options.engine, options.device, have_gpus=have_gpus)
    return engine, (device,)


def _files_of(plan: Plan, *, packed: bool) -> list[str]:
    """What its tensors are made of: the plan's own files, one shard's for all, and the archives.

    Where units are packed, they bring those of the plan along.
    """
    own = [] if packed else [os.path.join(plan.folder, one.file) for one in plan.shards[:1]]
    archives = plan.readable_archives()
    indexes = [one.seek_index for one in archives if one.seek_index is not None]
    return [*own, *(one.path for one in archives), *indexes]


def _sentence(
    asked: TensorsAsked, files: list[PlannedFile], folder: ShardFolder, target: Target
) -> str:
    """How large it will be, and how much of that is there."""
    options, by = asked.plan.options, asked.by
    whole = sum(one.size_bytes for one in files)
    shape = " x ".join(map(str, options.shape))
    times = f" with {options.geometry.copies} crops each" if options.geometry.copies > 1 else ""
    there = sum(one.file.size_bytes for one in folder.finished.values())
    # Of a store nobody says how much it takes.
    free = f"; {size(disk_usage(folder.path).free)} are free" if target.is_shared else ""
    begun = f", of which {size(there)} are there" if there else ""
    return (
        f"{count(asked.plan.images, 'image')}{times} as {options.dtype} of {shape} are "
        f"{size(whole)} in {count(len(files), 'shard')}{begun}{free}; {by.engine} makes them "
        f"on {by.device}"
    )
