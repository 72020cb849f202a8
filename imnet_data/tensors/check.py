"""Checking a folder of tensors: its files against the manifest, and what stands in them.

A shard's own contents are contents.py's; whether the pictures are right is the oracle's.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from imnet_data.cores import worth_processes
from imnet_data.files.address import is_url, join
from imnet_data.progress import Silent, job
from imnet_data.sharding.check import UNREADABLE, Difference, FileUnit, surplus
from imnet_data.tensors.contents import Expected, look
from imnet_data.tensors.tensor_folder import TensorFolder
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed
from imnet_data.work.workers import is_cluster, several

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from typing import Any

    from imnet_data.progress import Progress
    from imnet_data.sharding.records import FileRecord
    from imnet_data.work.unit import Outcome
    from imnet_data.work.workers import Workers

# A process takes half a second to begin: this one reads so many bytes in that time.
_WORTH_A_PROCESS: Final = 300_000_000


@dataclass(frozen=True, slots=True)
class TensorCheck:
    """What a check compared and found.

    `differences` are what is not as it was written, or cannot be right; `remarks` are pictures of
    one colour, which may be just that. `deep` says whether every byte was looked at.
    """

    folder: str
    shards: int
    pictures: int
    size_bytes: int
    deep: bool
    differences: tuple[Difference, ...]
    remarks: tuple[Difference, ...]

    @property
    def well(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def check_tensors(
    folder: str | os.PathLike[str],
    *,
    deep: bool = True,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> TensorCheck:
    """Compare a folder of tensors with its manifest, and look at what stands in each shard.

    Files that are missing or too many, their sizes, headers, shapes and counts, the names beside
    them, labels that are no class; when `deep`, each file's SHA-256, and pictures with values that
    are no numbers or with one colour alone. No catalogue is needed. At a URL, the files are
    compared, and no look is taken at what stands in them.

    Raises:
        NoShards, ShardsUnfinished, ManifestUnreadable, NotTensors: nothing to compare with.
        StoreError, LoginNeeded, NeedsExtra: the store at a URL does not give it.
    """
    found = TensorFolder(folder)
    units = list(_units(found, deep=deep))
    to_read = sum(unit.file.size_bytes for unit in units) if deep else 0
    worth = worth_processes(to_read, _WORTH_A_PROCESS)
    if is_cluster(workers):
        workers.check_sees(join(found.folder, one.file.name) for one in units)
    told = progress or Silent()
    differences: list[Difference] = []
    remarks: list[Difference] = []
    with (
        job(told, "checking tensors", sum(unit.file.size_bytes for unit in units), "bytes"),
        closing(outcomes(units, workers=several(workers, worth, most=len(units)))) as ended,
    ):
        for outcome in ended:
            looked = _looked(outcome)
            differences += looked.differences
            remarks += looked.remarks
            told.advance(_unit_of(outcome).file.size_bytes)
    files = [unit.file.name for unit in units]
    differences += surplus(found.folder, found.manifest, set(files))
    places = {name: at for at, name in enumerate(files)}

    def in_order(some: list[Difference]) -> tuple[Difference, ...]:
        return tuple(sorted(some, key=lambda one: (places.get(one.name, len(files)), one.name)))

    shards = found.manifest.shards
    return TensorCheck(
        found.folder, len(shards), len(found), sum(one.file.size_bytes for one in shards), deep,
        in_order(differences), in_order(remarks),
    )  # fmt: skip


@dataclass(slots=True)
class _Looked:
    """What was found of a file."""

    differences: list[Difference] = field(default_factory=list)
    remarks: list[Difference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _CheckUnit:
    """One file to look at; `expected` is what stands in it, if it is a shard."""

    folder: str
    file: FileRecord
    expected: Expected | None
    deep: bool

    def run(self) -> _Looked:
        """Look at it."""
        looked = _Looked()
        path = join(self.folder, self.file.name)
        wrong = FileUnit(path, self.file, digest=self.deep).run()
        if wrong is not None:
            looked.differences.append(wrong)
        if self.expected is None or (wrong is not None and wrong.kind != "sha256"):
            return looked
        if is_url(path):  # whose contents are nowhere to be mapped from
            return looked
        contents = look(path, self.expected, deep=self.deep)
        looked.differences += [self._told(kind, detail) for kind, detail in contents.wrong]
        looked.remarks += [self._told(kind, detail) for kind, detail in contents.odd]
        return looked

    def _told(self, kind: str, detail: str) -> Difference:
        return Difference(self.file.name, kind, detail)


def _units(folder: TensorFolder, *, deep: bool) -> Iterator[_CheckUnit]:
    for record in folder.manifest.shards:
        expected = Expected(
            rows=record.samples,
            image_shape=folder.image_shape,
            dtype=folder.dtype,
            classes=len(folder.classes),
            plan=str(folder.options.get("plan")),
            sidecar=record.beside[0].name if record.beside else "",
            sha256=record.file.sha256,
        )
        yield _CheckUnit(folder.folder, record.file, expected, deep)
        for beside in record.beside:
            yield _CheckUnit(folder.folder, beside, None, deep)
    for file in folder.manifest.files:
        yield _CheckUnit(folder.folder, file, None, deep)


def _unit_of(outcome: Outcome[Any]) -> _CheckUnit:
    assert isinstance(outcome.unit, _CheckUnit)
    return outcome.unit


def _looked(outcome: Outcome[_Looked]) -> _Looked:
    match outcome:
        case Done(result=looked):
            return looked
        case Failed(error=error):
            raise error
    how = f"the process that read it {outcome.how}"
    return _Looked([Difference(_unit_of(outcome).file.name, UNREADABLE, how)])
