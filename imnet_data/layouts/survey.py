"""A first look at an archive, enough to tell what it is: names and folders, never contents.

What they mean is recognise.py's to say.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import TAR
from imnet_data.archives.members import is_image
from imnet_data.layouts.image_names import read_name
from imnet_data.layouts.imagenet import folder_wnid
from imnet_data.splits import Split, is_split_folder, split_word
from imnet_data.wnid import is_wnid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imnet_data.archives.members import Run

# A tar of 1000 tars shows its classes by its outer names; a flat one by its first few thousand.
SAMPLE_IMAGES: Final = 5_000
# So many images with a label file each, and what they lie in is plain.
_ENOUGH_SAMPLES = 500
_MANY_NAMES = 1_000

_CLS_LOC = re.compile(r"(?:^|/)(?:Data|Annotations|ImageSets)/CLS-LOC(?:/|\Z)")


@dataclass(slots=True)
class Survey:
    """What a first look shows.

    `path` is the archive's, `source` the path that the user gave (a folder that holds it, or the
    archive itself), `container` one of archives/kinds.py's. `names` counts images named by class,
    of the validation and of the test series, and others (None). `contradictions` counts images
    whose name belongs to another split than the folder says; `regrouped` those in a folder that is
    a class, but not that of a wnid.

    Of the files beside images: `beside` counts them by their ending, `lists` names those that are
    no label or box file of one image, `samples` counts the images that share their name with a
    `.cls` or `.json`, `box_names` the XMLs as `names` does images. `firsts` are the first image's
    name in each folder; `is_cls_loc`: folders stand as in Kaggle's and ILSVRC2017's archives.
    """

    path: str
    source: str
    split_hint: Split | None = None
    container: str = TAR
    wnids: set[str] = field(default_factory=set)
    names: Counter[Split | None] = field(default_factory=Counter)
    folders: set[str] = field(default_factory=set)
    inner_tars: bool = False
    contradictions: int = 0
    regrouped: int = 0
    beside: Counter[str] = field(default_factory=Counter)
    lists: set[str] = field(default_factory=set)
    samples: int = 0
    box_names: Counter[Split | None] = field(default_factory=Counter)
    firsts: list[str] = field(default_factory=list)
    is_cls_loc: bool = False

    @property
    def images(self) -> int:
        """Images looked at."""
        return sum(self.names.values())

    def take(
        self, runs: Iterable[Run], inner_names: Iterable[str], *, enough: int = SAMPLE_IMAGES
    ) -> None:
        """Look at the first images of an archive, and at the names of the tars in it."""
        for run in runs:
            self._take_run(run)
            # Kaggle's zip has half a million XMLs before its first image; its folders say enough.
            if self.is_cls_loc or self.images >= enough or self.samples >= _ENOUGH_SAMPLES:
                break
        for name in inner_names:
            self.inner_tars = True
            wnid = folder_wnid(name)
            if wnid is not None:
                self.wnids.add(wnid)

    def _take_run(self, run: Run) -> None:
        self.is_cls_loc = self.is_cls_loc or _CLS_LOC.search(run.directory) is not None
        if run.names.are_images():
            self._take_images(run.directory, run.names)
            return
        images = [base for base in run.names if is_image(base)]
        others = [base for base in run.names if not is_image(base)]
        keys = {_key(base) for base in others if base.lower().endswith((".cls", ".json"))}
        self.samples += sum(_key(base) in keys for base in images)
        for base in others:
            self._take_other(base)
        if images:
            self._take_images(run.directory, images)

    def _take_other(self, base: str) -> None:
        ending = base[base.rfind(".") :].lower() if "." in base else ""
        self.beside[ending] += 1
        if ending == ".xml":
            if self.beside[ending] > SAMPLE_IMAGES:
                # The archives of boxes hold 600,000: of the others the class alone.
                if is_wnid(base[:9]):
                    self.wnids.add(base[:9])
                return
            parsed = read_name(base)
            self.box_names[parsed.series if parsed else None] += 1
            if parsed is not None and parsed.wnid is not None:
                self.wnids.add(parsed.wnid)
        elif ending in (".txt", ".csv") and len(self.lists) < _MANY_NAMES:
            self.lists.add(base)

    def _take_images(self, directory: str, bases: Sequence[str]) -> None:
        if len(self.firsts) < _MANY_NAMES:
            self.firsts.append(bases[0])
        self.folders.add(directory)
        parts = directory.split("/") if directory else []
        words: list[Split | None] = [split for split in map(split_word, parts) if split]
        words = words or [self.split_hint]
        wnid = folder_wnid(directory)
        grouped = bool(parts) and wnid is None and not is_split_folder(parts[-1])
        for base in bases:
            parsed = read_name(base)
            self.names[parsed.series if parsed else None] += 1
            if parsed is None:
                continue
            if parsed.wnid is not None:
                self.wnids.add(parsed.wnid)
            self.contradictions += words[0] is not None and parsed.series not in words
            self.regrouped += grouped or (
                parsed.wnid is not None and wnid not in (None, parsed.wnid)
            )


def _key(base: str) -> str:
    """What the members of a WebDataset sample share: the base name up to its first dot."""
    return base.partition(".")[0]


def tree_depth(folders: Iterable[str]) -> tuple[int, bool]:
    """How many folders all images share before split or class, and whether splits come next.

    >>> tree_depth({"pets/train/cat", "pets/train/dog", "pets/val/cat"})
    (1, True)
    >>> tree_depth({"cat", "train"})  # a class called train
    (0, False)
    """
    paths = [PurePath(folder).parts for folder in folders if folder]
    if not paths:
        return 0, False
    depth = 0
    while all(len(path) > depth + 1 and path[depth] == paths[0][depth] for path in paths):
        if is_split_folder(paths[0][depth]):
            break
        depth += 1
    splits = all(is_split_folder(path[depth]) for path in paths)
    deeper = any(len(path) > depth + 1 for path in paths)
    return depth, deeper and splits


def class_names(folders: Iterable[str], depth: int, *, has_splits: bool) -> set[str]:
    """The names of the class folders of a tree, as `tree_depth()` found where they stand."""
    at = depth + has_splits
    parts = [PurePath(folder).parts for folder in folders]
    return {path[at] for path in parts if len(path) > at}
