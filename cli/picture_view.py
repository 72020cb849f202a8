"""One picture drawn among a command's lines, as this terminal can show it.

How it is drawn is drawing.py's.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from imnet_data.cli.drawing import Way, draw
from imnet_data.cli.terminal_answers import terminal_of
from imnet_data.pictures.thumbnail import NoPicture, small

if TYPE_CHECKING:
    from imnet_data.cli.drawing import Drawn
    from imnet_data.cli.screen import Screen

_WIDEST = 120


def write_picture(screen: Screen, data: bytes) -> None:
    """Draw an image's bytes, with its size in pixels below; of a broken one what there is."""
    size = shutil.get_terminal_size()
    terminal = terminal_of(sys.stdout.fileno())
    width, height = min(size.columns, _WIDEST), max(size.lines * 2 // 3, 10)
    screen.line()
    try:
        found = small(data, 2 * terminal.side_px(width, height))
    except NoPicture as reason:
        screen.line((f"no picture: {reason}", ""))
        return
    screen.flush()
    _write(draw(found.picture, terminal, width, height), colours=terminal.way is not Way.SHADES)
    words = f"{found.width_px:,} x {found.height_px:,} pixels"
    if not found.is_whole:
        words += ", and it ends before the picture does"
    screen.line((words, "dim"))


def _write(drawn: Drawn, *, colours: bool) -> None:
    from rich.console import Console  # noqa: PLC0415 - 0.1 s, and only where something is drawn
    from rich.segment import Segment, Segments  # noqa: PLC0415

    out = sys.stdout
    out.write(drawn.before)
    if colours:
        rows = [segment for line in drawn.lines for segment in (*line, Segment.line())]
        console = Console(file=out, highlight=False, width=drawn.width + 1)
        if console.color_system == "standard" and os.environ.get("TERM") != "linux":
            # TERM=xterm promises 16 colours; what calls itself so has had 256 for twenty years.
            console = Console(file=out, highlight=False, color_system="256")
        console.print(Segments(rows), end="", soft_wrap=True)
    else:
        out.writelines("".join(part.text for part in line) + "\n" for line in drawn.lines)
    if drawn.over:
        # Over the lines that were left blank for it, then back to below them.
        out.write(f"\x1b7\x1b[{drawn.height}A{drawn.over}\x1b8")
    out.flush()
