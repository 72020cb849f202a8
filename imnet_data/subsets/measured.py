"""What the pixels of a subset's part measure: asked for, kept in the catalogue, found again.

Counting them is imnet_data/tensors', which knows neither subsets nor the catalogue.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from imnet_data.db import statistics as rows
from imnet_data.db import writer
from imnet_data.db.engine import reading, writing
from imnet_data.errors import CatalogueBusy, NoStatistics, StatisticsOutdated
from imnet_data.progress import Silent, job
from imnet_data.storage import storage_errors
from imnet_data.subsets import draw
from imnet_data.subsets.fingerprint import Fingerprint
from imnet_data.subsets.lock import what_it_takes
from imnet_data.tensors.mean import MeanOptions, measure
from imnet_data.tensors.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from imnet_data.db.engine import Row, Storage
    from imnet_data.progress import Progress
    from imnet_data.subsets.stretch import Stretch
    from imnet_data.subsets.subset import Subset
    from imnet_data.tensors.geometry import Geometry
    from imnet_data.work.workers import Workers

# Of drawn images' ranks so many more are held than are wanted before the highest are dropped.
_SPARE = 1 << 20


@dataclass(frozen=True, slots=True)
class Measured:
    """Statistics, and how they stand.

    They were measured at `made`, in seconds since 1970, just now or before. Where the catalogue
    cannot keep them, `not_kept` is why, in the words of a sentence.
    """

    statistics: Statistics
    made: int
    is_new: bool
    not_kept: str | None = None


def mean(
    subset: Subset,
    storage: Storage,
    part: str,
    options: MeanOptions,
    *,
    again: bool = False,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Measured:
    """Measure a part of a subset and keep what comes of it; what is kept and holds is given back.

    Raises:
        NothingToMeasure, ArchiveError, WorkersDie, ClusterError: as in `measure()`.
    """
    told = progress or Silent()
    seen = _survey(subset, part, options, told)
    if options.sample is not None and options.sample >= seen.images:
        options = replace(options, sample=None, seed=0)
    if not again and not options.per_pixel:
        kept = _kept(subset, storage, part, options.geometry)
        for row in kept:
            if row.sample == _sample_text(options) and row.contents == seen.contents:
                return Measured(_read(row), row.made, is_new=False)

    def drawn(stretch: Stretch) -> Stretch:
        ranks = draw.ranks(stretch.keys, seed=options.seed, purpose=draw.MEAN)
        return stretch.take(draw.up_to(ranks, seen.highest))

    entries = subset.entries(part, among=None if options.sample is None else drawn)
    found = measure(
        entries, part=part, total=seen.drawn, options=options, workers=workers, progress=told
    )
    made = int(time.time())
    return Measured(found, made, is_new=True, not_kept=_keep(subset, storage, found, seen, made))


def stored(
    subset: Subset,
    storage: Storage,
    part: str,
    geometry: Geometry,
    *,
    progress: Progress | None = None,
) -> Statistics:
    """What was measured of a part as it is now: of all its images, else of the largest sample.

    Raises:
        NoStatistics: nothing was, at that geometry.
        StatisticsOutdated: it was, and the images are others by now.
    """
    kept = _kept(subset, storage, part, geometry)
    if not kept:
        raise NoStatistics(subset.name, part, geometry.as_json())
    seen = _survey(subset, part, MeanOptions(geometry), progress or Silent())
    holding = [_read(row) for row in kept if row.contents == seen.contents]
    if not holding:
        raise StatisticsOutdated(subset.name, part, geometry.as_json())
    return max(holding, key=lambda one: (one.sample is None, one.images))


@dataclass(frozen=True, slots=True)
class _Survey:
    """A part's images gone through: their fingerprint and number, and what is drawn of them."""

    contents: str
    images: int
    drawn: int
    highest: int


def _survey(subset: Subset, part: str, options: MeanOptions, progress: Progress) -> _Survey:
    fingerprint, images = Fingerprint(), 0
    lowest: list[npt.NDArray[np.uint64]] = []
    wanted = options.sample
    with job(progress, f"looking at {part}", None, "images"):
        for stretch in subset.stretches(part):
            fingerprint.add(
                b"%b\t%d" % (key, row[7])
                for key, row in zip(stretch.keys, stretch.rows, strict=True)
            )
            images += len(stretch)
            progress.advance(len(stretch))
            if wanted is not None:
                lowest.append(draw.ranks(stretch.keys, seed=options.seed, purpose=draw.MEAN))
                lowest = _lowest(lowest, wanted)
    drawn = images if wanted is None else min(wanted, images)
    highest = draw.highest_drawn(lowest, drawn)
    return _Survey(fingerprint.text, images, drawn, highest)


def _lowest(ranks: list[npt.NDArray[np.uint64]], wanted: int) -> list[npt.NDArray[np.uint64]]:
    """The same without some that are not among the lowest, where there are many."""
    if sum(map(len, ranks)) < 2 * wanted + _SPARE:
        return ranks
    return [np.partition(np.concatenate(ranks), wanted)[:wanted]]


def _kept(subset: Subset, storage: Storage, part: str, geometry: Geometry) -> Sequence[Row[Any]]:
    with storage_errors(), reading(storage) as connection:
        found = rows.find_statistics(connection, **_key(subset, part))
    return [row for row in found if row.geometry == _geometry_text(geometry.as_json())]


def _keep(
    subset: Subset, storage: Storage, found: Statistics, seen: _Survey, made: int
) -> str | None:
    """Keep what was measured; or say why not: hours of counting are not to end in an error."""
    if not storage.writable:
        return f"{storage.location} can only be read"
    row = {
        **_key(subset, found.part),
        "geometry": _geometry_text(found.geometry),
        "sample": _sample_text(found),
        "contents": seen.contents,
        "figures": json.dumps(found.as_json(), separators=(",", ":")),
        "made": made,
    }
    try:
        with (
            storage_errors(),
            writer.claim(storage, "imnet-data mean", shared=True),
            writing(storage) as connection,
        ):
            rows.keep_statistics(connection, row)
    except CatalogueBusy as error:
        return str(error)
    return None


def _read(row: Row[Any]) -> Statistics:
    many, _, seed = row.sample.partition(" by seed ")
    return Statistics.of_json(
        json.loads(row.figures),
        part=row.part,
        geometry=json.loads(row.geometry),
        sample=int(many) if many else None,
        seed=int(seed) if seed else 0,
    )


def _key(subset: Subset, part: str) -> dict[str, str]:
    """What is measured, whatever it is called: a subset that is made anew finds it again."""
    taken = what_it_takes(subset.recipe).to_toml()
    return {
        "recipe": sha256(taken.encode()).hexdigest(),
        "release": subset.release,
        "part": part,
    }


def _geometry_text(geometry: Any) -> str:
    return json.dumps(geometry, sort_keys=True)


def _sample_text(asked: MeanOptions | Statistics) -> str:
    return "" if asked.sample is None else f"{asked.sample} by seed {asked.seed}"
