"""How a picture is drawn in this terminal: kitty's graphics, sixels, or coloured blocks.

What the terminal can do is terminal_answers.py's; each way is in a file of its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from rich.segment import Segment


# Of a terminal that does not tell; most are higher than wide by two.
CELL_PX = (10, 20)


class Way(StrEnum):
    """How pictures are drawn; SHADES is for terminals that are to show no colour."""

    KITTY = "kitty"
    SIXEL = "sixel"
    BLOCKS = "blocks"
    SHADES = "shades"


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a terminal can draw, and how large its cells are in pixels, as far as it tells."""

    way: Way = Way.BLOCKS
    cell_width_px: int = CELL_PX[0]
    cell_height_px: int = CELL_PX[1]

    def pixels_of(self, width: int, height: int) -> tuple[int, int]:
        """The pixels that some cells can show."""
        if self.way is Way.BLOCKS:
            return 2 * width, 2 * height
        if self.way is Way.SHADES:
            return width, height
        return width * self.cell_width_px, height * self.cell_height_px

    def side_px(self, width: int, height: int) -> int:
        """How long a picture's longer side has to be to be drawn in some cells without loss."""
        return max(self.pixels_of(width, height))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as a terminal takes it, `width` by `height` cells.

    `lines` are its rows of segments, each `width` cells. `before` is sent once, before any of
    them; `over`, where there is one, at the picture's left top after them, and again whenever they
    were written over. `after` gives the terminal's memory back.
    """

    width: int
    height: int
    lines: list[list[Segment]]
    before: str = field(default="", repr=False)
    over: str = field(default="", repr=False)
    after: str = ""


def draw(
    picture: Image, terminal: Terminal, width: int, height: int, *, enlarge: float = 2.0
) -> Drawn:
    """A picture in RGB as large as fits into some cells, and no more than `enlarge` times its size.

    >>> from PIL import Image
    >>> draw(Image.new("RGB", (100, 50)), Terminal(), 20, 20, enlarge=9).height
    5
    """
    across, down = fit(picture.size, terminal, width, height, enlarge=enlarge)
    small = picture.resize(terminal.pixels_of(across, down), reducing_gap=2.0)
    # Each way loads what it alone needs.
    match terminal.way:
        case Way.KITTY:
            from imnet_data.cli.kitty import kitty_drawn  # noqa: PLC0415 - as above

            return kitty_drawn(small, across, down)
        case Way.SIXEL:
            from imnet_data.cli.sixels import sixels  # noqa: PLC0415 - as above

            return Drawn(across, down, _blank(across, down), over=sixels(small))
        case Way.BLOCKS:
            from imnet_data.cli.blocks import block_lines  # noqa: PLC0415 - as above

            return Drawn(across, down, block_lines(small))
        case Way.SHADES:
            from imnet_data.cli.blocks import shade_lines  # noqa: PLC0415 - as above

            return Drawn(across, down, shade_lines(small))


def fit(
    size_px: tuple[int, int], terminal: Terminal, width: int, height: int, *, enlarge: float
) -> tuple[int, int]:
    """The cells that a picture takes, its sides in proportion; one at least.

    >>> fit((500, 375), Terminal(), 40, 40, enlarge=2)
    (40, 15)
    """
    aspect = terminal.cell_height_px / terminal.cell_width_px
    # Of what a cell can show, across; what it shows down counts as often as the cell is higher.
    grain = terminal.pixels_of(1, 1)[0]
    room_px = (width * grain, height * grain * aspect)
    scale = min(room_px[0] / size_px[0], room_px[1] / size_px[1], enlarge)
    across = round(size_px[0] * scale / grain)
    down = round(size_px[1] * scale / (grain * aspect))
    return min(max(across, 1), width), min(max(down, 1), height)


def _blank(width: int, height: int) -> list[list[Segment]]:
    from rich.segment import Segment  # noqa: PLC0415 - only where something is drawn

    return [[Segment(" " * width)] for _ in range(height)]
