"""What was planned, and what tensors were made, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from imnet_data.amounts import count, duration, size
from imnet_data.cli.fields import write_prose
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imnet_data.cli.screen import Screen
    from imnet_data.tensors.options import TensorOptions
    from imnet_data.tensors.plan import Plan
    from imnet_data.tensors.report import TensorReport

_PARTS: Final = (
    Column("part"),
    Column("images", number=True),
    Column("shards", number=True),
    Column("size", number=True),
)
_PLANNED: Final = (*_PARTS[:3], Column("about", number=True))
_LEFT_OUT: Final = (Column("left out", cut="end", least=20), Column("why", cut="end", least=24))
_SHOWN: Final = 10


def write_plan(screen: Screen, plan: Plan) -> None:
    """The parts, what is to become of them, and what is not in them."""
    each = plan.options.bytes_per_image
    rows = []
    for part in plan.parts:
        shards = [one for one in plan.shards if one.part == part]
        images = sum(one.images for one in shards)
        rows.append([safe(part), f"{images:,}", f"{len(shards):,}", size(images * each)])
    write_table(screen, _PLANNED, rows)
    write_prose(screen, f"{_what(plan.options)}; {count(len(plan.archives), 'archive')}")
    _write_findings(screen, {part: plan.left_out_of(part) for part in plan.parts})
    screen.line((f"the plan is in {safe(plan.folder)}; its fingerprint is ", ""),
                (plan.fingerprint[:16], "cyan"))  # fmt: skip


def plan_json(plan: Plan) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "folder": plan.folder,
        "fingerprint": plan.fingerprint,
        "subset": plan.subset.get("name"),
        "images": plan.images,
        "parts": {
            part: {
                "images": sum(one.images for one in plan.shards if one.part == part),
                "shards": sum(one.part == part for one in plan.shards),
                "left_out": plan.left_out_of(part),
            }
            for part in plan.parts
        },
        "bytes": plan.images * plan.options.bytes_per_image,
        "options": plan.options.as_json(),
        "archives": [archive.path for archive in plan.archives],
    }


def write_report(screen: Screen, report: TensorReport, max_loss: float) -> None:
    """The parts, what this run did for them, and what is not in them."""
    shards = report.shards
    rows = [
        [safe(part.part), f"{part.samples:,}", f"{part.shards:,}", size(part.size_bytes)]
        for part in shards.parts
    ]
    write_table(screen, _PARTS, rows)
    screen.line((_done(report), ""))
    _write_findings(screen, report.by_findings)
    if report.left_out:
        shown = report.left_out[:_SHOWN]
        write_table(screen, _LEFT_OUT, [[safe(one.name), safe(one.why)] for _, one in shown])
        write_prose(screen, _loss(report, max_loss))


def report_json(report: TensorReport, max_loss: float) -> dict[str, Any]:
    """The same for other programs."""
    shards = report.shards
    return {
        "folder": shards.folder,
        "plan": report.plan,
        **asdict(report.by),
        "images": report.images - len(report.left_out),
        "tensors": shards.samples,
        "parts": {
            part.part: {
                "tensors": part.samples, "shards": part.shards, "bytes": part.size_bytes,
            }
            for part in shards.parts
        },
        "written": shards.written,
        "kept": shards.kept,
        "left_out": [{"part": part, **asdict(one)} for part, one in report.left_out],
        "left_out_by_findings": {part: dict(codes) for part, codes in report.by_findings.items()},
        "loss": report.loss,
        "within_max_loss": report.loss <= max_loss,
        "seconds": round(shards.elapsed_s, 3),
    }  # fmt: skip


def _what(options: TensorOptions) -> str:
    geometry, side = options.geometry, options.geometry.out_px
    how = {
        "crop": f"short side to {geometry.resize_px}, centre {side} x {side}",
        "square": f"resized to {side} x {side}",
        "random": f"{count(geometry.copies, 'random crop')} an image, {side} x {side}",
    }[geometry.kind]
    name = options.normalisation.name
    return f"{how}, {geometry.filter}; normalised as {name}; {options.dtype}"


def _done(report: TensorReport) -> str:
    shards = report.shards
    done = f"made {count(shards.written, 'shard')} in {duration(shards.elapsed_s)}"
    done += f" with {report.by.engine} on {safe(report.by.device)}"
    if shards.kept:
        there = f"{count(shards.kept, 'shard was', 'shards were')} there already"
        done = f"{done}; {there}" if shards.written else f"nothing to do: {there}"
    return done


def _write_findings(screen: Screen, by_findings: Mapping[str, Mapping[str, int]]) -> None:
    codes: Counter[str] = Counter()
    for found in by_findings.values():
        codes.update(found)
    for code, images in codes.items():
        screen.line((f"left out by what was found: {count(images, 'image')}, {code}", ""))


def _loss(report: TensorReport, max_loss: float) -> str:
    many = len(report.left_out)
    told = f"{many:,} of {count(report.images, 'image')} left out: {report.loss:.2%}"
    if many > _SHOWN:
        told += "; --json names all"
    if report.loss <= max_loss:
        return told
    return (
        f"{told}, which is more than --max-loss {max_loss:.2%}; imnet-data verify says what is "
        "wrong with them, and imnet-data repair mends archives"
    )
