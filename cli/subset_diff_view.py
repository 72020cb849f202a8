"""What a subset and its lock, or two subsets, differ in, as people and other programs read it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count
from imnet_data.cli.screen import fold
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imnet_data.cli.screen import Screen
    from imnet_data.subsets.check import Difference
    from imnet_data.subsets.diff import OnlyIn, SubsetDiff
    from imnet_data.subsets.lock import Lock

_CLASSES = (
    Column("class", cut="end"),
    Column("part"),
    Column("lock", number=True),
    Column("here", number=True),
)
_SHOWN = 12

# -- what differs


def write_differences(screen: Screen, name: str, lock: Lock, found: Sequence[Difference]) -> None:
    """Whether a subset is what a lock says, and what differs."""
    if not found:
        screen.line((f"{safe(name)} is what its lock says: {count(lock.images, 'image')}", ""))
        screen.line((lock.fingerprint, "dim"))
        return
    screen.line((f"{safe(name)} is not what its lock says:", ""))
    for one in found:
        _write_sentence(screen, safe(one.sentence))
        rows = [
            [safe(of.name), of.part, f"{of.locked:,}", f"{of.here:,}"]
            for of in one.classes[:_SHOWN]
        ]
        if rows:
            write_table(screen, _CLASSES, rows, indent=4)
        if len(one.classes) > _SHOWN:
            screen.line((f"    and {len(one.classes) - _SHOWN:,} more; --json lists all", ""))


def differences_json(name: str, lock: Lock, found: Sequence[Difference]) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "name": name,
        "is_as_locked": not found,
        "fingerprint": lock.fingerprint,
        "differences": [
            {
                "kind": one.kind,
                "sentence": one.sentence,
                "images": list(one.images),
                "classes": [
                    {"name": of.name, "part": of.part, "lock": of.locked, "here": of.here}
                    for of in one.classes
                ],
            }
            for one in found
        ],
    }


def write_diff(screen: Screen, names: tuple[str, str], found: SubsetDiff) -> None:
    """What two subsets differ in."""
    if found.is_none:
        both = f"{safe(names[0])} and {safe(names[1])}"
        screen.line((f"{both} are the same: {count(found.both, 'image')}", ""))
        return
    screen.line((f"{count(found.both, 'image')} in both", ""))
    for name, classes, only in zip(names, found.classes, found.only, strict=True):
        _write_only(screen, name, classes, only)
    if found.another_order:
        screen.line(("the same classes, numbered in another order", ""))
    for (part, other), images in sorted(found.moved.items()):
        screen.line(
            (f"{count(images, 'image')} in {part} of the first, in {other} of the other", "")
        )
    for (label, other), images in found.relabelled.most_common(_SHOWN):
        told = f"{safe(label)} in the first, {safe(other)} in the other"
        screen.line((f"{count(images, 'image')} of class {told}", ""))


def _write_only(screen: Screen, name: str, classes: Sequence[str], only: OnlyIn) -> None:
    if not (classes or only.images):
        return
    parts = ", ".join(f"{part} {images:,}" for part, images in only.parts.items())
    told = f"{count(only.images, 'image')}" + (f" ({parts})" if parts else "")
    if classes:
        told += f" and {count(len(classes), 'class', 'classes')}"
    screen.line((f"only in {safe(name)}: {told}", ""))
    for what, few, many in (
        ("classes", classes[:_SHOWN], len(classes)),
        ("images", only.first, only.images),
    ):
        items = [(safe(one), "") for one in few]
        if many > len(items):
            items.append((f"and {many - len(items):,} more", ""))
        if items:
            _write_folded(screen, f"  {what}: ", items)


def diff_json(names: tuple[str, str], found: SubsetDiff) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "is_same": found.is_none,
        "both": found.both,
        "another_order": found.another_order,
        "only": {
            name: {"classes": list(classes), "images": only.images, "parts": dict(only.parts),
                   "by_class": dict(only.classes), "first": only.first}
            for name, classes, only in zip(names, found.classes, found.only, strict=True)
        },
        "moved": _pairs_json(found.moved),
        "relabelled": _pairs_json(found.relabelled),
    }  # fmt: skip


def _write_sentence(screen: Screen, text: str) -> None:
    """A sentence, indented; on a terminal broken between words."""
    lines = [text]
    if screen.width is not None:
        lines = textwrap.wrap(text, screen.width - 4, break_long_words=False)
    for at, line in enumerate(lines):
        screen.line(("    " if at else "  ", ""), (line, ""))


def _write_folded(screen: Screen, head: str, items: Sequence[tuple[str, str]]) -> None:
    for at, line in enumerate(fold(items, screen.width, indent=len(head))):
        screen.line((head if not at else " " * len(head), ""), *line)


def _pairs_json(pairs: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [{"from": one, "to": other, "images": n} for (one, other), n in pairs.items()]
