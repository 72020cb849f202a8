"""A contact sheet: small pictures in rows, each with its label below it, as one picture.

Making pictures small is thumbnail.py's; which ones, and where the sheet goes, are the caller's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.verification.reports.html_text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

_MARGIN, _GAP = 16, 12
_GROUND, _INK, _SOFT = "#fcfcfb", "#1d1d1b", "#62625d"
_FIELD, _LINE, _BROKEN = "#f3f2ee", "#e2e1dc", "#b3261e"
_MOST_LINES = 3


def contact_sheet(
    pictures: Iterable[tuple[Image | None, str]], *, columns: int, side_px: int, title: str = ""
) -> Image:
    """Pictures in rows of `columns`, each in a square of `side_px` pixels, with its label below.

    A larger picture is made smaller, a smaller one stays as it is; None is drawn as a broken one.
    A label may have three lines, the first in dark; each is cut at the square's width. The sheet
    is in RGB, and fewer pictures than `columns` make it narrower.

    Raises:
        ValueError: there is no picture, or fewer than one column, or a square under 16 pixels.

    >>> from PIL import Image
    >>> sheet = contact_sheet([(Image.new("RGB", (64, 48)), "a"), (None, "b")], columns=4,
    ...                       side_px=64)
    >>> sheet.size
    (172, 111)
    """
    from PIL import Image as Pillow  # noqa: PLC0415 - pillow only where something is drawn
    from PIL import ImageDraw  # noqa: PLC0415

    tiles = list(pictures)
    if not tiles or columns < 1 or side_px < 16:
        raise ValueError("a sheet needs a picture, a column, and squares of 16 pixels or more")
    grid = _Grid.of(tiles, min(columns, len(tiles)), side_px, title)
    sheet = Pillow.new("RGB", grid.size, _GROUND)
    draw = ImageDraw.Draw(sheet)
    if title:
        text = cut(printable(title), grid.size[0] - 2 * _MARGIN, grid.title_font)
        draw.text((_MARGIN, _MARGIN), text, _INK, grid.title_font)
    for at, (picture, label) in enumerate(tiles):
        corner = grid.corner(at)
        _draw_picture(sheet, draw, picture, corner, side_px)
        _draw_label(draw, label, corner, grid)
    return sheet


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the tiles stand, in pixels; `lines` is how many each label has room for."""

    columns: int
    rows: int
    side: int
    lines: int
    top: int
    font: FreeTypeFont | ImageFont
    title_font: FreeTypeFont | ImageFont

    @classmethod
    def of(
        cls, tiles: Sequence[tuple[Image | None, str]], columns: int, side: int, title: str
    ) -> _Grid:
        from PIL import ImageFont  # noqa: PLC0415 - as above

        font = ImageFont.load_default(min(max(side // 12, 10), 16))
        title_font = ImageFont.load_default(18)
        lines = min(max(len(label.split("\n")) for _, label in tiles), _MOST_LINES)
        top = _MARGIN + (18 + _GAP + 4 if title else 0)
        rows = math.ceil(len(tiles) / columns)
        return cls(columns, rows, side, lines, top, font, title_font)

    @property
    def line_height(self) -> int:
        """Pixels from one line of a label to the next."""
        return round(_font_size(self.font) * 1.25)

    @property
    def size(self) -> tuple[int, int]:
        """The sheet's."""
        width = self.columns * (self.side + _GAP) - _GAP
        height = self.rows * self._pitch - _GAP
        return width + 2 * _MARGIN, self.top + height + _MARGIN

    def corner(self, at: int) -> tuple[int, int]:
        """The left top of the tile of a number."""
        row, column = divmod(at, self.columns)
        return _MARGIN + column * (self.side + _GAP), self.top + row * self._pitch

    @property
    def _pitch(self) -> int:
        return self.side + 3 + self.lines * self.line_height + _GAP


def _draw_picture(
    sheet: Image, draw: ImageDraw, picture: Image | None, corner: tuple[int, int], side: int
) -> None:
    x, y = corner
    draw.rectangle((x, y, x + side - 1, y + side - 1), _FIELD, _LINE)
    if picture is None:
        inset = side // 3
        box = (x + inset, y + inset, x + side - 1 - inset, y + side - 1 - inset)
        width = max(side // 40, 2)
        draw.line((box[0], box[1], box[2], box[3]), _BROKEN, width)
        draw.line((box[0], box[3], box[2], box[1]), _BROKEN, width)
        return
    drawn = picture.convert("RGB")
    drawn.thumbnail((side, side))
    sheet.paste(drawn, (x + (side - drawn.width) // 2, y + (side - drawn.height) // 2))


def _draw_label(draw: ImageDraw, label: str, corner: tuple[int, int], grid: _Grid) -> None:
    x, y = corner
    for at, line in enumerate(label.split("\n")[: grid.lines]):
        text = cut(printable(line), grid.side, grid.font)
        place = (x, y + grid.side + 3 + at * grid.line_height)
        draw.text(place, text, _SOFT if at else _INK, grid.font)


def cut(text: str, width_px: int, font: FreeTypeFont | ImageFont) -> str:
    """A text that is no wider than some pixels, with dots in its middle where some was cut.

    Names of one class begin alike, and end differently.
    """
    kept = len(text)
    shorter = text
    while kept and font.getlength(shorter) > width_px:
        kept -= 1
        shorter = f"{text[: (kept + 1) // 2]}...{text[len(text) - kept // 2 :]}"
    return shorter


def _font_size(font: FreeTypeFont | ImageFont) -> float:
    """In pixels; Pillow without FreeType has one font of eleven."""
    return getattr(font, "size", 11)
