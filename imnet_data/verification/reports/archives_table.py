"""The archives in the HTML report: what each holds, what was found of it, and when it was verified.

Findings of the images in them are the rest of the page.
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

from imnet_data.amounts import size
from imnet_data.splits import Split
from imnet_data.verification.codes import FROM_ARCHIVES
from imnet_data.verification.findings.asked import archives_with
from imnet_data.verification.findings.chosen import Chosen
from imnet_data.verification.levels import Level
from imnet_data.verification.reports.html_text import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.verification.findings.finding import Finding
    from imnet_data.verification.reports.file import Verified

# A full release has 21,841 archives: those with faults are named first, and so many in all.
_MOST = 200


def archive_table(verified: Verified) -> Iterator[str]:
    """A line an archive, those with findings first."""
    found = _found(verified)
    split = None if verified.split is None else Split.of(verified.split)
    asked = archives_with(verified.catalogue, split, verified.release)
    archives = sorted(asked, key=lambda one: (one.path not in found, one.path))
    times = verified.findings.archive_times()
    yield (
        '<h2>Archives</h2>\n<div class="wide"><table><tr><th>archive</th><th>release</th>'
        '<th>splits</th><th class="number">images</th><th class="number">size</th>'
        "<th>state</th><th>last verified</th></tr>\n"
    )
    for archive in archives[:_MOST]:
        yield (
            f"<tr><td>{shown(archive.path)}</td><td>{shown(archive.release)}</td>"
            f"<td>{shown(', '.join(archive.splits))}</td>"
            f'<td class="number">{archive.images:,}</td>'
            f'<td class="number">{size(archive.file_size)}</td>'
            f"<td>{_state(found.get(archive.path, []))}</td>"
            f'<td class="whole">{_when(times.get(archive.id))}</td></tr>\n'
        )
    yield "</table></div>\n"
    if len(archives) > _MOST:
        yield f"<p>… and {len(archives) - _MOST:,} more archives.</p>\n"


def _found(verified: Verified) -> dict[str, list[Finding]]:
    """The findings of archives as a whole, by path."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in verified.findings.only(Chosen.of(FROM_ARCHIVES)):
        if finding.archive is not None:
            found[finding.archive].append(finding)
    return found


def _state(findings: list[Finding]) -> str:
    if not findings:
        return "as indexed"
    return "<br>".join(
        f'<span class="{one.severity.value}">{one.code.removeprefix("archive-")}</span>'
        for one in findings
    )


def _when(known: tuple[int, int] | None) -> str:
    if known is None:
        return "not yet"
    level, at = known
    return f"{time.strftime('%Y-%m-%d', time.localtime(at))}, {Level(level).label}"
