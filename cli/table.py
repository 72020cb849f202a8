"""Tables of plain columns: no rules, numbers at the right, the widest text cut where it must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.cli.screen import cells, elide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.cli.screen import Screen, Span

_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, whether it holds numbers, its style, and how it may be cut.

    `cut` is '' for never, 'end' or 'start' for where text goes when the terminal is too narrow; it
    is never cut below `least` columns.
    """

    heading: str
    number: bool = False
    style: str = ""
    cut: str = ""
    least: int = 12


def write_table(
    screen: Screen,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    indent: int = 0,
    heading: bool = True,
) -> None:
    """Write a heading, unless told not to, and rows of text cells."""
    widths = _widths(columns, rows, heading=heading)
    if screen.width is not None:
        _shrink(widths, columns, screen.width - indent)
    margin: list[Span] = [(" " * indent, "")] if indent else []
    if heading:
        head = [_cell(c.heading, w, c, "bold") for c, w in zip(columns, widths, strict=True)]
        screen.line(*margin, *_spaced(head))
    for row in rows:
        line = [
            _cell(text, width, column, column.style)
            for text, width, column in zip(row, widths, columns, strict=True)
        ]
        screen.line(*margin, *_spaced(line))


def width_of(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> int:
    """How wide a table is where nothing is cut."""
    return sum(_widths(columns, rows, heading=True)) + _GAP * (len(columns) - 1)


def _widths(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, heading: bool
) -> list[int]:
    return [
        max([cells(column.heading) * heading, *(cells(row[at]) for row in rows)])
        for at, column in enumerate(columns)
    ]


def _shrink(widths: list[int], columns: Sequence[Column], room: int) -> None:
    """Take what is too much from the widest columns that may be cut."""
    while sum(widths) + _GAP * (len(widths) - 1) > room:
        able = [at for at, c in enumerate(columns) if c.cut and widths[at] > c.least]
        if not able:
            return
        widths[max(able, key=lambda at: widths[at])] -= 1


def _cell(text: str, width: int, column: Column, style: str) -> Span:
    text = elide(text, width, start=column.cut == "start")
    blank = " " * (width - cells(text))
    return (blank + text if column.number else text + blank, style)


def _spaced(line: Sequence[Span]) -> list[Span]:
    spans: list[Span] = []
    for at, span in enumerate(line):
        if at:
            spans.append((" " * _GAP, ""))
        spans.append(span)
    return spans
