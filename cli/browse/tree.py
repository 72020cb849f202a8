"""The tree on the screen: its rows drawn as they come into sight, its keys and its mouse.

Which rows there are is outline.py's, how one looks tree_row.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from imnet_data.cli.browse import tree_row
from imnet_data.cli.browse.outline import Outline
from imnet_data.cli.browse.tree_row import Columns, Look

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from textual import events
    from textual.binding import BindingType

    from imnet_data.cli.browse.outline import Row
    from imnet_data.cli.browse.world import Path, World
    from imnet_data.cli.screen import Span

_HEAD = 1  # the heading's line, which stays where it is
_EDGE = 2  # lines that are kept in sight above and below the cursor
# The cursor is drawn in reverse, which every terminal has, in colour or without.
_CURSOR, _CURSOR_ELSEWHERE = Style(reverse=True), Style(reverse=True, dim=True)


class ClassTree(ScrollView, can_focus=True):
    """All classes below their parents; `at` is the row of the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "edge(0)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("right,l", "inward", show=False),
        Binding("left,h", "outward", show=False),
        Binding("enter", "turn", show=False),
    ]

    class Moved(Message):
        """The cursor is on another row, or on the same in another world."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    def __init__(self, *, id: str) -> None:  # noqa: A002 - textual's own name for it
        super().__init__(id=id)
        self.outline: Outline | None = None
        self.at = 0
        # What marks there are is the app's to know.
        self.mark_of: Callable[[int], bool | None] = lambda _: None
        self.taken: Collection[int] = frozenset()
        self._world: World | None = None

    # -- what it shows

    @property
    def row(self) -> Row | None:
        """The row of the cursor."""
        return None if self.outline is None else self.outline.rows[self.at]

    def see(self, world: World, *, with_images: bool) -> None:
        """Show a world; the cursor stays on its row, or on the nearest above it."""
        path = None if self.row is None else self.row.path
        if self.outline is None:
            self.outline = Outline(world, with_images=with_images)
        else:
            self.outline.become(world, with_images=with_images)
        self._world = world
        self._changed()
        self._put(0 if path is None else self.outline.nearest(path), told=True)

    def go(self, path: Path) -> None:
        """Put the cursor on a path's row, with what is above it open."""
        if self.outline is not None:
            at = self.outline.reveal(path)
            self._changed()
            self._put(at, centred=True, told=True)

    def open_here(self) -> None:
        """Open the row of the cursor."""
        if self.outline is not None:
            self.outline.open(self.at)
            self._changed()

    def open_to_fork(self) -> None:
        """Open the row of the cursor, and below it as long as there is one way alone."""
        if self.outline is not None:
            self.outline.open_to_fork(self.at)
            self._changed()

    # -- keys

    def action_move(self, by: int) -> None:
        """Move by some rows."""
        self._put(self.at + by)

    def action_page(self, by: int) -> None:
        """Move by what is in sight."""
        self._put(self.at + by * max(self._sight - 1, 1))

    def action_edge(self, end: int) -> None:
        """Move to the first row or the last."""
        self._put(end and self.virtual_size.height)

    def action_turn(self) -> None:
        """Open or close a row."""
        if self.outline is not None and (row := self.row) is not None:
            (self.outline.close if row.is_open else self.outline.open)(self.at)
            self._changed()

    def action_inward(self) -> None:
        """Open a row, or of an open one move to the first below it."""
        row = self.row
        if row is None or not row.has_children:
            return
        if row.is_open:
            self._put(self.at + 1)
        else:
            self.action_turn()

    def action_outward(self) -> None:
        """Close a row, or of a closed one move to that above it."""
        row = self.row
        if row is None or self.outline is None:
            return
        if row.is_open:
            self.action_turn()
        elif row.parent is not None:
            self._put(self.outline.nearest(row.path[:-1]))

    def on_click(self, event: events.Click) -> None:
        """Go to the row under the mouse; on its arrow, or with two clicks, open or close it."""
        place = event.get_content_offset(self)
        if place is None or place.y < _HEAD or self.outline is None:
            return
        at = place.y - _HEAD + self.scroll_offset.y
        if at >= len(self.outline.rows):
            return
        self._put(at)
        columns = self._columns
        arrow = 2 + columns.step * self.outline.rows[at].level
        if event.chain == 2 or arrow <= place.x < arrow + 2:
            self.action_turn()

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """One line of what is in sight."""
        width = self.scrollable_content_region.width
        if self._world is None or self.outline is None:
            text = "  reading WordNet …" if y == 0 else ""
            return _strip([(text.ljust(width)[:width], "dim")])
        columns = self._columns
        if y < _HEAD:
            head = tree_row.heading(columns, width, has_images=self._world.has_images)
            return _strip(head)
        at = y - _HEAD + self.scroll_offset.y
        if at >= len(self.outline.rows):
            return Strip.blank(width)
        row = self.outline.rows[at]
        look = Look(
            self.mark_of(row.synset), row.synset in self.taken, len(self._world.parents(row.synset))
        )
        cursor = (_CURSOR if self.has_focus else _CURSOR_ELSEWHERE) if at == self.at else None
        return _strip(tree_row.spans(row, self._world, look, columns, width), cursor)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._follow()

    @property
    def _columns(self) -> Columns:
        assert self._world is not None
        return Columns.of(self.scrollable_content_region.width, self._world)

    @property
    def _sight(self) -> int:
        """How many rows are in sight."""
        return max(self.scrollable_content_region.height - _HEAD, 1)

    def _changed(self) -> None:
        """Other rows are to be seen."""
        assert self.outline is not None
        self.virtual_size = Size(0, len(self.outline.rows) + _HEAD)
        self.refresh()

    def _put(self, at: int, *, centred: bool = False, told: bool = False) -> None:
        """Put the cursor on a row, and tell of it if it is another."""
        if self.outline is None:
            return
        at = min(max(at, 0), len(self.outline.rows) - 1)
        if at != self.at or told:
            self.at = at
            self.refresh()
            self.post_message(self.Moved(self.outline.rows[at]))
        self._follow(centred=centred)

    def _follow(self, *, centred: bool = False) -> None:
        """Scroll so that the cursor is in sight, with a few rows around it."""
        top, sight = self.scroll_offset.y, self._sight
        edge = sight // 2 if centred else min(_EDGE, (sight - 1) // 2)
        if self.at - edge < top or self.at + edge >= top + sight:
            first = self.at - edge if self.at - edge < top else self.at + edge - sight + 1
            self.scroll_to(y=max(first, 0), animate=False, immediate=True, force=True)


def _strip(spans: list[Span], over: Style | None = None) -> Strip:
    """Pieces as a line; with `over` all in one style, as a cursor has it."""
    segments = [
        Segment(text, over if over is not None else Style.parse(style) if style else None)
        for text, style in spans
    ]
    return Strip(segments)
