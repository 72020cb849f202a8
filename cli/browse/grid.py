"""The pictures of a class as a grid of small ones, page by page, and the keys that move in it.

Where they stand is tiles.py's, fetching them page_loading.py's, one picture alone large.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual import on
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip

from imnet_data.amounts import count
from imnet_data.cli.browse.looks import Pictures
from imnet_data.cli.browse.opening import open_in_viewer
from imnet_data.cli.browse.over_cells import OverCells
from imnet_data.cli.browse.page_loading import Paged, PageLoading, Seen
from imnet_data.cli.browse.tiles import GAP, Layout, Styles, Tile, row_of
from imnet_data.cli.drawing import Terminal
from imnet_data.cli.screen import elide
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual import events

    from imnet_data.cli.drawing import Drawn
    from imnet_data.query import ImageQuery
    from imnet_data.records import Image


class PictureGrid(OverCells, can_focus=True):
    """Thumbnails of a query's images, in a draw that is the same each time.

    They are read and drawn by a thread, and a key never waits for one. Enter, or a click on the
    selected picture, posts `Chosen`. `terminal` is what is drawn on: set it before `show()`.
    """

    DEFAULT_CSS = """
    PictureGrid { width: 1fr; height: 1fr; background: $surface;
        & > .grid--soft { color: $text-muted; }
        & > .grid--name { color: $foreground; }
        & > .grid--broken { color: $text-error; }
        & > .grid--selected { text-style: bold underline; }
        &:focus > .grid--selected { text-style: reverse bold; } }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--soft", "grid--name", "grid--broken", "grid--selected",
    }  # fmt: skip

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1, 0)", "Left", show=False),
        Binding("right", "move(1, 0)", "Right", show=False),
        Binding("up", "move(0, -1)", "Up", show=False),
        Binding("down", "move(0, 1)", "Down", show=False),
        Binding("home", "first", "First page", show=False),
        Binding("pageup,left_square_bracket", "page(-1)", "Page before", key_display="["),
        Binding("pagedown,right_square_bracket", "page(1)", "Next page", key_display="]"),
        Binding("enter", "choose", "Large"),
        Binding("o", "open", "Open"),
        Binding("y", "copy", "Copy name"),
        Binding("r", "draw_others", "Other draw"),
    ]

    class Chosen(Message):
        """An image is to be seen large; `beside` are those of the page, with it among them."""

        def __init__(self, image: Image, beside: Sequence[Image]) -> None:
            super().__init__()
            self.image = image
            self.beside = beside

    def __init__(self, *, terminal: Terminal | None = None, id: str | None = None) -> None:  # noqa: A002 - textual's name for it
        super().__init__(id=id)
        self.terminal = terminal or Terminal()
        self.tiles: list[Tile] = []
        self.total = 0
        self._query: ImageQuery | None = None
        self._said = ""
        self._start = self._selected = self._seed = self._run = 0
        self._layout = Layout.of(80, 20, self.terminal)
        self._pictures = Pictures()

    # -- what others ask

    def show(self, images: ImageQuery | None) -> None:
        """Show these images, from the first page on; None for none."""
        self._query = images
        self._seed = self._start = self._selected = 0
        self._load()

    @property
    def selected(self) -> Image | None:
        """The image that the next key is about."""
        return self.tiles[self._selected].image if self._selected < len(self.tiles) else None

    # -- loading

    def _load(self) -> None:
        """Ask for the page; what is still on its way for another is let go."""
        self._run += 1
        self.workers.cancel_node(self)
        self.send("".join(tile.drawn.after for tile in self.tiles if tile.drawn is not None))
        self.tiles, self.total = [], 0
        self._said = "no images" if self._query is None else "…"
        self._tell()
        self.refresh()
        if self._query is None or not self.size:
            return
        loading = PageLoading(
            self._run, self._query, self._start, self._seed, self._layout, self.terminal,
            self._pictures, self.post_message,
        )  # fmt: skip
        self.run_worker(loading, "pictures", thread=True)

    @on(Paged)
    def _page_is_known(self, message: Paged) -> None:
        message.stop()
        if message.run != self._run:
            return
        self.tiles = list(map(Tile, message.images))
        self.total = message.total
        self._said = message.trouble or "no images"
        self._selected = max(min(self._selected, len(self.tiles) - 1), 0)
        self._tell()
        self.refresh()

    @on(Seen)
    def _picture_is_drawn(self, message: Seen) -> None:
        message.stop()
        if message.run != self._run:
            return
        tile = self.tiles[message.at]
        tile.drawn, tile.trouble = message.drawn, message.trouble
        x, y = self._layout.corner(message.at)
        height = self._layout.tile_height
        if tile.drawn is not None and tile.drawn.over:
            # Its cells are blank as they were; writing them anew would wipe those left of it.
            self.draw_over(tile.drawn, Offset(*self._layout.picture_corner(message.at, tile.drawn)))
            y, height = y + height - 1, 1
        elif tile.drawn is not None:
            self.send(tile.drawn.before)
        self.refresh(Region(x, y, self._layout.tile_width, height))

    # -- keys

    def action_move(self, across: int, down: int) -> None:
        """To the picture beside; past an edge of the page to the next one, or the one before."""
        to = self._selected + across + down * self._layout.columns
        if 0 <= to < len(self.tiles):
            self._select(to)
        elif to < 0 < self._start:
            self._turn(-1, to % self._layout.size)
        elif to > 0 and self._has_more:
            self._turn(1, to % self._layout.size)
        elif down > 0 and self._selected // self._layout.columns < self._last_row:
            self._select(len(self.tiles) - 1)

    def action_page(self, pages: int) -> None:
        """Turn the page; the place on it stays."""
        if self._start > 0 > pages or (pages > 0 and self._has_more):
            self._turn(pages, self._selected)

    def action_first(self) -> None:
        """To the first page."""
        self._turn(0, 0)

    def action_draw_others(self) -> None:
        """Another draw of the same images."""
        self._seed += 1
        self.action_first()

    def action_choose(self) -> None:
        """Ask for the selected image to be shown large."""
        if (image := self.selected) is not None:
            self.post_message(self.Chosen(image, [tile.image for tile in self.tiles]))

    def action_open(self) -> None:
        """Open the selected image in the system's viewer."""
        if (image := self.selected) is not None:
            self.notify(open_in_viewer(image), markup=False)

    def action_copy(self) -> None:
        """Copy the selected image's name."""
        if (image := self.selected) is not None:
            self.app.copy_to_clipboard(safe(image.name))
            self.notify(f"copied: {safe(image.name)}", markup=False)

    @property
    def _has_more(self) -> bool:
        return self._start + len(self.tiles) < self.total

    @property
    def _last_row(self) -> int:
        return (len(self.tiles) - 1) // self._layout.columns

    def _turn(self, pages: int, selected: int) -> None:
        self._start = max(self._start + pages * self._layout.size, 0) if pages else 0
        self._selected = selected
        self._load()

    def _select(self, at: int) -> None:
        for each in (self._selected, at):  # their names alone change
            x, y = self._layout.corner(each)
            below = y + self._layout.picture_height
            self.refresh(Region(x, below, self._layout.tile_width, 1))
        self._selected = at

    # -- the mouse and the screen

    def on_resize(self) -> None:
        """Divide the room anew; the page goes on from the same image."""
        self._layout = Layout.of(self.size.width, self.size.height, self.terminal)
        self._load()

    def on_click(self, event: events.Click) -> None:
        """Select what is under the mouse; what is selected already is chosen."""
        at = self._layout.at(event.x, event.y)
        if at is None or at >= len(self.tiles):
            return
        if at == self._selected:
            self.action_choose()
        self._select(at)

    def on_mouse_scroll_down(self) -> None:
        """Turn the page."""
        self.action_page(1)

    def on_mouse_scroll_up(self) -> None:
        """Turn it back."""
        self.action_page(-1)

    def _tell(self) -> None:
        """Which page it is, in the border, where there is one."""
        last = self._start + len(self.tiles)
        words = count(self.total, "image")
        if last - self._start < self.total:
            to = f" to {last:,}" if len(self.tiles) > 1 else ""
            words = f"{self._start + 1:,}{to} of {words}"
        self.border_subtitle = words if self.tiles else ""

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        styles = self._styles
        row, within = divmod(y, self._layout.tile_height)
        first = row * self._layout.columns
        if row >= self._layout.rows or first >= len(self.tiles):
            said = self._said if y == self.size.height // 2 and not self.tiles else ""
            text = elide(said, self.size.width).center(self.size.width)
            return Strip([Segment(text, styles.soft)])
        segments: list[Segment] = []
        for at in range(first, min(first + self._layout.columns, len(self.tiles))):
            selected = at == self._selected
            segments += row_of(self.tiles[at], within, self._layout, styles, selected=selected)
            segments.append(Segment(" " * GAP, styles.ground))
        return Strip(segments).adjust_cell_length(self.size.width, styles.ground)

    def pictures_over(self) -> Iterator[tuple[Drawn, Offset]]:
        """The pictures that are drawn as sixels."""
        for at, tile in enumerate(self.tiles):
            if tile.drawn is not None and tile.drawn.over:
                yield tile.drawn, Offset(*self._layout.picture_corner(at, tile.drawn))

    @property
    def _styles(self) -> Styles:
        kinds = ("soft", "name", "selected", "broken")
        found = (self.get_component_rich_style(f"grid--{kind}") for kind in kinds)
        return Styles(self.rich_style, *found)
