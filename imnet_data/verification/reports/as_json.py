"""A verification as JSON: its numbers, and every finding of what was asked, written as a stream.

A million findings are never held at once, neither here nor where they are read.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from imnet_data.verification.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.verification.findings.finding import Finding
    from imnet_data.verification.findings.summary import Summary
    from imnet_data.verification.reports.file import Verified

FIELDS: Final = (
    "image", "archive", "code", "severity", "message", "known", "split", "release", "wnid", "class",
    "member",
)  # fmt: skip
_encode = json.JSONEncoder().encode


def json_pieces(verified: Verified) -> Iterator[str]:
    """One JSON object, in pieces; `findings` stands last, a line each.

    In ASCII, so that a name that is no text comes back as it is.
    """
    head = json.dumps(_totals(verified), indent=2)
    yield head.removesuffix("\n}")
    yield ',\n  "findings": ['
    before = "\n    "
    for finding in verified.findings:
        yield before + _encode(finding_json(finding))
        before = ",\n    "
    yield "]\n}\n" if before == "\n    " else "\n  ]\n}\n"


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding for other programs."""
    return {
        "image": finding.image,
        "archive": finding.archive,
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "known": finding.known,
        "split": finding.split,
        "release": finding.release,
        "wnid": finding.wnid,
        "class": finding.class_name,
        "member": finding.member,
    }


def _totals(verified: Verified) -> dict[str, Any]:
    report, summary = verified.report, verified.summary
    verdict = Verdict.of(report, summary)
    return {
        "catalogue": verified.catalogue.path,
        "level": verdict.level.label,
        "expression": verified.expression,
        "asked_split": verified.split,
        "asked_release": verified.release,
        "well": verdict.is_well,
        "images": verdict.images,
        "looked_at": verdict.looked_at,
        "unchanged": verdict.unchanged,
        "out_of_reach": verdict.out_of_reach,
        "right": verdict.right,
        "odd": verdict.odd,
        "known": verdict.known,
        "broken": verdict.broken,
        "archives": report.archives,
        "archives_without_checksum": report.untold,
        "copies_not_looked_at": report.copies,
        "whole_copies": report.whole_copies,
        "interrupted": report.interrupted,
        "seconds": round(report.elapsed_s, 3),
        "summary": " ".join(verdict.sentences()),
        "codes": codes_json(summary),
    }


def codes_json(summary: Summary) -> list[dict[str, Any]]:
    """How many findings there are of each code, the gravest first."""
    return [
        {"code": one.code, "severity": one.severity.value, "known": one.known, "count": one.count}
        for one in summary.sums
    ]
