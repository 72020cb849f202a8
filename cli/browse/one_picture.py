"""One picture that fills its widget, drawn again where the room changes.

Reading and decoding it is large.py's, the ways of drawing are drawing.py's.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual import on
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip

from imnet_data.cli.browse.over_cells import OverCells
from imnet_data.cli.browse.tiles import on_ground
from imnet_data.cli.drawing import draw
from imnet_data.cli.screen import elide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.cli.browse.looks import Look
    from imnet_data.cli.drawing import Drawn, Terminal


class IsDrawn(Message):
    """A thread has drawn a look for a room of that size."""

    def __init__(self, look: Look, room: tuple[int, int], drawn: Drawn) -> None:
        super().__init__()
        self.look = look
        self.room = room
        self.drawn = drawn


class OnePicture(OverCells):
    """A picture in the middle of the widget, up to four times as large as it is."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal
        self._look: Look | None = None
        self._drawn: Drawn | None = None

    def show(self, look: Look | None) -> None:
        """Show it; None while it is not there yet."""
        self._look = look
        self._draw()

    def on_resize(self) -> None:
        """Draw it for the new room."""
        self._draw()

    def on_unmount(self) -> None:
        """Give the terminal's memory back."""
        self._forget()

    def _draw(self) -> None:
        self._forget()
        self.refresh()
        if self._look is not None and self._look.small is not None and self.size:
            room = self.size.width, self.size.height
            job = partial(self._draw_aside, self._look, room)
            self.run_worker(job, "draw", thread=True, exclusive=True)

    def _draw_aside(self, look: Look, room: tuple[int, int]) -> None:
        """In a thread: a large picture as sixels takes half a second."""
        assert look.small is not None
        drawn = draw(look.small.picture, self._terminal, *room, enlarge=4)
        self.post_message(IsDrawn(look, room, drawn))

    @on(IsDrawn)
    def _is_drawn(self, message: IsDrawn) -> None:
        message.stop()
        if message.look is self._look and message.room == (self.size.width, self.size.height):
            self._drawn = message.drawn
            self.send(message.drawn.before)
            self.refresh()

    def _forget(self) -> None:
        if self._drawn is not None:
            self.send(self._drawn.after)
            self._drawn = None

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        width, ground = self.size.width, self.rich_style
        drawn = self._drawn
        if drawn is None:
            text = self._words if y == self.size.height // 2 else ""
            return Strip([Segment(elide(text, width).center(width), ground)])
        line = y - (self.size.height - drawn.height) // 2
        left = (width - drawn.width) // 2
        if not 0 <= line < drawn.height:
            return Strip([Segment(" " * width, ground)])
        segments = [Segment(" " * left, ground), *on_ground(drawn.lines[line], ground)]
        return Strip(segments).adjust_cell_length(width, ground)

    @property
    def _words(self) -> str:
        if self._look is None or self._look.small is not None:
            return "…"
        return self._look.trouble

    def pictures_over(self) -> Iterator[tuple[Drawn, Offset]]:
        """The picture, where it is drawn as sixels."""
        if (drawn := self._drawn) is not None and drawn.over:
            room = self.size
            yield drawn, Offset((room.width - drawn.width) // 2, (room.height - drawn.height) // 2)
