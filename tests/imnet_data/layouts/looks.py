"""Layouts and first looks at trees that exist only as paths."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.archives.members import Run
from imnet_data.archives.names import Names
from imnet_data.facts.class_lists import class_list
from imnet_data.layouts.agreement import agree
from imnet_data.layouts.placement import class_wnid_of, name_at
from imnet_data.layouts.recognise import Reading, recognise
from imnet_data.layouts.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imnet_data.layouts.placement import Layout
    from imnet_data.splits import Split

TENCH, GOLDFISH = "n01440764", "n01443537"
CRANE_BIRD, CRANE_MACHINE = "n02012849", "n03126707"
MAILLOT, TANK_SUIT = "n03710637", "n03710721"
DOG = "n02084071"  # in WordNet, but none of the 1000 classes
NO_NOUN = "n99999999"
ILSVRC = frozenset(class_list("ilsvrc2012").wnids)


@dataclass(frozen=True)
class Told:
    """What a layout says of one image; `wnid` is '' for an own class and for none."""

    base: str
    synset: int
    wnid: str
    split: str
    name: str


def run_of(directory: str, bases: list[str]) -> Run:
    offsets = [512 + 1024 * at for at in range(len(bases))]
    return Run(directory, Names(bases), offsets, [7] * len(bases), None)


def placed(layout: Layout, release: str, directory: str, *bases: str) -> list[Told]:
    """What a layout says of images in one folder, in the order it gives them."""
    told = []
    for group in layout.place(run_of(directory, list(bases))):
        for at, base in enumerate(group.bases):
            wnid = class_wnid_of(group.synset)
            name = name_at(group, at, release)
            told.append(Told(base, group.synset, wnid, group.split.label, name))
    return told


def survey_of(
    path: str, members: Iterable[str], *, source: str | None = None, split: Split | None = None
) -> Survey:
    """A first look at an archive of these member paths; paths through `.tar` are inner tars."""
    folders: dict[str, list[str]] = defaultdict(list)
    for member in members:
        folder, _, base = member.rpartition("/")
        folders[folder].append(base)
    survey = Survey(path, source or path, split)
    survey.take(
        [run_of(folder, bases) for folder, bases in folders.items()],
        sorted(folder for folder in folders if folder.endswith(".tar")),
    )
    return survey


def read(survey: Survey) -> Reading:
    return recognise(survey, ilsvrc2012=ILSVRC)


def read_together(*surveys: Survey) -> list[Reading]:
    """What the archives of one path are, told together as indexing does."""
    return agree([read(survey) for survey in surveys], surveys)
