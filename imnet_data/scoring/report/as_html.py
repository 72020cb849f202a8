"""A score as one HTML page that needs nothing else: no file, no network, one script to sort by.

The figures are scored.py's, the diagram reliability_svg.py's, the looks the verification report's.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from imnet_data._version import VERSION
from imnet_data.lasting import written_whole
from imnet_data.scoring import sentences
from imnet_data.scoring.report.reliability_svg import reliability_diagram
from imnet_data.scoring.report.sorting import DIGEST, SCRIPT
from imnet_data.verification.reports.html_text import shown
from imnet_data.verification.reports.style import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.scoring.scored import Score
    from imnet_data.scoring.shares import Share
    from imnet_data.sharding.entry import ClassLabel

_CONFUSIONS: Final = 50
_MORE_STYLE: Final = """
th button { all: unset; cursor: pointer; }
th button:focus-visible { outline: 2px solid var(--bar); }
th[aria-sort] button::after { content: " \\2191"; } th[aria-sort=descending] button::after {
  content: " \\2193"; }
.share { white-space: nowrap; } .share i { display: inline-block; width: 6.5rem; height: .62rem;
  margin-right: .6rem; background: linear-gradient(var(--bar), var(--bar)) left / var(--w) 100%
  no-repeat var(--field); border-radius: 2px; }
.share span { display: inline-block; min-width: 4.2rem; text-align: right;
  font-variant-numeric: tabular-nums; }
svg.reliability { max-width: 26rem; } svg .even { stroke: var(--ink); stroke-dasharray: 4 4;
  fill: none; }
svg.reliability .bar { fill-opacity: .72; } svg .held { fill: var(--soft); fill-opacity: .55; }
.known-best { font-weight: 600; }
""".strip()


def write_page(score: Score, path: str | os.PathLike[str]) -> None:
    """Write the page; it appears whole, and a present file is replaced.

    Raises:
        OSError: it cannot be written; what was at the path before is left alone.
    """
    with written_whole(os.path.abspath(os.fspath(path))) as file:
        file.writelines(piece.encode("utf-8", "backslashreplace") for piece in page(score))


def page(score: Score) -> Iterator[str]:
    """The page, in pieces; every name in it is escaped."""
    yield from _head(score)
    yield from _orders(score)
    if sentences.fault(score) is None:  # of answers in a wrong order nothing more can be told
        yield from _mistakes(score)
        yield from _calibration(score)
        yield from _superclasses(score)
        yield from _confusions(score)
        yield from _classes(score)
    yield f"<script>{SCRIPT}</script>\n</body></html>\n"


def _head(score: Score) -> Iterator[str]:
    main = sentences.headline(score)
    yield (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"script-src '{DIGEST}'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{shown(main)}</title><style>{STYLE}\n{_MORE_STYLE}</style></head>\n<body>"
    )
    yield f"<h1>{shown(main)}</h1>\n"
    if score.top5 is not None:
        yield f"<p>{shown(sentences.figure(score.top5, 'top-5'))}</p>\n"
    wrong = sentences.fault(score)
    if wrong is not None:
        yield f'<p class="broken">{shown(wrong)}</p>\n'
    if score.compared is not None:
        yield f"<p>{shown(sentences.comparison(score.compared, score.compared_to))}</p>\n"
    for sentence in sentences.remarks(score):
        yield f"<p>{shown(sentence)}</p>\n"
    written = time.strftime("%Y-%m-%d %H:%M %Z")
    yield (
        f'<p class="facts">Of the predictions {shown(score.source)}. Written {shown(written)} '
        f"by imnet-data {VERSION}.</p>\n"
    )


def _orders(score: Score) -> Iterator[str]:
    if not score.ordered.tried:
        return
    yield "<h2>Orders of the classes that were tried</h2>\n"
    yield (
        '<table><tr><th>order</th><th class="half">what it is</th><th>top-1</th>'
        '<th class="number">right</th></tr>\n'
    )
    for one in score.ordered.tried:
        best = ' class="known-best"' if one == score.ordered.tried[0] else ""
        yield (
            f"<tr{best}><td>{shown(one.order)}</td><td>{shown(one.words)}</td>"
            f'{_share(one.top1)}<td class="number">{one.top1.correct:,}</td></tr>\n'
        )
    yield "</table>\n"


def _mistakes(score: Score) -> Iterator[str]:
    told = sentences.severity(score)
    if told is not None:
        yield f"<h2>How far off the mistakes are</h2>\n<p>{shown(told)}</p>\n"


def _calibration(score: Score) -> Iterator[str]:
    told, found = sentences.calibration(score), score.calibration
    if told is None or found is None:
        return
    yield "<h2>As often right as it is sure</h2>\n"
    yield f"<p>{shown(told)} A bar that reaches the dashed line is as often right as sure.</p>\n"
    yield f"<figure>{reliability_diagram(found)}</figure>\n"


def _superclasses(score: Score) -> Iterator[str]:
    yield '<h2>By superclass</h2>\n<div class="wide">'
    yield from _sorted_table(
        ("superclass", "classes-", "images-", "top-1-", "within it-"),
        (
            f"<td>{shown(one.group.name)}</td>{_number(len(one.group.classes))}"
            f"{_number(one.top1.total)}{_share(one.top1)}{_share(one.within)}"
            for one in score.superclasses
        ),
    )
    yield "</div>\n"


def _confusions(score: Score) -> Iterator[str]:
    found = score.confusions(_CONFUSIONS)
    if not found:
        return
    yield '<h2>Most confused</h2>\n<div class="wide">'
    yield from _sorted_table(
        ("class", "taken for", "images-", "of-"),
        (
            f"<td>{_named(one.truth)}</td><td>{_named(one.answer)}</td>"
            f"{_number(one.images)}{_number(one.of)}"
            for one in found
        ),
    )
    yield "</div>\n"


def _classes(score: Score) -> Iterator[str]:
    has_five = score.top5 is not None
    heads = ("class", "wnid", "images-", "top-1-", *(["top-5-"] if has_five else []), "answered-")
    yield '<h2>By class</h2>\n<div class="wide">'
    yield from _sorted_table(
        heads,
        (
            f"<td>{shown(one.label.name)}</td><td>{shown(one.label.wnid or '')}</td>"
            f"{_number(one.top1.total)}{_share(one.top1)}"
            f"{'' if one.top5 is None else _share(one.top5)}{_number(one.predicted)}"
            for one in score.classes
        ),
    )
    yield "</div>\n"


def _sorted_table(heads: tuple[str, ...], rows: Iterator[str]) -> Iterator[str]:
    """A table that its reader can sort; a heading with `-` at its end is first sorted down."""
    yield '<table class="sorted"><thead><tr>'
    for head in heads:
        number = head.endswith("-")
        first = ' data-first="descending"' if number else ""
        kind = ' class="number"' if head in ("classes-", "images-", "of-", "answered-") else ""
        words = shown(head.removesuffix("-"))
        yield f'<th{kind} scope="col"><button{first}>{words}</button></th>'
    yield "</tr></thead><tbody>\n"
    for row in rows:
        yield f"<tr>{row}</tr>\n"
    yield "</tbody></table>"


def _named(label: ClassLabel) -> str:
    wnid = "" if label.wnid is None else f' <span class="soft">{shown(label.wnid)}</span>'
    return f"{shown(label.name)}{wnid}"


def _number(value: int) -> str:
    return f'<td class="number" data-n="{value}">{value:,}</td>'


def _share(share: Share) -> str:
    value = 100 * (share.accuracy or 0.0)
    return (
        f'<td class="share" data-n="{value:.6f}"><i style="--w:{value:.1f}%"></i>'
        f"<span>{share.percent()}</span></td>"
    )
