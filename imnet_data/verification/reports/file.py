"""A verification's report as a file, which appears whole: its form, and what it is made of.

The forms themselves are report_html.py's, report_json.py's and report_csv.py's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.lasting import written_whole
from imnet_data.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.catalogue import Catalogue
    from imnet_data.progress import Progress
    from imnet_data.verification.findings.reading import Findings
    from imnet_data.verification.findings.summary import Summary
    from imnet_data.verification.report import VerifyReport

FORMS = ("html", "json", "csv")


@dataclass(frozen=True, slots=True)
class Verified:
    """A verification with what it found: what every form of report is made of.

    `expression`, `split` and `release` are what was asked for, None for all.
    """

    catalogue: Catalogue
    report: VerifyReport
    findings: Findings
    summary: Summary
    expression: str | None = None
    split: str | None = None
    release: str | None = None


def form_of(path: str | os.PathLike[str]) -> str:
    """The form that a report's name asks for: `html`, `json` or `csv`.

    Raises:
        ValueError: it asks for none of them.

    >>> form_of("health.HTML")
    'html'
    """
    form = os.path.splitext(os.fspath(path))[1].removeprefix(".").lower()
    if form not in FORMS:
        raise ValueError(f"{os.fspath(path)!r} ends in none of .{', .'.join(FORMS)}")
    return form


def write_report(
    verified: Verified, path: str | os.PathLike[str], *, progress: Progress | None = None
) -> None:
    """Write a report; the name's ending says in which form. A present file is replaced.

    Raises:
        ValueError: the name asks for no form.
        OSError: it cannot be written; what was at the path before is left alone.
    """
    pieces = _pieces(verified, form_of(path), progress or Silent())
    with written_whole(os.path.abspath(os.fspath(path))) as file:
        # Names may hold bytes that are no text; the forms escape them, and this catches the rest.
        file.writelines(piece.encode("utf-8", "backslashreplace") for piece in pieces)


def _pieces(verified: Verified, form: str, progress: Progress) -> Iterator[str]:
    # Each form loads what it alone needs: Pillow and numpy are the page's.
    if form == "html":
        from imnet_data.verification.reports.as_html import page  # noqa: PLC0415 - as above

        return page(verified, progress=progress)
    if form == "json":
        from imnet_data.verification.reports.as_json import json_pieces  # noqa: PLC0415 - as above

        return json_pieces(verified)
    from imnet_data.verification.reports.as_csv import csv_pieces  # noqa: PLC0415 - as above

    return csv_pieces(verified.findings)
