"""A first look at an archive, enough to tell what it is: names and folders, never contents.

What they mean is recognise.py's to say.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from imnet_data.layouts.image_names import read_name
from imnet_data.layouts.imagenet import folder_wnid
from imnet_data.splits import Split, split_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imnet_data.archives.members import Run

# A tar of 1000 tars shows its classes by its outer names; a flat one by its first few thousand.
SAMPLE_IMAGES = 5_000


@dataclass(slots=True)
class Survey:
    """What a first look shows.

    `path` is the archive's, `source` the path that the user gave (a folder that holds it, or the
    archive itself). `names` counts images named by class, of the validation and of the test
    series, and others (None). `contradictions` counts images whose name belongs to another split
    than the folder says; `regrouped` those in a folder that is a class, but not that of a wnid.
    """

    path: str
    source: str
    split_hint: Split | None = None
    wnids: set[str] = field(default_factory=set)
    names: Counter[Split | None] = field(default_factory=Counter)
    folders: set[str] = field(default_factory=set)
    inner_tars: bool = False
    contradictions: int = 0
    regrouped: int = 0

    @property
    def images(self) -> int:
        """Images looked at."""
        return sum(self.names.values())

    def take(self, runs: Iterable[Run], inner_names: Iterable[str]) -> None:
        """Look at the first images of an archive, and at the names of the tars in it."""
        for run in runs:
            self._take_run(run)
            if self.images >= SAMPLE_IMAGES:
                break
        for name in inner_names:
            self.inner_tars = True
            wnid = folder_wnid(name)
            if wnid is not None:
                self.wnids.add(wnid)

    def _take_run(self, run: Run) -> None:
        self.folders.add(run.directory)
        parts = run.directory.split("/") if run.directory else []
        words: list[Split | None] = [split for split in map(split_word, parts) if split]
        words = words or [self.split_hint]
        wnid = folder_wnid(run.directory)
        grouped = bool(parts) and wnid is None and split_word(parts[-1]) is None
        for base in run.names:
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
        if split_word(paths[0][depth]):
            break
        depth += 1
    words = [split_word(path[depth]) for path in paths]
    deeper = any(len(path) > depth + 1 for path in paths)
    return depth, deeper and all(words)
