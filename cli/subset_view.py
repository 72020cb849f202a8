"""Subsets as people and other programs read them: what they are, and who is in them.

What they differ in is subset_diff_view.py's.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count, duration, size
from imnet_data.cli.json_out import json_line
from imnet_data.cli.screen import fold
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imnet_data.cli.screen import Screen
    from imnet_data.subsets.keeping import KnownSubset
    from imnet_data.subsets.lock import Lock
    from imnet_data.subsets.recipe import Recipe
    from imnet_data.subsets.stock import Stock
    from imnet_data.subsets.subset import ListedImage, Subset

_KNOWN = (
    Column("subset", cut="end", least=16),
    Column("release", cut="end", least=10),
    Column("classes", cut="end", least=16),
    Column("images", cut="end", least=12),
)
_PARTS = (
    Column("part"),
    Column("images", number=True),
    Column("left out", number=True),
    Column("size", number=True),
)
_LIST_FIELDS = ("name", "release", "split", "part", "label", "wnid")
_SHOWN = 12


# -- one that was just made


def write_stock(screen: Screen, stock: Stock) -> None:
    """What was made, by its parts, and what is left out of it."""
    lock = stock.lock
    screen.line(
        (safe(lock.name), "bold"),
        (f": {count(lock.images, 'image')} of {_classes(lock)}, {size(lock.bytes)}, ", ""),
        (f"gone through in {duration(stock.elapsed_s)}", ""),
    )
    rows = [
        [name, f"{part.images - part.left_out:,}", f"{part.left_out:,}", size(part.bytes)]
        for name, part in lock.parts.items()
    ]
    write_table(screen, _PARTS, rows, indent=2)
    for code, images in stock.excluded.items():
        screen.line((f"  left out: {count(images, 'image')}, {code}", ""))
    of = "the images of its list" if stock.is_exact else "the images of its classes"
    how = f"drawn from {of}, seed {lock.recipe.seed}" if _is_drawn(lock.recipe) else f"all {of}"
    screen.line((f"  which: {how}", ""))
    if lock.recipe.holdout is not None and not stock.digests_unknown:
        told = count(stock.same_bytes, "image shares its", "images share their")
        screen.line((f"  held out: {told} bytes with another, on the same side", ""))
    screen.line((f"  {lock.fingerprint}", "dim"))


def stock_json(stock: Stock) -> dict[str, Any]:
    """The same for other programs."""
    lock = stock.lock
    return {
        "name": lock.name,
        "release": lock.release,
        "classes": len(lock.classes),
        "images": lock.images - len(lock.excluded),
        "bytes": lock.bytes,
        "parts": {
            name: {"images": part.images - part.left_out, "left_out": part.left_out,
                   "bytes": part.bytes}
            for name, part in lock.parts.items()
        },
        "left_out": stock.excluded,
        "missing_classes": list(stock.missing),
        "is_exact": stock.is_exact,
        "fingerprint": lock.fingerprint,
        "content": lock.content,
        "remarks": list(stock.remarks()),
        "recipe": lock.recipe.to_mapping(),
    }  # fmt: skip


# -- those that there are


def write_known(screen: Screen, known: Sequence[KnownSubset]) -> None:
    """Tables of them: of those that were made, and of the built-in ones."""
    for heading, built_in in (("made here", False), ("built in", True)):
        rows = [
            [
                safe(one.name), safe(one.recipe.release or ""), safe(_classes_of(one.recipe)),
                _images_of(one.recipe),
            ]
            for one in known
            if one.is_built_in is built_in
        ]  # fmt: skip
        if rows:
            screen.line((heading, "bold"))
            write_table(screen, _KNOWN, rows, indent=2)


def known_json(one: KnownSubset) -> dict[str, Any]:
    """One of them for other programs."""
    return {"name": one.name, "is_built_in": one.is_built_in, "recipe": one.recipe.to_mapping()}


def write_subset(screen: Screen, subset: Subset) -> None:
    """All about one: its parts, its classes, the recipe."""
    screen.line(
        (safe(subset.name), "bold"),
        (f": {count(len(subset.classes), 'class', 'classes')} of {safe(subset.release)}", ""),
    )
    if subset.recipe.about:
        screen.line((f"  {safe(subset.recipe.about)}", ""))
    gone = _left_out(subset)
    rows = [[part, f"{subset.count(part):,}", f"{gone[part]:,}"] for part in subset.parts]
    write_table(screen, _PARTS[:3], rows, indent=2)
    names = [(safe(one.name), "cyan") for one in subset.classes][:_SHOWN]
    if len(subset.classes) > _SHOWN:
        names.append((f"and {len(subset.classes) - _SHOWN:,} more", ""))
    screen.line(("classes", "bold"))
    for line in fold(names, screen.width, indent=2):
        screen.line(("  ", ""), *line)
    screen.line(("recipe", "bold"))
    for text in subset.recipe.to_toml().splitlines():
        screen.line((f"  {safe(text)}", ""))
    if subset.locked is not None:
        screen.line(("lock", "bold"))
        screen.line((f"  {subset.locked.fingerprint}", "dim"))


def subset_json(subset: Subset) -> dict[str, Any]:
    """The same for other programs, with every class."""
    gone = _left_out(subset)
    return {
        "name": subset.name,
        "release": subset.release,
        "parts": {
            part: {"images": subset.count(part), "left_out": gone[part]} for part in subset.parts
        },
        "classes": [
            {"index": one.index, "name": one.name, "wnid": one.wnid} for one in subset.classes
        ],
        "fingerprint": None if subset.locked is None else subset.locked.fingerprint,
        "recipe": subset.recipe.to_mapping(),
    }


# -- who is in one


def write_list(images: Iterable[ListedImage], form: str) -> None:
    """Write images a line each: their names, or CSV with a heading, or JSON."""
    if form == "txt":
        # A file takes names as they are; a terminal would obey the control sequences in one.
        shown = safe if sys.stdout.isatty() else str
        sys.stdout.writelines(f"{shown(one.name)}\n" for one in images)
    elif form == "jsonl":
        sys.stdout.writelines(json_line(one._asdict()) for one in images)
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(_LIST_FIELDS)
        for one in images:
            cells = (one.name, one.release, one.split, one.part, one.label, one.wnid or "")
            writer.writerow(map(safe, map(str, cells)) if sys.stdout.isatty() else cells)


# -- words


def _left_out(subset: Subset) -> Counter[str]:
    return Counter(one.part for one in subset.excluded)


def _classes(lock: Lock) -> str:
    return f"{count(len(lock.classes), 'class', 'classes')} of {safe(lock.release)}"


def _is_drawn(recipe: Recipe) -> bool:
    return recipe.per_class is not None or recipe.fraction is not None


def _classes_of(recipe: Recipe) -> str:
    """A recipe's classes in a few words."""
    if recipe.merge:
        return " | ".join(recipe.merge)
    if recipe.superclasses is not None:
        return ", ".join(f"{key}={value}" for key, value in recipe.superclasses.items().items())
    if recipe.classes is None:
        return "all"
    return recipe.classes if isinstance(recipe.classes, str) else ", ".join(recipe.classes)


def _images_of(recipe: Recipe) -> str:
    """Which images of them, in a few words."""
    parts = ["+".join(recipe.splits) or "all"]
    if recipe.per_class is not None:
        parts.append(f"{recipe.per_class:,} a class")
    if recipe.fraction is not None:
        parts.append(f"{recipe.fraction:.3g} of each class")
    if recipe.holdout is not None:
        parts.append(f"{recipe.holdout:.3g} held out")
    if recipe.only_ids is not None:
        parts.append("by list")
    return ", ".join(parts)
