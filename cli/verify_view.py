"""What a verification found, as text: a sentence, a table by code, and what to type next."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from imnet_data.amounts import count, duration
from imnet_data.cli.fields import write_prose
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe
from imnet_data.verification.codes import CODES, FROM_COMPARING, Severity
from imnet_data.verification.levels import Level
from imnet_data.verification.reports.as_json import json_pieces
from imnet_data.verification.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.cli.screen import Screen
    from imnet_data.cli.session import Session
    from imnet_data.verification.findings.finding import Finding
    from imnet_data.verification.findings.summary import CodeSum, Summary
    from imnet_data.verification.reports.file import Verified

_COLUMNS = (
    Column("severity"),
    Column("code"),
    Column("count", number=True),
    Column("example", cut="end", least=24),
)


def write_json(verified: Verified) -> None:
    """Write all of it for other programs, as it is read."""
    sys.stdout.writelines(json_pieces(verified))


def write(screen: Screen, verified: Verified, session: Session) -> None:
    """Write what was found for people."""
    report, summary = verified.report, verified.summary
    verdict = Verdict.of(report, summary)
    main, *further = verdict.sentences()
    write_prose(screen, main, "bold")
    for sentence in further:
        write_prose(screen, sentence)
    seen = [f"{count(report.looked_at, 'image')} looked at in {duration(report.elapsed_s)}"]
    if report.unchanged:
        seen.append(f"{report.unchanged:,} unchanged since they were")
    seen.append(count(report.archives, "archive"))
    write_prose(screen, f"Level {verdict.level.label}: {', '.join(seen)}.", "dim")
    if summary.sums:
        screen.line()
        write_table(screen, _COLUMNS, [_row(one) for one in summary.sums])
    _write_ways_out(screen, summary)
    for path, images in report.whole_copies.items():
        of = count(images, "broken image")
        where = f"of {of} a whole copy lies in {safe(path)}"
        write_prose(screen, f"{where}: imnet-data repair can take it from there")
    _write_limits(screen, verdict)
    _write_next(screen, verified, verdict, session)


def _row(one: CodeSum) -> list[str]:
    return [one.word, one.code, f"{one.count:,}", safe(_example(one.examples[0]))]


def _example(finding: Finding) -> str:
    if finding.image is not None:
        return f"{finding.image} ({finding.split})" if finding.split != "none" else finding.image
    if finding.archive is not None:
        return os.path.basename(finding.archive)
    split = " ".join(filter(None, (finding.release, finding.split)))
    return f"{finding.class_name} ({split})" if finding.class_name else split


def _write_ways_out(screen: Screen, summary: Summary) -> None:
    """What to do about what is broken; codes with the same way out share a line."""
    ways: dict[str, list[str]] = {}
    for one in summary.sums:
        if one.severity is Severity.BROKEN:
            ways.setdefault(CODES[one.code].way_out, []).append(one.code)
    if ways:
        screen.line()
    for way_out, codes in ways.items():
        write_prose(screen, f"{', '.join(codes)}: {way_out}")


def _write_limits(screen: Screen, verdict: Verdict) -> None:
    limits = verdict.limits()
    if limits:
        screen.line()
    for sentence in limits:
        write_prose(screen, sentence, "dim")


def _write_next(screen: Screen, verified: Verified, verdict: Verdict, session: Session) -> None:
    """The next commands; a command stands whole on its line, so that it can be pasted."""
    steps = list(_next(verified, verdict))
    if steps:
        screen.line()
    for words, why in steps:
        screen.line((f"{why}: ", ""), (safe(session.line(*words)), "bold"))


def _next(verified: Verified, verdict: Verdict) -> Iterator[tuple[tuple[str, ...], str]]:
    found = {one.code for one in verified.summary.sums if not one.known}
    if any("imnet-data repair" in CODES[code].way_out for code in found):
        yield ("repair", "--dry-run"), "what can be mended"
    if found & FROM_COMPARING:
        yield ("duplicates",), "the same images"
    level = max(verdict.level, verified.report.deepest or verdict.level)
    if verdict.looked_at + verdict.unchanged and level < Level.DECODE:
        yield (
            ("verify", *_asked(verified), "--level", Level(level + 1).label),
            "to look deeper",
        )


def _asked(verified: Verified) -> Iterator[str]:
    if verified.expression is not None:
        yield verified.expression
    for option, value in (("--split", verified.split), ("--release", verified.release)):
        if value is not None:
            yield from (option, value)
