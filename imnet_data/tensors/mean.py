"""Counting the pixels of images as they are decoded, resized and cut: units that add up exactly.

What the sums come to is statistics.py's; which images these are is imnet_data/subsets'.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.reading import read
from imnet_data.cores import worth_processes
from imnet_data.errors import ArchiveError, DamagedMember, ImnetDataError, NothingToMeasure
from imnet_data.progress import Silent, job
from imnet_data.tensors.engines.engine import EngineSpec
from imnet_data.tensors.geometry import Geometry
from imnet_data.tensors.normalisation import Normalisation
from imnet_data.tensors.statistics import Statistics, Sums
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed
from imnet_data.work.workers import is_cluster, several

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imnet_data.progress import Progress
    from imnet_data.sharding.entry import Entry
    from imnet_data.work.cluster.connecting import Cluster
    from imnet_data.work.unit import Lost, Outcome
    from imnet_data.work.workers import Workers

# Images a unit, half a second of work, and how many of them are decoded before they are counted.
_UNIT: Final = 64
_TOGETHER: Final = 16
# A process takes half a second to begin: this one decodes so many in that time.
_WORTH_A_PROCESS: Final = 300
_NAMED: Final = 100


@dataclass(frozen=True, slots=True)
class MeanOptions:
    """What is measured: how pictures are resized and cut, how many are drawn by which seed.

    `sample` is None for all images. With `per_pixel` the mean image is made, too.
    """

    geometry: Geometry = field(default_factory=Geometry)
    sample: int | None = None
    seed: int = 0
    per_pixel: bool = False

    def __post_init__(self) -> None:
        if self.sample is not None and self.sample < 1:
            raise ValueError(f"a sample is of 1 image or more, not of {self.sample}")


def measure(
    entries: Iterable[Entry],
    *,
    part: str,
    total: int,
    options: MeanOptions,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Statistics:
    """Count the pixels of images: the same to the last bit for any workers and order of images.

    `total` is how many there are, for who waits. Images that do not decode are left out. A
    cluster's workers must see the archives where they are here.

    Raises:
        NothingToMeasure: there is none, or none that decodes.
        ArchiveError: an archive is missing or has changed.
        WorkersDie: no process lives long enough to begin.
        ClusterError: the cluster is gone, or its workers are not such as the work needs.
    """
    normalisation = Normalisation.named("none")
    spec = EngineSpec("pillow", "cpu", options.geometry, normalisation, "uint8", 1)
    units = _units(entries, spec, per_pixel=options.per_pixel)
    feed = _Feed(_seen_by(workers, units) if is_cluster(workers) else units)
    counted = Counted()
    told = progress or Silent()
    worth = worth_processes(total, _WORTH_A_PROCESS)
    with (
        job(told, f"measuring {part}", total, "images"),
        closing(outcomes(feed, workers=several(workers, worth))) as ended,
    ):
        for outcome in ended:
            found = feed.taken(outcome)
            if found is not None:
                counted.add(found)
                told.advance(found.images + len(found.wrong))
    if not counted.images:
        raise NothingToMeasure(part, left_out=len(counted.wrong))
    return Statistics(
        part=part,
        geometry=options.geometry.as_json(),
        sample=options.sample,
        seed=options.seed,
        images=counted.images,
        left_out=len(counted.wrong),
        broken=tuple(sorted(counted.wrong)[:_NAMED]),
        versions=counted.versions,
        sums=counted.sums,
    )


@dataclass(slots=True)
class Counted:
    """What was counted of some images; `wrong` names those that do not decode, with why."""

    images: int = 0
    sums: Sums = field(default_factory=Sums)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)

    def add(self, other: Counted) -> None:
        """Take in what was counted elsewhere."""
        self.images += other.images
        self.sums.add(other.sums)
        self.wrong += other.wrong
        self.versions |= other.versions


@dataclass(frozen=True, slots=True)
class MeanUnit:
    """Some images to count."""

    entries: tuple[Entry, ...]
    spec: EngineSpec
    per_pixel: bool

    def run(self) -> Counted:
        """Read, decode and count them."""
        counted = Counted()
        copies, side = self.spec.geometry.copies, self.spec.geometry.out_px
        with self.spec.open() as engine:
            counted.versions |= engine.versions
            for first in range(0, len(self.entries), _TOGETHER):
                pictures = list(_read(self.entries[first : first + _TOGETHER], counted))
                out = np.empty((len(pictures) * copies, 3, side, side), np.uint8)
                why = engine.fill(pictures, out)
                for (name, _), reason in zip(pictures, why, strict=True):
                    if reason is not None:
                        counted.wrong.append((name, reason))
                well = np.array([reason is None for reason in why], np.bool_)
                counted.images += int(well.sum())
                counted.sums.count(out[np.repeat(well, copies)], per_pixel=self.per_pixel)
        return counted

    def singly(self) -> Iterator[MeanUnit]:
        """The same images, each in a unit of its own."""
        return (replace(self, entries=(entry,)) for entry in self.entries)


class _Feed:
    """Hands units to the runner; one that takes its process with it is tried again in pieces."""

    def __init__(self, units: Iterator[MeanUnit]) -> None:
        self._units = units
        self._again: deque[MeanUnit] = deque()

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> MeanUnit:
        return self._again.popleft() if self._again else next(self._units)

    def taken(self, outcome: Outcome[Counted]) -> Counted | None:
        """What a unit came to; None where its images are to come again."""
        unit = outcome.unit
        assert isinstance(unit, MeanUnit)
        if isinstance(outcome, Done):
            return outcome.result
        if isinstance(outcome, Failed) and isinstance(outcome.error, ImnetDataError):
            raise outcome.error
        if len(unit.entries) > 1:
            self._again.extend(unit.singly())
            return None
        return Counted(wrong=[(unit.entries[0].name, _how(outcome))])


def _units(entries: Iterable[Entry], spec: EngineSpec, *, per_pixel: bool) -> Iterator[MeanUnit]:
    remaining = iter(entries)
    while some := tuple(islice(remaining, _UNIT)):
        yield MeanUnit(some, spec, per_pixel)


def _seen_by(cluster: Cluster, units: Iterable[MeanUnit]) -> Iterator[MeanUnit]:
    """The same units, once the cluster's workers are known to see what they are about."""
    for unit in units:
        places = {(entry.place.path, entry.place.container) for entry in unit.entries}
        # A folder stands for its files, of which there may be millions.
        cluster.check_sees(
            os.path.dirname(path) if container == FOLDER else path for path, container in places
        )
        yield unit


def _how(outcome: Failed[Counted] | Lost[Counted]) -> str:
    """What an image did that cannot be counted, where it is not the archive's fault."""
    if isinstance(outcome, Failed):
        return f"{type(outcome.error).__name__}: {outcome.error}"
    return f"the process that decoded it {outcome.how}"


def _read(entries: Iterable[Entry], counted: Counted) -> Iterator[tuple[str, bytes]]:
    """The bytes of images, where they can be read; an archive that is not there is an error."""
    for entry in entries:
        try:
            yield entry.name, read(entry.place)
        except (ArchiveError, OSError) as error:
            alone = entry.place.container == FOLDER or isinstance(error, DamagedMember)
            if isinstance(error, ArchiveError) and not alone:
                raise
            counted.wrong.append((entry.name, str(error)))
