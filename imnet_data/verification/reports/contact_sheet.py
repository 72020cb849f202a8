"""A contact sheet: the pictures of a code's findings, in HTML, each with its name and what it has.

Drawing them small is thumbnails.py's.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from imnet_data.verification.reports.html_text import shown
from imnet_data.verification.reports.thumbnails import Thumbnail, thumbnails

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.verification.findings.finding import Finding
    from imnet_data.verification.findings.summary import CodeSum

MOST = 24
# Decoding these ended a process before, or is known to take too much: they are not tried again.
_NOT_DRAWN = {
    "decoder-crashed": "not drawn: decoding it ended a process",
    "huge": "not drawn: too many pixels",
    "empty": "no bytes",
}


def sheets(sums: Sequence[CodeSum], *, workers: int = 1) -> Iterator[tuple[CodeSum, str]]:
    """The sheet of each code that is about images, of its examples; no more than 24 are drawn.

    They are drawn together, so that there is one worker to start; with `workers` 0, in this
    process.
    """
    drawn: dict[tuple[int, int], Thumbnail | str] = {}
    places = {}
    for at, one in enumerate(sums):
        for number, finding in enumerate(one.examples[:MOST]):
            key = at, number
            if one.code in _NOT_DRAWN or finding.place is None:
                drawn[key] = _NOT_DRAWN.get(one.code, "no place to read it from")
            else:
                places[key] = finding.place
    drawn |= dict(thumbnails(places.items(), workers=workers))
    for at, one in enumerate(sums):
        seen = [drawn[at, number] for number, _ in enumerate(one.examples[:MOST])]
        tiles = "".join(map(tile, one.examples, seen))
        # Where no picture is to be seen, no room is left for any.
        kind = "sheet" if any(isinstance(one, Thumbnail) for one in seen) else "sheet bare"
        yield one, f'<ul class="{kind}">{tiles}</ul>'


def tile(finding: Finding, drawn: Thumbnail | str) -> str:
    """One image: its picture or why there is none, its name, what was found."""
    if isinstance(drawn, Thumbnail):
        data = base64.b64encode(drawn.jpeg).decode("ascii")
        picture = f'<img alt="" loading="lazy" src="data:image/jpeg;base64,{data}">'
        lines = [f"{drawn.width_px:,} x {drawn.height_px:,} pixels"]
    else:
        picture, lines = f"<span>{shown(drawn)}</span>", []
    # The code's own sentence stands above the sheet.
    lines.append(finding.detail)
    split = finding.split if finding.split != "none" else None
    where = " ".join(filter(None, (finding.class_name, finding.release, split)))
    text = "".join(f"{shown(line)}<br>" for line in lines if line)
    return (
        f'<li><div class="picture">{picture}</div><b>{shown(finding.image)}</b>'
        f'{text}<span class="soft">{shown(where)}</span></li>'
    )
