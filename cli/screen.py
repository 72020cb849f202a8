"""Standard output as lines of styled spans: coloured and cut to width on a terminal, else plain.

rich is loaded only where there are colours to draw; what is piped on is written as it is.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from rich.console import Console

# A text and rich's name for its style, '' for none. The styles are few and hold on a light and on
# a dark ground alike: bold, dim, cyan, green, red.
Span = tuple[str, str]

# Narrower than this nothing can be laid out; the terminal folds the lines itself.
_NARROWEST = 40


class Screen:
    """A place to write lines; `width` is the terminal's in columns, None where it is none."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        self.is_terminal = self._stream.isatty()
        self.width = max(_columns(), _NARROWEST) if self.is_terminal else None
        self._console = _console(self._stream) if self.is_terminal else None

    def line(self, *spans: Span) -> None:
        """Write one line; blanks at its end are left out."""
        if self._console is None:
            self._stream.write("".join(text for text, _ in spans).rstrip() + "\n")
            return
        from rich.text import Text  # noqa: PLC0415 - only where something is drawn

        text = Text.assemble(*spans)
        text.rstrip()
        self._console.print(text, soft_wrap=True)

    def flush(self) -> None:
        """Send what is written so far, before another writer goes on."""
        self._stream.flush()


def cells(text: str) -> int:
    """The columns that a text takes on a terminal; a Chinese character takes two."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - only where a text is not plain ASCII

    return cell_len(text)


def elide(text: str, width: int, *, start: bool = False) -> str:
    """A text cut to some columns with an ellipsis, at its end or its start.

    >>> elide("golden_retriever.n.01", 10), elide("/data/train.tar", 10, start=True)
    ('golden_re…', '…train.tar')
    """
    if cells(text) <= width:
        return text
    kept = text
    while kept and cells(kept) > width - 1:
        kept = kept[1:] if start else kept[:-1]
    return f"…{kept}" if start else f"{kept}…"


def fold(
    items: Sequence[Span], width: int | None, *, indent: int, comma: str = ", "
) -> list[list[Span]]:
    """Items on as many lines as they need, each line after the first to be indented by the caller.

    Every line has `width - indent` columns; an item is never broken.
    """
    room = None if width is None else width - indent
    lines: list[list[Span]] = [[]]
    used = 0
    for at, (text, style) in enumerate(items):
        last = at == len(items) - 1
        taken = cells(text) + (0 if last else len(comma.rstrip()))
        if room is not None and used and used + taken > room:
            lines.append([])
            used = 0
        lines[-1].append((text, style))
        used += cells(text)
        if not last:
            lines[-1].append((comma, ""))
            used += len(comma)
    return lines


def _columns() -> int:
    return shutil.get_terminal_size().columns


def _console(stream: TextIO) -> Console | None:
    # rich keeps bold and dim under NO_COLOR; plain text is what people ask for with it.
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return None
    from rich.console import Console  # noqa: PLC0415 - 0.1 s, and only for terminals

    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
