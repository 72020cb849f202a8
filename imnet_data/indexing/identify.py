"""A first look at the archives of one path, and what they are taken for.

The rules are layouts/recognise.py's; this looks, and puts in what the user asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.archives.containers import open_scan
from imnet_data.facts.class_lists import class_list
from imnet_data.layouts.image_names import ILSVRC2012
from imnet_data.layouts.imagenet import folder_wnid
from imnet_data.layouts.recognise import Reading, agree, recognise
from imnet_data.layouts.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.indexing.discover import Source
    from imnet_data.splits import Split

# Inner tars that a first look enters; of the others the names are enough.
_ENTERED = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user said of the archives; None is for us to tell."""

    release: str | None = None
    layout: str | None = None
    split: Split | None = None


def identify(todo: Sequence[Source], group: Sequence[Source], asked: Asked) -> list[Reading]:
    """What each archive of `todo` is, told with the others of its group.

    A tar of one class says little alone; the class tars beside it say which release it is of. And
    one split folder tells whether another may pass for ILSVRC2012's.
    """
    siblings = {wnid for source in group if (wnid := folder_wnid(source.path))}
    ilsvrc2012 = frozenset(class_list(ILSVRC2012).wnids)
    surveys = [_survey(source, siblings) for source in todo]
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


def _survey(source: Source, siblings: set[str]) -> Survey:
    survey = Survey(source.path, source.given, source.split)
    with open_scan(source.path, source.kind, max_inner=_ENTERED) as scan:
        runs = scan.runs()
        survey.take(runs, ())
        if scan.inner_names:
            for _ in runs:  # hop over the outer headers that are left
                pass
            survey.take((), scan.inner_names)
    if folder_wnid(source.path):
        survey.wnids |= siblings
    return survey
