"""Where the pictures of a page stand in a grid of cells, and what each shows.

Reading and decoding them is looks.py's, the widget grid.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment

from imnet_data.cli.drawing import Terminal, Way
from imnet_data.cli.screen import cells, elide
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.style import Style

    from imnet_data.cli.drawing import Drawn
    from imnet_data.records import Image

# Cells that a picture has across, or some more; of blocks it takes more to be told apart.
_WIDE, _WIDE_BLOCKS = 18, 24
GAP = 2
_ROOM_FOR_TWO = 28
_LEAST = 3  # rows of a picture, in however little room


@dataclass(slots=True)
class Tile:
    """An image of the page; `drawn` is None until it is, and `trouble` says why it never will be.

    `words` are what stands below it: its name.
    """

    image: Image
    drawn: Drawn | None = None
    trouble: str = ""

    @property
    def words(self) -> str:
        """Its name, safe to show."""
        return safe(self.image.name)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a page divides `width` by `height` cells: `columns` by `rows` tiles.

    A tile is `tile_width` cells wide, and its picture `picture_height` high; below it is its name.
    """

    width: int
    height: int
    columns: int
    rows: int
    tile_width: int
    picture_height: int

    @classmethod
    def of(cls, width: int, height: int, terminal: Terminal) -> Layout:
        """The layout of some room in a terminal.

        >>> Layout.of(80, 20, Terminal()).rows, Layout.of(80, 20, Terminal()).columns
        (2, 3)
        """
        wide = _WIDE if terminal.way in (Way.KITTY, Way.SIXEL) else _WIDE_BLOCKS
        aspect = terminal.cell_height_px / terminal.cell_width_px
        columns = max((width + GAP) // (wide + GAP), 2 if width >= _ROOM_FOR_TWO else 1)
        tile_width = max((width + GAP) // columns - GAP, 1)
        # Most photographs are four by three.
        wanted = max(round(tile_width * 0.75 / aspect), _LEAST)
        rows = max(height // (wanted + 1), 1)
        picture_height = max(min(height // rows - 1, wanted + 2), 1)
        return cls(width, height, columns, rows, tile_width, picture_height)

    @property
    def tile_height(self) -> int:
        """A tile's rows, with the one of its name."""
        return self.picture_height + 1

    @property
    def size(self) -> int:
        """Tiles of a page."""
        return self.columns * self.rows

    def corner(self, at: int) -> tuple[int, int]:
        """The left top of the tile of a number, in cells (x, y)."""
        row, column = divmod(at, self.columns)
        return column * (self.tile_width + GAP), row * self.tile_height

    def at(self, x: int, y: int) -> int | None:
        """The number of the tile at some cell, None in a gap."""
        column, within = divmod(x, self.tile_width + GAP)
        row = y // self.tile_height
        if within >= self.tile_width or column >= self.columns or row >= self.rows:
            return None
        return row * self.columns + column

    def picture_corner(self, at: int, drawn: Drawn) -> tuple[int, int]:
        """Where a picture stands: in the middle of its tile, at the bottom, above its name."""
        x, y = self.corner(at)
        return x + (self.tile_width - drawn.width) // 2, y + self.picture_height - drawn.height


@dataclass(frozen=True, slots=True)
class Styles:
    """How a grid looks: its ground, words that matter less, and three kinds of names."""

    ground: Style
    soft: Style
    name: Style
    selected: Style
    broken: Style


def row_of(
    tile: Tile, row: int, layout: Layout, styles: Styles, *, selected: bool
) -> list[Segment]:
    """A row of a tile, from 0: of its picture, or below that its name."""
    if row < layout.picture_height:
        return _picture_row(tile, row, layout, styles)
    style = styles.broken if tile.trouble else styles.name
    return [_name(tile, layout.tile_width, styles.selected if selected else style)]


def _picture_row(tile: Tile, row: int, layout: Layout, styles: Styles) -> list[Segment]:
    width, drawn = layout.tile_width, tile.drawn
    if drawn is None:
        said = tile.trouble if row == layout.picture_height // 2 else ""
        return [Segment(_middle(elide(said, width), width), styles.soft)]
    line = row - (layout.picture_height - drawn.height)
    if not 0 <= line < drawn.height:
        return [Segment(" " * width, styles.ground)]
    left = (width - drawn.width) // 2
    return [
        Segment(" " * left, styles.ground),
        *on_ground(drawn.lines[line], styles.ground),
        Segment(" " * (width - drawn.width - left), styles.ground),
    ]


def on_ground(line: Sequence[Segment], ground: Style) -> Iterable[Segment]:
    """A line of a picture on some ground, where it does not cover that itself."""
    style = line[0].style
    return line if style and style.bgcolor else Segment.apply_style(line, ground)


def _name(tile: Tile, width: int, style: Style) -> Segment:
    words = f"✗ {tile.words}" if tile.trouble else tile.words
    # Of ImageNet's names the end is what differs.
    return Segment(_middle(elide(words, width, start=not tile.trouble), width), style)


def _middle(text: str, width: int) -> str:
    left = (width - cells(text)) // 2
    return " " * left + text + " " * (width - cells(text) - left)
