"""Releases by the names that their archives, folders and repositories are published under.

What lies inside is survey.py's to look at, and recognise.py's to judge.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import stem_of
from imnet_data.layouts.image_names import ILSVRC2012
from imnet_data.splits import split_word

if TYPE_CHECKING:
    from collections.abc import Iterable

TINY_IMAGENET_RELEASE: Final = "tiny-imagenet"
BLURRED: Final = "ilsvrc2012-blurred"
SKETCH: Final = "imagenet-sketch"

# ILSVRC2012's pictures under ILSVRC2012's names: itself, and its copies with faces blurred, which
# are other pictures and so a release of their own.
NAMED_AS_ILSVRC2012: Final = frozenset({ILSVRC2012, BLURRED})
# Full releases, which come as tars of class tars.
FULL_RELEASES: Final = frozenset({"fall11", "winter21"})

_PATTERNS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), release)
    for pattern, release in (
        (r"(train|val)_blurred|ilsvrc2012.blurred", BLURRED),
        (r"ilsvrc.?2012|ilsvrc2017_cls|^CLS-LOC$", ILSVRC2012),
        (r"imagenet[-_]object[-_]localization|LOC_(train|val)_solution", ILSVRC2012),
        (r"imagenet[-_]?(22|12)k[-_]wds", r"imagenet-\1k-wds"),
        (r"imagenet[-_]?w21[-_](wds|p)", r"imagenet-w21-\1"),
        (r"fall11|\bbboxes_annotations", "fall11"),
        (r"winter21", "winter21"),
        (r"imagenet21k_resized", "imagenet21k_resized"),
        (r"imagenetv2.?matched.?frequency", "imagenetv2-matched-frequency"),
        (r"imagenetv2.?threshold0\.?7", "imagenetv2-threshold0.7"),
        (r"imagenetv2.?top.?images", "imagenetv2-top-images"),
        (r"imagenette", "imagenette"),
        (r"imagewoof", "imagewoof"),
        (r"tiny[-_]?imagenet", TINY_IMAGENET_RELEASE),
        (r"imagenet-(a|r|o|sketch)\b", r"imagenet-\1"),
    )
)
# Shards say little in their own names; the repository that they are downloaded from, more.
_REPOSITORIES: Final = (
    *_PATTERNS,
    (re.compile(r"imagenet[-_]?22k", re.IGNORECASE), "imagenet-22k-wds"),
    (re.compile(r"imagenet[-_]?12k", re.IGNORECASE), "imagenet-12k-wds"),
    (re.compile(r"imagenet[-_]?w21", re.IGNORECASE), "imagenet-w21-wds"),
    (re.compile(r"imagenet[-_]?1k\b|imagenet[-_]?1k[-_]", re.IGNORECASE), ILSVRC2012),
)
# Folders that a repository keeps its shards in, on disk and in the hub's own cache.
_INSIDE: Final = frozenset({"data", "default", "wds", "shards", "snapshots", "parquet", "convert"})
_REVISION: Final = re.compile(r"[0-9a-f]{40}\Z|refs\Z")
_HIGHEST: Final = 6


def published_release(names: Iterable[str]) -> str | None:
    """The release that the first of these names to tell one is published under.

    >>> published_release(["data", "imagenetv2-top-images-format-val"])
    'imagenetv2-top-images'
    """
    return _first(names, _PATTERNS)


def repository_release(path: str) -> str | None:
    """The release that a shard's name tells, or those of the folders above it.

    >>> repository_release("/d/datasets--ILSVRC--imagenet-1k/data/train-00000-of-00294.parquet")
    'ilsvrc2012'
    """
    return _first([PurePath(path).name, *_above(path)], _REPOSITORIES)


def repository_name(path: str) -> str:
    """What a shard's release is called where no published name is found: as its folder.

    >>> repository_name("/home/me/pets/data/train-00000-of-00002.parquet")
    'pets'
    """
    above = _above(path)
    return above[-1] if above else stem_of(PurePath(path).name)


def _above(path: str) -> list[str]:
    """The folders above a shard up to the first that is more than a place to keep shards in."""
    names = []
    for folder in PurePath(path).parent.parts[:0:-1][:_HIGHEST]:
        names.append(folder)
        inside = folder.lower() in _INSIDE or split_word(folder) is not None
        if not inside and not _REVISION.match(folder):
            break
    return names


def _first(names: Iterable[str], patterns: tuple[tuple[re.Pattern[str], str], ...]) -> str | None:
    for name in names:
        for pattern, release in patterns:
            match = pattern.search(name)
            if match:
                return match.expand(release).lower()
    return None
