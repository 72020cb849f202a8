"""Groups of duplicates: a few lines a group for people, a stream of JSON for programs."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count
from imnet_data.cli.images_view import SynsetNames
from imnet_data.cli.screen import fold
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imnet_data.cli.screen import Screen, Span
    from imnet_data.records import Image
    from imnet_data.verification.comparing.duplicates import DuplicateGroup, Duplicates

KINDS: dict[str, Callable[[DuplicateGroup], bool]] = {
    "leaks": lambda group: group.leak,
    "conflicts": lambda group: group.label_conflict,
    "placeholders": lambda group: group.placeholder,
}
_SHOWN = 20
_IMAGES = 8
_COLUMNS = (
    Column("image", cut="end", least=24),
    Column("synset", cut="end", least=16),
    Column("release", cut="end", least=10),
    Column("split"),
    Column("differs", number=True),
)


@dataclass(slots=True)
class Totals:
    """What all groups add up to; `hidden` were counted and not shown."""

    groups: int = 0
    images: int = 0
    leaks: int = 0
    conflicts: int = 0
    placeholders: int = 0
    hidden: int = 0

    def add(self, group: DuplicateGroup) -> None:
        """Count a group."""
        self.groups += 1
        self.images += len(group)
        self.leaks += group.leak
        self.conflicts += group.label_conflict
        self.placeholders += group.placeholder


def write(screen: Screen, groups: Duplicates, *, only: str | None, limit: int | None) -> Totals:
    """Write the first groups, and what all of them add up to."""
    totals = Totals()
    named = SynsetNames()
    shown = _SHOWN if limit is None else limit
    for group in _chosen(groups, only):
        totals.add(group)
        if totals.groups <= shown:
            _write_group(screen, group, named, with_bits=groups.near is not None)
        else:
            totals.hidden += 1
    for at, line in enumerate(fold(_sums(totals, groups.near), screen.width, indent=2)):
        screen.line(("  " * bool(at), ""), *line)
    screen.flush()
    return totals


def write_json(groups: Duplicates, *, only: str | None, limit: int | None) -> None:
    """Write one object, its groups one a line as they are found: there may be a million."""
    totals = Totals()
    named = SynsetNames()
    sys.stdout.write('{\n  "groups": [')
    for group in _chosen(groups, only):
        totals.add(group)
        if limit is not None and totals.groups > limit:
            totals.hidden += 1
            continue
        comma = "," if totals.groups > 1 else ""
        sys.stdout.write(f"{comma}\n    {json.dumps(_group_json(group, named))}")
    sums = {
        "near": groups.near,
        "images": totals.images,
        "leaks": totals.leaks,
        "label_conflicts": totals.conflicts,
        "placeholders": totals.placeholders,
        "compared": groups.examined,
        "of": groups.images,
    }
    sys.stdout.write("\n  ],\n" if totals.groups > totals.hidden else "],\n")
    sys.stdout.write(f'  "count": {totals.groups},\n')
    sys.stdout.write(json.dumps(sums, indent=2).removeprefix("{\n") + "\n")


def _chosen(groups: Iterable[DuplicateGroup], only: str | None) -> Iterator[DuplicateGroup]:
    return iter(groups) if only is None else filter(KINDS[only], groups)


def _group_json(group: DuplicateGroup, named: SynsetNames) -> dict[str, Any]:
    return {
        "same_bytes": group.same_bytes,
        "leak": group.leak,
        "label_conflict": group.label_conflict,
        "placeholder": group.placeholder,
        "images": [
            {
                "name": image.name,
                "wnid": image.wnid,
                "synset": named.of(image.synset),
                "release": image.release,
                "split": image.split,
                "archive": image.archive,
                "member": image.member,
                "distance": distance,
            }
            for image, distance in zip(group.images, group.distances, strict=True)
        ],
    }


def _write_group(
    screen: Screen, group: DuplicateGroup, named: SynsetNames, *, with_bits: bool
) -> None:
    style = "red" if group.leak or group.label_conflict else ""
    kind = "the same bytes" if group.same_bytes else "alike"
    marks = "".join(f", {mark}" for mark in _marks(group))
    screen.line((f"{count(len(group), 'image')}, {kind}", "bold"), (marks, style))
    columns = _COLUMNS if with_bits else _COLUMNS[:-1]
    rows = [
        [*_cells(image, named), *([_bits(distance)] if with_bits else [])]
        for image, distance in zip(group.images[:_IMAGES], group.distances, strict=False)
    ]
    write_table(screen, columns, rows, indent=2, heading=False)
    if len(group) > _IMAGES:
        screen.line((f"  … and {len(group) - _IMAGES:,} more", "dim"))
    screen.line()


def _cells(image: Image, named: SynsetNames) -> list[str]:
    synset = named.of(image.synset) or "(no label)"
    return [safe(image.name), safe(synset), safe(image.release), image.split]


def _bits(distance: int) -> str:
    return "" if not distance else count(distance, "bit")


def _marks(group: DuplicateGroup) -> Iterator[str]:
    if group.leak:
        splits = {image.split: None for image in group.images if image.split != "none"}
        yield f"in {' and '.join(splits)} (leak)"
    if group.label_conflict:
        yield "labels differ (conflict)"
    if group.placeholder:
        yield "so often that it is no photograph"


def _sums(totals: Totals, near: int | None) -> list[Span]:
    """What the groups add up to, in parts that a line may be broken between."""
    what = "that share their bytes" if near is None else f"alike within {count(near, 'bit')}"
    if not totals.groups:
        return [(f"no images {what}", "bold")]
    head = f"{count(totals.groups, 'group')} of {count(totals.images, 'image')} {what}"
    return [
        (f"{head}: {count(totals.leaks, 'leak')}", "bold"),
        (count(totals.conflicts, "label conflict"), "bold"),
        (count(totals.placeholders, "placeholder"), "bold"),
    ]
