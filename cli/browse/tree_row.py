"""One line of the tree as styled pieces: guides, name, signs at the left, numbers at the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.cli.screen import cells, elide
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from imnet_data.cli.browse.outline import Row
    from imnet_data.cli.browse.world import World
    from imnet_data.cli.screen import Span

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_UNITS = "kMG"
# From these widths on there is room for more columns, and for guides of two signs a level.
_WIDE, _WIDER = 46, 62


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands at the right of a tree of some width, in signs; 0 for a column that is not there.

    Numbers are written out where there is room for it.
    """

    own: int
    in_all: int
    bar: int
    step: int

    @classmethod
    def of(cls, width: int, world: World) -> Columns:
        """The columns for a width, and for the largest number there is."""
        full = max(len(f"{world.in_all(world.roots[0]):,}"), len("in all"))
        if width >= _WIDER:
            return cls(full if world.has_images else 0, full, 8, 2)
        if width >= _WIDE:
            return cls(0, full, 5, 2)
        return cls(0, 6, 3, 1)

    @property
    def is_short(self) -> bool:
        """Whether numbers are cut to some digits."""
        return self.step == 1

    @property
    def right(self) -> int:
        """The signs that all of them take, with the blanks between them."""
        return sum(width + 1 for width in (self.own, self.in_all, self.bar) if width)


@dataclass(frozen=True, slots=True)
class Look:
    """How a row is to look: its mark, whether it is taken by one above, its part of its parent."""

    mark: bool | None
    is_taken: bool
    parents: int


def heading(columns: Columns, width: int, *, has_images: bool) -> list[Span]:
    """The line above the rows."""
    own = f" {'own':>{columns.own}}" if columns.own else ""
    what = "in all" if own else "images" if has_images else "nouns"
    share = "share" if columns.bar >= len("share") else ""
    right = f"{own} {what:>{columns.in_all}} {share:{columns.bar}}"
    return [("  synset".ljust(width - cells(right)) + right, "bold")]


def spans(row: Row, world: World, look: Look, columns: Columns, width: int) -> list[Span]:
    """The pieces of a row, together exactly as wide as the tree."""
    in_all = world.in_all(row.synset)
    quiet = "dim" if world.has_images and not in_all else ""
    sign, sign_style = _sign(look)
    guides = ("│ " if columns.step == 2 else " ") * row.level
    arrow = "▾ " if row.is_open else "▸ " if row.has_children else "  "
    remark = f" ↑{look.parents}" if look.parents > 1 else ""
    room = max(width - 2 - len(guides) - len(arrow) - len(remark) - columns.right, 1)
    name = elide(safe(world.name(row.synset)), room)
    blank = " " * (room - cells(name))
    left: list[Span] = [
        (sign, sign_style), (guides, "dim"), (arrow, quiet or "cyan"),
        (name, "bold" if look.mark is not None else quiet), (remark, "cyan"), (blank, ""),
    ]  # fmt: skip
    return [*left, *_numbers(row, world, columns, quiet)]


def _numbers(row: Row, world: World, columns: Columns, quiet: str) -> list[Span]:
    in_all = world.in_all(row.synset)
    if not world.is_whole:
        return [(" " * columns.right, "")]
    found: list[Span] = []
    if columns.own:
        own = world.own(row.synset)
        found.append((f" {own:>{columns.own},}" if own else " " * (columns.own + 1), "dim"))
    text = short(in_all) if columns.is_short else f"{in_all:,}"
    found.append((f" {text:>{columns.in_all}}", quiet))
    above = in_all if row.parent is None else world.in_all(row.parent)
    found.append((" " + bar(in_all, above, columns.bar), "cyan"))
    return found


def _sign(look: Look) -> Span:
    if look.mark is not None:
        return ("+ ", "bold green") if look.mark else ("- ", "bold red")
    return ("· ", "green") if look.is_taken else ("  ", "")


def bar(part: int, whole: int, width: int) -> str:
    """A share as a bar of some signs; anything at all shows.

    >>> bar(1, 2, 4), bar(1, 100_000, 4), bar(0, 5, 4)
    ('██  ', '▏   ', '    ')
    """
    if not part or not whole:
        return " " * width
    eighths = min(max(round(part / whole * width * 8), 1), width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def short(number: int) -> str:
    """A number in five signs.

    >>> short(9_876), short(12_345), short(381_204), short(14_197_122)
    ('9,876', '12.3k', '381k', '14.2M')
    """
    value, unit = float(number), ""
    if number < 10_000:
        return f"{number:,}"
    for larger in _UNITS:
        value, unit = value / 1000, larger
        if value < 999.5:
            break
    return f"{value:.1f}{unit}" if value < 99.95 else f"{value:.0f}{unit}"
