"""What an indexing run found, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count, duration, some
from imnet_data.cli import label_remarks
from imnet_data.cli.screen import fold
from imnet_data.cli.text import safe
from imnet_data.layouts.layout_names import BOXES, WITHOUT_IMAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.cli.screen import Screen, Span
    from imnet_data.indexing.report import ArchiveReport, IndexReport

_Group = list["ArchiveReport"]

_GUESSED = {
    "by its classes": "by the classes inside",
    "its splits are not ILSVRC2012's own": "since the splits are not ILSVRC2012's own",
}
_SAY_IT = "if that is wrong, index again with --release NAME"


def write(screen: Screen, report: IndexReport) -> None:
    """Write a line for each layout, release and split; on a terminal folded to its width."""
    groups = _grouped(report.archives)
    indent = max((len(group[0].layout) for group in groups), default=0) + 2
    digits = max((len(f"{_images(group):,}") for group in groups), default=0)
    for group in groups:
        head: Span = (group[0].layout.ljust(indent), "bold")
        for line in fold(_items(group, report.classes(group), digits), screen.width, indent=indent):
            screen.line(head, *line)
            head = (" " * indent, "")


def _grouped(archives: Sequence[ArchiveReport]) -> list[_Group]:
    """The archives of one kind together: a full release has 21,841 of them."""
    groups: dict[tuple[str, ...], _Group] = {}
    for archive in archives:
        key = (*archive.kind, archive.why, archive.layout_why)
        groups.setdefault(key, []).append(archive)
    return list(groups.values())


def _items(group: _Group, classes: int | None, digits: int) -> list[Span]:
    first = group[0]
    blank = " " * (digits - len(f"{_images(group):,}"))
    items: list[Span] = []
    if first.layout not in WITHOUT_IMAGES or _images(group):
        items.append((blank + count(_images(group), "image"), "bold"))
        if classes is not None:
            items.append((count(classes, "class", "classes"), ""))
        items.append((f"split {'+'.join(first.splits) or 'none'}", ""))
        items += _counted(group)
    items += _beside(group)
    if len(group) > 1:
        items.append((count(len(group), "archive"), ""))
    items += _outcomes(group)
    items.append((duration(sum(one.seconds for one in group)), ""))
    items.append((f"release {safe(first.release)}{_why(group)}", ""))
    if first.outcome != "unchanged" and first.layout_why:
        items.append((f"layout {safe(first.layout_why)}", ""))
    return items


def _counted(group: _Group) -> Iterator[Span]:
    for what in ("unlabelled", "ignored", "alternates"):
        n = sum(getattr(one, what) for one in group)
        yield (f"{n:,} {what.removesuffix('s') if n == 1 else what}", "" if n else "dim")


def _beside(group: _Group) -> Iterator[Span]:
    """What was found beside images: boxes, and labels held against the packaged ones."""
    boxes = sum(one.boxes for one in group)
    if boxes or group[0].layout == BOXES:
        of = count(sum(one.boxed_images for one in group), "image")
        yield (f"{count(boxes, 'box', 'boxes')} of {of}", "bold")
    agreeing = sum(one.notes.agreeing for one in group)
    if agreeing:
        yield (f"{agreeing:,} validation labels agree with the packaged ones", "bold")


def _images(group: _Group) -> int:
    return sum(one.images for one in group)


def _why(group: _Group) -> str:
    """Why it was taken for that release; what is unchanged was told why before."""
    return "" if group[0].outcome == "unchanged" else f" ({group[0].why})"


def _outcomes(group: _Group) -> Iterator[Span]:
    for outcome in ("changed", "resumed", "unchanged"):
        n = sum(one.outcome == outcome for one in group)
        if n:
            yield (outcome if n == len(group) else f"{n:,} {outcome}", "")


def remarks(report: IndexReport) -> Iterator[str]:
    """What is wrong or odd, in sentences."""
    for archive in report.archives:
        for sentence in _about(archive):
            yield f"{archive.path}: {sentence}"
    for sentence in report.refused.values():
        yield sentence
    for release in sorted({one.release for one in report.archives if one.awaits_images}):
        yield (
            f"the catalogue has no image of {release} yet, so its boxes are not shown; index the "
            "images, or the boxes again with --release NAME if theirs is another"
        )
    yield from label_remarks.about_labels(report.archives)
    yield from _about_releases(report)


def _about_releases(report: IndexReport) -> Iterator[str]:
    """How to say another release, where one was told by a look inside or there are several."""
    guessed = [one for one in report.archives if one.why in _GUESSED]
    for release, why in sorted({(one.release, one.why) for one in guessed}):
        path, *others = [one.path for one in guessed if (one.release, one.why) == (release, why)]
        which = f"{path} and {len(others):,} more were" if others else f"{path} was"
        yield f"{which} taken for {release} {_GUESSED[why]}; {_SAY_IT}"
    releases = sorted({one.release for one in report.archives})
    if len(releases) > 1 and not guessed:
        yield f"these are {len(releases)} releases: {', '.join(releases)}; {_SAY_IT}"


def _about(archive: ArchiveReport) -> Iterator[str]:
    for fault in archive.faults:
        yield fault.sentence
    notes = archive.notes
    if not archive.yields:
        yield "no image is in it"
    if notes.numbered:
        yield (
            f"{count(notes.numbered, 'class folder', 'class folders')} with a number for a name "
            "taken for classes of your own; if the numbers are ILSVRC's class indices, index again "
            "with --layout class-indices"
        )
    if notes.mislaid:
        yield (
            f"{_lie(notes.mislaid)} in the folder of another class than the one published for "
            "their name; labelled as published"
        )
    if notes.unknown:
        shown = some(list(notes.unknown)[:5], len(notes.unknown))
        yield (
            f"{_lie(sum(notes.unknown.values()))} under wnids that are no nouns of WordNet 3.0 "
            f"({shown}); kept without a label"
        )
    if notes.foreign:
        yield f"{count(notes.foreign, 'image')} of classes that {archive.release} does not publish"
    if archive.resized:
        yield (
            f"{archive.resized:,} of its further copies differ in size from the images that the "
            "catalogue has; the first ones stay"
        )
    if archive.relabelled:
        yield (
            f"{archive.relabelled:,} of its further copies lie in another class than the images "
            "that the catalogue has; the first label stays"
        )


def _lie(n: int) -> str:
    return f"{count(n, 'image')} {'lies' if n == 1 else 'lie'}"


def as_json(report: IndexReport, path: str) -> dict[str, Any]:
    """The report for other programs."""
    return {
        "catalogue": path,
        "well": report.well,
        "archives": [_archive_json(archive) for archive in report.archives],
        "refused": report.refused,
    }


def _archive_json(archive: ArchiveReport) -> dict[str, Any]:
    return {
        "path": archive.path,
        "outcome": archive.outcome,
        "layout": archive.layout,
        "release": archive.release,
        "why": archive.why,
        "layout_why": archive.layout_why,
        "splits": archive.splits,
        "images": archive.images,
        "bytes": archive.size_bytes,
        "classes": archive.classes,
        "unlabelled": archive.unlabelled,
        "ignored": archive.ignored,
        "boxes": archive.boxes,
        "boxed_images": archive.boxed_images,
        "alternates": archive.alternates,
        "resized": archive.resized,
        "relabelled": archive.relabelled,
        "mislaid": archive.notes.mislaid,
        "unknown": archive.notes.unknown,
        "foreign": archive.notes.foreign,
        "agreeing": archive.notes.agreeing,
        "labels": label_remarks.as_json(archive.notes.labels),
        "seconds": round(archive.seconds, 3),
        "whole": archive.is_whole,
        "faults": [fault.sentence for fault in archive.faults],
    }
