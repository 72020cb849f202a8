"""Findings as CSV, a line each, however many there are.

Counts and sentences are the other forms'.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from imnet_data.verification.reports.as_json import FIELDS, finding_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imnet_data.verification.findings.finding import Finding


def csv_pieces(findings: Iterable[Finding]) -> Iterator[str]:
    """A heading and a line a finding; what does not apply is an empty cell, `known` 0 or 1."""
    yield _line(FIELDS)
    for finding in findings:
        row = finding_json(finding)
        row["known"] = int(row["known"])
        yield _line(["" if row[key] is None else str(row[key]) for key in FIELDS])


def _line(cells: Iterable[str]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow(cells)
    return file.getvalue()
