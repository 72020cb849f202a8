"""Whether each class has as many images as its release published, and is a class at all.

Nothing is read but the catalogue's counts. Many have a part of a release on purpose: a hundred
images a class, ten classes, one class's tar. They are told so once, and not class by class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.amounts import count
from imnet_data.db import archives as archive_rows
from imnet_data.db import comparisons
from imnet_data.db.engine import reading
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.splits import Split
from imnet_data.verification.codes import CHECKS, check
from imnet_data.verification.published_counts import published_counts
from imnet_data.wnid import FIRST_OWN_ID, is_wnid, to_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imnet_data.db.engine import Storage
    from imnet_data.scope import Scope
    from imnet_data.tally import Tally

# How the detail begins of a finding that is a note: the catalogue has a part, and is meant to.
PARTIAL: Final = "a part: "

# Who has so much of what is published meant to have all of it: a hundred images a class are a
# thirteenth of ILSVRC's, a download that broke off in the validation set has lost half.
_MEANT_WHOLE: Final = 0.9

# Code, release's id, split, synset's id (0 for the split as a whole), detail.
ClassFinding = tuple[str, int, int, int, str]


@dataclass(frozen=True, slots=True)
class Counted:
    """A class in a release and split: images that the catalogue has, and that were published."""

    has: int
    published: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A release's split: images by class as the catalogue has them and as they were published.

    `in_part`: an archive of it was not fetched, or indexed, to its end.
    """

    release_id: int
    split: int
    has: Mapping[int, int]
    published: Mapping[int, int]
    in_part: bool

    def finding(self, code: str, synset: int, detail: str) -> ClassFinding:
        return code, self.release_id, self.split, synset, detail


def check_classes(storage: Storage, scope: Scope) -> list[ClassFinding]:
    """What is wrong with classes, over the whole catalogue, in the order of releases and classes.

    A `class-short` whose detail begins with `PARTIAL` is a note.
    """
    tally = scope.tally
    with reading(storage) as connection:
        archives = archive_rows.list_archives(connection)
        heads = list(_wnids(comparisons.unlabelled_heads(connection)))
    unfinished = {
        (row.release_name, label)
        for row in archives
        if row.state in (archive_rows.PARTIAL, archive_rows.LOADING)
        for label in row.splits.split("+")
    }
    found = []
    for part in _parts(tally, unfinished):
        found += [*_over(part), *_short(part)]
    for release_id, split, wnid, images in heads:
        if to_id(wnid) not in scope.graph:
            detail = CHECKS["unknown-synset"](wnid, images)
            found.append(("unknown-synset", release_id, split, UNLABELLED, detail))
    return found


def _parts(tally: Tally, unfinished: set[tuple[str, str]]) -> Iterator[_Part]:
    for release_id, release in sorted(tally.releases.items(), key=lambda item: item[1]):
        for split in Split:
            published = published_counts(release, split)
            here = tally.mask(None, split=split, release_id=release_id)
            if published is None or not here.any():
                continue
            has = dict(zip(tally.synsets[here].tolist(), tally.images[here].tolist(), strict=True))
            in_part = (release, split.label) in unfinished
            yield _Part(release_id, split, has, published, in_part)


def _over(part: _Part) -> Iterator[ClassFinding]:
    for synset, has in part.has.items():
        if (synset == UNLABELLED and UNLABELLED not in part.published) or synset >= FIRST_OWN_ID:
            continue
        detail = CHECKS["class-over"](Counted(has, part.published.get(synset, 0)))
        if detail is not None:
            yield part.finding("class-over", synset, detail)


def _short(part: _Part) -> Iterator[ClassFinding]:
    """Classes with fewer images, one by one where they should have all, else all in one note."""
    held = {synset: min(part.has.get(synset, 0), n) for synset, n in part.published.items()}
    short = [synset for synset, n in part.published.items() if 0 < held[synset] < n]
    absent = [synset for synset in part.published if not held[synset]]
    here = len(held) - len(absent)
    due = sum(n for synset, n in part.published.items() if held[synset])
    by_images = sum(held.values()) >= due * _MEANT_WHOLE or here - len(short) >= len(short)
    by_classes = here >= len(held) * _MEANT_WHOLE and not part.in_part
    told = [*(short if by_images else []), *(absent if by_classes and by_images else [])]
    if (short and not by_images) or (absent and not (by_classes and by_images)):
        yield part.finding("class-short", UNLABELLED, _in_all(part, held, here))
    for synset in sorted(told):
        counted = Counted(held[synset], part.published[synset])
        yield part.finding("class-short", synset, CHECKS["class-short"](counted))


def _in_all(part: _Part, held: Mapping[int, int], here: int) -> str:
    images = f"{sum(held.values()):,} of {sum(part.published.values()):,} published images"
    if UNLABELLED in part.published:
        return f"{PARTIAL}{images}"
    return f"{PARTIAL}{here:,} of {len(held):,} classes, {images}"


def _wnids(heads: Iterator[tuple[int, int, str, int]]) -> Iterator[tuple[int, int, str, int]]:
    """(release, split, wnid, images) of those names that begin with one: `n99999999_1`."""
    counted: dict[tuple[int, int, str], int] = {}
    for release_id, split, head, images in heads:
        wnid, after = head[:9], head[9:]
        if after in ("_", "/") and is_wnid(wnid):
            key = release_id, split, wnid
            counted[key] = counted.get(key, 0) + images
    for (release_id, split, wnid), images in sorted(counted.items()):
        yield release_id, split, wnid, images


# -- the checks: each gives the detail of its finding, or None


@check("class-short")
def _few(counted: Counted) -> str | None:
    if counted.has >= counted.published:
        return None
    return f"{counted.has:,} of {count(counted.published, 'image')}"


@check("class-over")
def _many(counted: Counted) -> str | None:
    if counted.has <= counted.published:
        return None
    if not counted.published:
        return f"{count(counted.has, 'image')}; the release was published without this class"
    return f"{count(counted.has, 'image')}, and {counted.published:,} were published"


@check("unknown-synset")
def _unknown(wnid: str, images: int) -> str:
    return f"{count(images, 'image')} under {wnid}"
