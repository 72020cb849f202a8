"""What was written as shards, and what a check of them found, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count, duration, size
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from imnet_data.cli.screen import Screen
    from imnet_data.sharding.check import ShardCheck
    from imnet_data.sharding.report import ShardReport
    from imnet_data.subsets.subset import Subset

_PARTS = (
    Column("part"),
    Column("images", number=True),
    Column("shards", number=True),
    Column("size", number=True),
)
_DIFFERENCES = (Column("file", cut="end", least=20), Column("what differs", cut="end", least=24))
_SHOWN = 20
_WORTH_A_RATE = 100_000_000  # below, it is the time that programs take to begin


def left_out(subset: Subset, report: ShardReport) -> dict[str, int]:
    """Images of the parts written that were drawn and left out, by why."""
    parts = {part.part for part in report.parts}
    return dict(Counter(one.code for one in subset.excluded if one.part in parts))


def write_report(screen: Screen, report: ShardReport, left_out: dict[str, int]) -> None:
    """The parts, what this run did for them, and what is not in them."""
    rows = [
        [safe(part.part), f"{part.samples:,}", f"{part.shards:,}", size(part.size_bytes)]
        for part in report.parts
    ]
    write_table(screen, _PARTS, rows)
    one = "class folder" if report.format == "folder" else "shard"
    done = f"wrote {count(report.written, one)} in {duration(report.elapsed_s)}"
    if report.written_bytes >= _WORTH_A_RATE:
        done += f", {size(round(report.written_bytes / report.elapsed_s))} a second"
    if report.kept:
        there = f"{count(report.kept, f'{one} was', f'{one}s were')} there already"
        done = f"{done}; {there}" if report.written else f"nothing to do: {there}"
    screen.line((done, ""))
    for code, images in left_out.items():
        screen.line((f"left out: {count(images, 'image')}, {code}", ""))
    for note in report.notes:
        screen.line((f"note: {note}", ""))


def report_json(report: ShardReport, left_out: dict[str, int]) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "folder": report.folder,
        "format": report.format,
        "images": report.samples,
        "parts": {
            part.part: {
                "images": part.samples, "shards": part.shards, "images_bytes": part.images_bytes,
                "bytes": part.size_bytes,
            }
            for part in report.parts
        },
        "written": report.written,
        "kept": report.kept,
        "digests": report.digests,
        "left_out": left_out,
        "notes": list(report.notes),
        "seconds": round(report.elapsed_s, 3),
    }  # fmt: skip


def write_check(screen: Screen, found: ShardCheck) -> None:
    """A table of what differs, and one sentence."""
    if found.differences:
        shown = found.differences[:_SHOWN]
        write_table(screen, _DIFFERENCES, [[safe(one.name), safe(one.detail)] for one in shown])
        if len(found.differences) > _SHOWN:
            screen.line((f"… and {len(found.differences) - _SHOWN:,} more; --json lists all", ""))
    screen.line((_sentence(found), ""))


def _sentence(found: ShardCheck) -> str:
    what = f"{count(found.shards, 'shard')} with {count(found.samples, 'image')}"
    how = (
        "by their SHA-256" if found.digests
        else "by their sizes alone, for they were written without digests"
    )  # fmt: skip
    if found.well:
        is_well = "is" if found.shards == 1 else "are"
        return f"{what} {is_well} as the manifest says, {how}"
    differ = count(len(found.differences), "file differs", "files differ")
    return f"of {what}, {differ} from the manifest, compared {how}"


def check_json(found: ShardCheck) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "folder": found.folder,
        "well": found.well,
        "shards": found.shards,
        "images": found.samples,
        "bytes": found.size_bytes,
        "digests": found.digests,
        "differences": [asdict(one) for one in found.differences],
    }
