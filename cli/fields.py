"""Facts with a label in front of each, folded under themselves where they are long."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from imnet_data.cli.screen import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.cli.screen import Screen, Span

_INDENT = 12


def write_field(
    screen: Screen, label: str, items: Sequence[Span | str], *, comma: str = ", "
) -> None:
    """Write a label and its items, one after the other on as many lines as they need."""
    spans = [(item, "") if isinstance(item, str) else item for item in items]
    head = label.ljust(_INDENT)
    for line in fold(spans, screen.width, indent=_INDENT, comma=comma):
        screen.line((head, "bold"), *line)
        head = " " * _INDENT


def write_prose(screen: Screen, text: str, style: str = "") -> None:
    """Write a sentence or more, broken between words on a terminal."""
    lines = [text] if screen.width is None else textwrap.wrap(text, screen.width)
    for line in lines:
        screen.line((line, style))
