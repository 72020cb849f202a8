"""A verification as one HTML page that needs nothing else: no script, no file, no network.

The charts are chart_svg.py's and size_chart.py's, the pictures contact_sheet.py's.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from imnet_data._version import VERSION
from imnet_data.amounts import count, duration
from imnet_data.progress import job
from imnet_data.query import EVERY_RELEASE
from imnet_data.verification.codes import CODES
from imnet_data.verification.reports.archives_table import archive_table
from imnet_data.verification.reports.charts import class_charts, size_chart
from imnet_data.verification.reports.contact_sheet import MOST, sheets
from imnet_data.verification.reports.html_text import shown
from imnet_data.verification.reports.style import STYLE
from imnet_data.verification.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.progress import Progress
    from imnet_data.verification.findings.summary import CodeSum, Summary
    from imnet_data.verification.reports.file import Verified

# Archives and classes that are named in the table; of more, how many there are.
_NAMED = 8


def page(verified: Verified, *, progress: Progress, workers: int = 1) -> Iterator[str]:
    """The page, in pieces; `workers` 0 draws the pictures in this process.

    Every name in it is escaped, and pictures are drawn anew: no byte of an archive gets into it.
    """
    # A page shows more of each code than the command does.
    unreached = verified.report.unreached
    summary = verified.findings.summary(examples=MOST, unreached=unreached)
    verdict = Verdict.of(verified.report, summary)
    yield from _head(verified, verdict)
    yield from _codes(summary)
    yield from _sheets(summary, progress, workers)
    yield from class_charts(verified, summary)
    yield from size_chart(verified, progress)
    yield from archive_table(verified)
    for sentence in verdict.limits():
        yield f"<p>{shown(sentence)}</p>\n"
    yield "</body></html>\n"


def _head(verified: Verified, verdict: Verdict) -> Iterator[str]:
    main, *further = verdict.sentences()
    yield (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        # Said to the browser too: this page asks for nothing and runs nothing.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{shown(main)}</title><style>{STYLE}</style></head>\n<body>"
    )
    yield f"<h1>{shown(main)}</h1>\n"
    for sentence in further:
        yield f"<p>{shown(sentence)}</p>\n"
    report = verified.report
    asked = [
        f"of {verified.expression}" if verified.expression else "",
        f"split {verified.split}" if verified.split else "",
        f"release {verified.release}"
        if verified.release and verified.release != EVERY_RELEASE
        else "",
    ]
    words = ", ".join(filter(None, asked))
    facts = (
        f"Verified at level {verdict.level.label}{': ' + words if words else ''}. "
        f"{count(report.looked_at, 'image')} looked at in {duration(report.elapsed_s)}, "
        f"{report.unchanged:,} verified before and unchanged since. "
        f"Written {time.strftime('%Y-%m-%d %H:%M %Z')} by imnet-data {VERSION} from "
        f"{verified.catalogue.path}."
    )
    yield f'<p class="facts">{shown(facts)}</p>\n'


def _codes(summary: Summary) -> Iterator[str]:
    yield "<h2>What was found</h2>\n"
    if not summary.sums:
        yield "<p>Nothing.</p>\n"
        return
    yield (
        '<div class="wide"><table><tr><th>severity</th><th>code</th><th class="number">count</th>'
        '<th class="half">what it is</th><th class="half">what to do</th></tr>\n'
    )
    for one in summary.sums:
        code = CODES[one.code]
        way_out = "nothing: it was published like this" if one.known else code.way_out
        label = f'<a href="#{_anchor(one)}">{one.code}</a>' if one.subject == "image" else one.code
        yield (
            f'<tr><td>{_severity(one)}</td><td class="whole">{label}</td>'
            f'<td class="number">{one.count:,}</td><td>{_what(one)}</td>'
            f"<td>{shown(way_out)}</td></tr>\n"
        )
    yield "</table></div>\n"


def _what(one: CodeSum) -> str:
    """The code's sentence, in HTML; below it some archives or classes, with what each has."""
    lines = [CODES[one.code].message]
    if one.subject != "image":
        named = one.examples[:_NAMED]
        lines += [": ".join(filter(None, (each.subject, each.detail))) for each in named]
        if one.count > len(named):
            lines.append(f"and {one.count - len(named):,} more")
    return "<br>".join(map(shown, lines))


def _sheets(summary: Summary, progress: Progress, workers: int) -> Iterator[str]:
    sums = list(summary.of(subject="image"))
    if not sums:
        return
    yield "<h2>The images</h2>\n"
    with job(progress, "pictures for the report", None, "images"):
        for one, sheet in sheets(sums, workers=workers):
            several = f"{len(one.examples):,} of {count(one.count, 'image')}"
            number = several if one.count > len(one.examples) else count(one.count, "image")
            yield (
                f'<h3 id="{_anchor(one)}">{_severity(one)} {one.code}</h3>\n'
                f'<p class="soft">{shown(CODES[one.code].message)} {number}.</p>\n{sheet}\n'
            )


def _anchor(one: CodeSum) -> str:
    return f"{one.code}-{one.word}"


def _severity(one: CodeSum) -> str:
    return f'<span class="{one.word}">{one.word}</span>'
