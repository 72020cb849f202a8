"""One shard of tensors: its images read, decoded by an engine, written with their sidecar.

How images flow through the engine is flow.py's, the file's form safetensors_file.py's.
"""

from __future__ import annotations

import math
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.errors import OracleDisagrees, PlanUnreadable, WorkersDie
from imnet_data.sharding.folder_files import write_whole
from imnet_data.sharding.manifest import keep_record
from imnet_data.sharding.records import ShardRecord
from imnet_data.tensors.devices import check_alike, described_by, own_device, readers_of
from imnet_data.tensors.engines.oracle import Oracle, checked
from imnet_data.tensors.flow import Flow
from imnet_data.tensors.job import read_job
from imnet_data.tensors.normalisation import stored_dtype
from imnet_data.tensors.packed import PackedTensors
from imnet_data.tensors.planned_rows import PlannedRows
from imnet_data.tensors.safetensors_file import Form, new_file
from imnet_data.tensors.sidecar import NotMade, sidecar_name, sidecar_of
from imnet_data.tensors.tried import Tried, is_overtaken, last_tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from imnet_data.archives.reading import Place
    from imnet_data.sharding.records import FileRecord
    from imnet_data.tensors.devices import Described
    from imnet_data.tensors.engines.engine import Engine, EngineSpec
    from imnet_data.tensors.job import Job
    from imnet_data.tensors.plan import PlannedShard
    from imnet_data.tensors.safetensors_file import TensorFile


# How a process ends that the system ends for want of memory, or a person.
_FROM_OUTSIDE: Final = "SIGKILL"
# More pictures than this in one shard that take a process with them are a fault of the machine.
_MOST_LOST: Final = 16


@dataclass(frozen=True, slots=True)
class TensorUnit:
    """A shard to make.

    `job` is the file of what all shards have in common, `folder` where it is written. `devices` are
    those that processes share, one each; `locks` is the folder in which they tell which are taken.
    A `careful` one takes pictures one by one, and writes down which; `without` are places of
    pictures that took the process with them, with what is told of each. An engine of another kind
    than `by`, where that is said, makes none.
    """

    shard: PlannedShard
    job: str
    folder: str
    spec: EngineSpec
    devices: tuple[str, ...]
    locks: str
    careful: bool = False
    without: tuple[tuple[int, str], ...] = ()
    by: Described | None = None

    def after(self, how: str) -> TensorUnit | None:
        """The same carefully, then without the picture at which its process went down.

        None where it was ended from outside, as for want of memory: that is no picture's fault.
        """
        if _FROM_OUTSIDE in how or len(self.without) == _MOST_LOST:
            return None
        if not self.careful:
            return replace(self, careful=True)
        at = last_tried(self._work, self.shard.stem, len(self.without))
        if at is None:
            return None
        return replace(self, without=(*self.without, (at, f"the process that decoded it {how}")))

    @property
    def _work(self) -> str:
        """The set's work folder, which may be another one than where this shard is written."""
        return os.path.dirname(self.job)

    def packed(self) -> PackedTensors:
        """The unit for a worker that sees neither the job nor the plan."""
        return PackedTensors.of(self)

    def run(self) -> ShardRecord:
        """Write the shard, then its sidecar, last the record that both are there."""
        job = read_job(self.job)
        rows = self._rows(job)
        spec = replace(self.spec, device=own_device(self.devices, self.locks))
        form = form_of(self.shard, job.about, spec)
        stem, left_out_before = self.shard.stem, len(self.without) if self.careful else -1
        tried = Tried(self._work, stem, left_out_before) if self.careful else None
        making = Making(
            rows, _places(rows, job), spec, form, without=dict(self.without), tried=tried,
            by=self.by, is_overtaken=partial(is_overtaken, self._work, stem, left_out_before),
        )  # fmt: skip
        file, left_out = making.write(self.folder, f"{stem}.safetensors")
        sidecar = sidecar_of(
            file,
            part=self.shard.part,
            shard=self.shard.number,
            plan=job.fingerprint,
            contents=self.shard.contents,
            copies=spec.geometry.copies,
            names=tuple(making.kept_names()),
            left_out=tuple(left_out),
        )
        beside = write_whole(self.folder, sidecar_name(file.name), sidecar.encoded())
        record = ShardRecord(
            self.shard.part,
            len(sidecar.names),
            self.shard.images_bytes,
            self.shard.contents,
            file,
            (beside,),
            len(left_out),
        )
        keep_record(self.folder, record)
        return record

    def _rows(self, job: Job) -> PlannedRows:
        try:
            with open(os.path.join(job.plan, self.shard.file), "rb") as file:
                data = file.read()
            if sha256(data).hexdigest() != self.shard.sha256:
                raise PlanUnreadable(job.plan, f"{self.shard.file} is not as it was written")
            return PlannedRows.read(data)
        except FileNotFoundError:
            raise PlanUnreadable(job.plan, f"{self.shard.file} is missing") from None
        except ValueError as error:
            raise PlanUnreadable(job.plan, f"{self.shard.file}: {error}") from None


class Making:
    """Makes the tensors of some rows."""

    def __init__(
        self,
        rows: PlannedRows,
        places: Sequence[Place],
        spec: EngineSpec,
        form: Form,
        *,
        without: Mapping[int, str],
        tried: Tried | None,
        by: Described | None,
        is_overtaken: Callable[[], bool],
    ) -> None:
        self._rows = rows
        self._places = places
        self._spec = spec
        self._form = form
        self._without = without
        self._tried = tried
        self._by = by
        self._is_overtaken = is_overtaken
        self._copies = spec.geometry.copies
        self._names, _ = rows.texts()
        self._well = np.ones(len(rows), np.bool_)

    def write(self, folder: str, name: str) -> tuple[FileRecord, list[NotMade]]:
        """The shard's file, and what is not in it."""
        with kept_engine(self._spec) as engine, new_file(folder, name, self._form) as out:
            if self._by is not None:
                check_alike(self._by, described_by(engine))
            out.expect(self._rows_of(self._rows.label), self._rows_of(self._rows.image_id))
            wrong = self._flow(engine, out)
            self._well = np.array([why is None for why in wrong], np.bool_)
            record = out.finish(self._rows_of(self._rows.label), self._rows_of(self._rows.image_id))
            # It froze, was taken for dead and woke: what is there by now must stay.
            if self._is_overtaken():
                raise WorkersDie("was taken for dead, and its shard was made without some picture")
        ids: list[int] = self._rows.image_id.tolist()
        told = zip(self._names, ids, wrong, strict=True)
        return record, [NotMade(name, one, why) for name, one, why in told if why is not None]

    def kept_names(self) -> Iterator[str]:
        """The name of each row."""
        for name, well in zip(self._names, self._well.tolist(), strict=True):
            if well:
                yield from [name] * self._copies

    def _flow(self, engine: Engine, out: TensorFile) -> list[str | None]:
        shape = (self._copies, *self._form.shape)
        dtype, readers = stored_dtype(self._form.dtype), readers_of(self._spec.device)
        places = frozenset(checked(self._names))
        oracle = Oracle(self._spec)
        flow = Flow(
            engine, shape, dtype, readers, places, partial(_against, oracle),
            self._without, None if self._tried is None else self._tried.write,
        )  # fmt: skip
        return flow.run(self._names, self._places, out.put)

    def _rows_of(self, column: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """A column of images as one of rows: less those left out, each as often as it is there."""
        return np.repeat(column[self._well], self._copies)


def _against(oracle: Oracle, name: str, data: bytes, tensors: npt.NDArray[Any]) -> str | None:
    """What plain Pillow has against the tensors of a picture.

    One that it doesn't decode is left out: GPUs decode damaged ones, too. Another picture than
    its own is no picture's fault, and ends the run.
    """
    try:
        oracle.agree(name, data, tensors)
    except OracleDisagrees as error:
        if math.isinf(error.difference):
            return "Pillow does not decode it"
        raise
    return None


def form_of(shard: PlannedShard, about: Mapping[str, str], spec: EngineSpec) -> Form:
    """What the file of a shard is like."""
    side = spec.geometry.out_px
    said = {**about, "part": shard.part, "shard": shard.stem}
    return Form(shard.images * spec.geometry.copies, (3, side, side), spec.dtype, said)


def _places(rows: PlannedRows, job: Job) -> list[Place]:
    _, members = rows.texts()
    columns = (rows.archive.tolist(), rows.offset.tolist(), rows.size.tolist(), members)
    try:
        return [
            job.archives[archive].place(offset, size, member)
            for archive, offset, size, member in zip(*columns, strict=True)
        ]
    except (IndexError, ValueError) as error:
        raise PlanUnreadable(job.plan, str(error)) from None


# The engine of this process, which is opened once: a decoder on a GPU takes a second to begin.
_kept: dict[EngineSpec, Engine] = {}
_open = ExitStack()


@contextmanager
def kept_engine(spec: EngineSpec) -> Iterator[Engine]:
    """This process's engine, left open for the next shard; after an error it is closed."""
    if spec not in _kept:
        close_engine()
        _kept[spec] = _open.enter_context(spec.open())
    try:
        yield _kept[spec]
    except BaseException:
        close_engine()
        raise


def close_engine() -> None:
    """Close this process's engine, if one is open."""
    _kept.clear()
    _open.close()
