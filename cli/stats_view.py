"""A catalogue's numbers, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count, size
from imnet_data.cli import health_view
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imnet_data.cli.screen import Screen
    from imnet_data.upkeep import Amount, ArchiveInfo, Stats
    from imnet_data.verification.findings.summary import Summary

_COLUMNS = (
    Column("release", cut="end"),
    Column("split"),
    Column("images", number=True),
    Column("size", number=True),
)
_ARCHIVES = (
    Column("release", cut="end"),
    Column("layout"),
    Column("archives", number=True),
    Column("images", number=True),
    Column("size", number=True),
    Column("state"),
)


def state_of(archive: ArchiveInfo) -> str:
    """Whether an archive is there and whole: `whole`, `faulty`, `partial` and others.

    `partial`: not all of it was fetched. `unfinished`: indexing was cut off. `missing`: no file.
    """
    if not archive.is_there:
        return "missing"
    if archive.is_loading:
        return "unfinished"
    if any(fault.severe for fault in archive.faults):
        return "faulty"
    return "partial" if archive.is_partial else "whole"


def write(screen: Screen, held: Stats, path: str, health: Summary) -> None:
    """Write the numbers for people."""
    screen.line((safe(path), "bold"))
    parts = [count(held.images, "image"), count(held.synsets, "class", "classes"), size(held.bytes)]
    if held.unlabelled:
        parts.append(f"{held.unlabelled:,} without a label")
    screen.line((", ".join(parts), ""))
    if held.releases:
        screen.line()
        write_table(screen, _COLUMNS, list(_split_rows(held)))
    if held.archives:
        screen.line()
        write_table(screen, _ARCHIVES, _archive_rows(held.archives))
        _write_boxes(screen, held.archives)
    if found := health_view.sentence(health):
        screen.line()
        screen.line((f"{found}; `verify` tells which", ""))


def _split_rows(held: Stats) -> list[list[str]]:
    rows = []
    for release, splits in held.releases.items():
        shown = safe(release)
        for split, amount in splits.items():
            rows.append([shown, split, f"{amount.images:,}", size(amount.bytes)])
            shown = ""  # once, above its splits
    return rows


def _archive_rows(archives: Sequence[ArchiveInfo]) -> list[list[str]]:
    """One row for all archives of a kind: a full release has 21,841 of them."""
    groups: dict[tuple[str, str, str], list[ArchiveInfo]] = {}
    for archive in archives:
        key = (archive.release, archive.layout, state_of(archive))
        groups.setdefault(key, []).append(archive)
    return [
        [
            safe(release), layout, f"{len(group):,}",
            f"{sum(archive.images for archive in group):,}",
            size(sum(archive.size_bytes for archive in group)), state,
        ]
        for (release, layout, state), group in sorted(groups.items())
    ]  # fmt: skip


def _write_boxes(screen: Screen, archives: Sequence[ArchiveInfo]) -> None:
    """A line for each kind of archive that holds bounding boxes."""
    kinds = sorted({(one.release, one.layout) for one in archives if one.boxes})
    if kinds:
        screen.line()
    for release, layout in kinds:
        of_kind = [one for one in archives if (one.release, one.layout) == (release, layout)]
        screen.line((f"{boxes_of(*of_kind)} (release {safe(release)}, layout {layout})", ""))


def boxes_of(*archives: ArchiveInfo) -> str:
    """How many bounding boxes archives hold, and of how many images."""
    boxes = count(sum(one.boxes for one in archives), "box", "boxes")
    return f"{boxes} of {count(sum(one.boxed_images for one in archives), 'image')}"


def as_json(held: Stats, path: str, health: Summary) -> dict[str, Any]:
    """The numbers for other programs."""
    return {
        "catalogue": path,
        "images": held.images,
        "bytes": held.bytes,
        "synsets": held.synsets,
        "unlabelled": held.unlabelled,
        "splits": _amounts(held.splits),
        "releases": {release: _amounts(splits) for release, splits in held.releases.items()},
        "archives": [archive_json(archive) for archive in held.archives],
        "health": health_view.counts_json(health),
    }


def archive_json(archive: ArchiveInfo) -> dict[str, Any]:
    """One archive for other programs."""
    return {
        "path": archive.path,
        "release": archive.release,
        "layout": archive.layout,
        "container": archive.container,
        "splits": list(archive.splits),
        "state": state_of(archive),
        "images": archive.images,
        "bytes": archive.size_bytes,
        "classes": archive.classes,
        "unlabelled": archive.unlabelled,
        "alternates": archive.alternates,
        "boxes": archive.boxes,
        "boxed_images": archive.boxed_images,
        "ignored": archive.ignored,
        "file_bytes": archive.file_size,
        "source": archive.source,
        "checksum": archive.checksum,
        "faults": [fault.sentence for fault in archive.faults],
    }


def _amounts(amounts: Mapping[str, Amount]) -> dict[str, dict[str, int]]:
    return {
        name: {"images": amount.images, "bytes": amount.bytes} for name, amount in amounts.items()
    }
