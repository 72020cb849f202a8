"""A first look at the archives of one path, and what they are taken for.

The rules are layouts/recognise.py's; this looks, and puts in what the user asked.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.archives.containers import open_scan
from imnet_data.archives.kinds import COMPRESSED_TARS, PARQUET, TAR
from imnet_data.archives.members import is_image, is_side_file
from imnet_data.archives.tars.partial import finished_path
from imnet_data.errors import ArchiveError, ImnetDataError
from imnet_data.facts.class_lists import class_list
from imnet_data.files.address import is_url
from imnet_data.layouts.agreement import agree
from imnet_data.layouts.image_names import ILSVRC2012
from imnet_data.layouts.imagenet import folder_wnid
from imnet_data.layouts.recognise import Reading, recognise
from imnet_data.layouts.survey import SAMPLE_IMAGES, Survey
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.indexing.discover import Source
    from imnet_data.splits import Split
    from imnet_data.work.workers import Workers

# Inner tars that a first look at a plain tar enters; of the others the names are enough.
_ENTERED: Final = 3
# Images looked at where looking costs: a compressed tar is decoded up to there, and a Parquet file
# is read row group by row group. 500 images of ILSVRC are 55 MB: 0.2 s of gzip, 2 s of bzip2.
_COSTLY: Final = 500
_FEWER: Final = dict.fromkeys([*COMPRESSED_TARS, PARQUET], _COSTLY)
_MOST_MEMBERS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user said of the archives; None is for us to tell."""

    release: str | None = None
    layout: str | None = None
    split: Split | None = None
    labels: str | None = None


class _SeenEnough(Exception):
    """So many members were passed in a compressed tar that looking on would cost too much."""


def identify(
    todo: Sequence[Source],
    group: Sequence[Source],
    asked: Asked,
    workers: Workers | None = None,
) -> list[Reading | ImnetDataError | OSError]:
    """What each archive of `todo` is, told with the others of its group; or why none can tell.

    A tar of one class says little alone; the class tars beside it say which release it is of. And
    one split folder tells whether another may pass for ILSVRC2012's. `workers` look, if there are
    any.

    Raises:
        WorkersDie, ClusterError: there are none after all.
    """
    siblings = {wnid for source in group if (wnid := folder_wnid(source.path))}
    surveys: dict[int, Survey] = {}
    found: dict[int, Reading | ImnetDataError | OSError] = {}
    looked = _looked_at(todo, workers or 0)
    for at, source in enumerate(todo):
        survey = looked[at]
        if isinstance(survey, Survey):
            if folder_wnid(source.path):
                survey.wnids |= siblings
            surveys[at] = survey
        else:
            found[at] = survey
    readings = _recognise(list(surveys.values()), asked)
    found |= dict(zip(surveys, readings, strict=True))
    return [found[at] for at in range(len(todo))]


def _looked_at(
    todo: Sequence[Source], workers: Workers
) -> dict[int, Survey | ImnetDataError | OSError]:
    """What a first look at each shows, or why nothing can be seen."""
    seen: dict[int, Survey | ImnetDataError | OSError] = {}
    units = (_LookUnit(at, source) for at, source in enumerate(todo))
    # For one alone a worker would only be waited for.
    with closing(outcomes(units, workers=workers if len(todo) > 1 else 0)) as ended:
        for outcome in ended:
            assert isinstance(outcome.unit, _LookUnit)
            at = outcome.unit.at
            match outcome:
                case Done(result=survey):
                    seen[at] = survey
                case Failed(error=ImnetDataError() | OSError() as error):
                    seen[at] = error
                case Failed(error=error):
                    raise error
                case lost:
                    path = todo[at].path
                    seen[at] = ArchiveError(path, f"the process that looked at {path} {lost.how}")
    return seen


@dataclass(frozen=True, slots=True)
class _LookUnit:
    """A first look at one archive, by its number."""

    at: int
    source: Source

    def run(self) -> Survey:
        """Look.

        Raises:
            ImnetDataError, OSError: it cannot be read.
        """
        return _survey(self.source)


def _recognise(surveys: Sequence[Survey], asked: Asked) -> list[Reading]:
    ilsvrc2012 = frozenset(class_list(ILSVRC2012).wnids)
    readings = [
        recognise(
            survey,
            ilsvrc2012=ilsvrc2012,
            release=asked.release,
            layout=asked.layout,
            split=asked.split,
        )
        for survey in surveys
    ]
    return agree(readings, surveys) if asked.layout is None else readings


def _survey(source: Source) -> Survey:
    path, given = finished_path(source.path), finished_path(source.given)
    survey = Survey(path, given, source.split, source.kind)
    look = _Look(bounded=source.kind in COMPRESSED_TARS)
    # Of a Parquet file it asks for names alone.
    max_inner = _ENTERED if source.kind in (TAR, PARQUET) else None
    with open_scan(source.path, source.kind, wanted=look.wants, max_inner=max_inner) as scan:
        runs = scan.runs()
        try:
            survey.take(runs, (), enough=_enough(source))
            if scan.inner_names and source.kind == TAR:
                for _ in runs:  # hop over the outer headers that are left
                    pass
        except _SeenEnough:
            pass
        survey.take((), scan.inner_names)
    return survey


def _enough(source: Source) -> int:
    """How many images a first look looks at; each header of a tar in a store is a request."""
    if source.kind == TAR and is_url(source.path):
        return _COSTLY
    return _FEWER.get(source.kind, SAMPLE_IMAGES)


class _Look:
    """Which members a first look wants to hear of, and when it has passed enough of them."""

    def __init__(self, *, bounded: bool) -> None:
        self._bounded = bounded
        self._passed = 0

    def wants(self, base: str) -> bool:
        """Whether a member is an image or may say something of one.

        Raises:
            _SeenEnough: too many others were passed.
        """
        if is_image(base):
            return True
        self._passed += 1
        if self._bounded and self._passed > _MOST_MEMBERS:
            raise _SeenEnough
        return is_side_file(base)
