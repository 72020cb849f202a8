"""Charts as SVG to stand in an HTML page: images a class as bars.

Their colours are the page's style's; sizes of images are size_chart.py's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.amounts import count
from imnet_data.verification.reports.html_text import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WIDTH, _HEIGHT = 960, 180
_LEFT, _TOP = 64, 14
# Below the bars: a stripe that marks those with broken images, and names where there is room.
_STRIPE = 8
_NAMES = 100
_NAMED = 40
# More bars than this would be thinner than a pixel: neighbours are drawn as one.
_BARS = 1_200
_BINNED = 480
_LONGEST_NAME = 18
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A class: its wnid ('' for none) and name, its images, and how many of these are broken."""

    wnid: str
    name: str
    images: int
    broken: int = 0


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A bar as it is drawn: its height in images, what it says under the pointer, if marked."""

    value: float
    title: str
    marked: bool
    name: str


def bar_chart(bars: Iterable[Bar], what: str) -> str:
    """Images a class, most first, as one SVG; `what` says of which.

    Up to 1,200 classes have a bar each, of more several neighbours share one that is as high as
    they are on average, so that any number of classes stays small and can be read.
    """
    ordered = sorted(bars, key=lambda bar: (-bar.images, bar.wnid, bar.name))
    drawn = _each(ordered) if len(ordered) <= _BARS else _binned(ordered)
    if not drawn:
        return ""
    named = len(drawn) <= _NAMED
    height = _TOP + _HEIGHT + _STRIPE + (_NAMES if named else 14)
    steps = ticks(max(bar.value for bar in drawn))
    return "".join(
        (
            f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{shown(what)}">',
            *_grid(steps),
            *_columns(drawn, steps[-1]),
            *(_names(drawn) if named else _axis(len(ordered))),
            "</svg>",
        )
    )


def ticks(highest: float) -> list[int]:
    """A few round numbers from 0 to at least `highest`.

    >>> ticks(1300), ticks(7), ticks(0)
    ([0, 500, 1000, 1500], [0, 2, 4, 6, 8], [0, 1])
    """
    rough = max(highest, 1) / 4
    power = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    step = next(int(times * power) for times in (1, 2, 5, 10) if times * power >= rough)
    return [at * step for at in range(math.ceil(max(highest, 1) / step) + 1)]


def _each(bars: Sequence[Bar]) -> list[_Drawn]:
    return [_Drawn(bar.images, _title(bar), bar.broken > 0, bar.name) for bar in bars]


def _title(bar: Bar) -> str:
    broken = f", {bar.broken:,} of them broken" if bar.broken else ""
    return f"{bar.wnid} {bar.name}: {count(bar.images, 'image')}{broken}"


def _binned(bars: Sequence[Bar]) -> list[_Drawn]:
    """Neighbours together, with how many images the most and the least of them have."""
    size = math.ceil(len(bars) / _BINNED)
    drawn = []
    for start in range(0, len(bars), size):
        part = bars[start : start + size]
        broken = sum(bar.broken for bar in part)
        title = (
            f"classes {start + 1:,} to {start + len(part):,}: {part[-1].images:,} to "
            f"{part[0].images:,} images, {part[0].name} the most"
        )
        title += f"; {broken:,} broken" if broken else ""
        value = sum(bar.images for bar in part) / len(part)
        drawn.append(_Drawn(value, title, broken > 0, ""))
    return drawn


def _grid(steps: Sequence[int]) -> Iterable[str]:
    for step in steps:
        y = _TOP + _HEIGHT * (1 - step / steps[-1])
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH}"/>'
        yield f'<text class="tick" x="{_LEFT - 8}" y="{y + 4:.1f}">{step:,}</text>'


def _columns(bars: Sequence[_Drawn], top: float) -> Iterable[str]:
    """The bars as one path and the marks as another; over each column a field with its title."""
    pitch = _pitch(bars)
    gap = min(pitch * 0.2, 4) if pitch > 3 else 0
    foot = _TOP + _HEIGHT
    path, marks, fields = [], [], []
    for at, bar in enumerate(bars):
        x = _LEFT + at * pitch
        path.append(f"M{x + gap / 2:.1f} {foot}v{-_HEIGHT * bar.value / top:.1f}h{pitch - gap:.2f}")
        path.append(f"V{foot}z")
        if bar.marked:
            marks.append(f"M{x + gap / 2:.1f} {foot + 2}h{max(pitch - gap, 2):.2f}v5h-")
            marks.append(f"{max(pitch - gap, 2):.2f}z")
        fields.append(
            f'<rect x="{x:.1f}" y="{_TOP}" width="{pitch:.2f}" height="{_HEIGHT + _STRIPE}">'
            f"<title>{shown(bar.title)}</title></rect>"
        )
    yield f'<path class="bar" d="{"".join(path)}"/>'
    yield f'<path class="mark" d="{"".join(marks)}"/>'
    yield f'<g class="field">{"".join(fields)}</g>'


def _pitch(bars: Sequence[_Drawn]) -> float:
    """From one bar to the next; a few of them need not fill the whole width."""
    return min((_WIDTH - _LEFT) / len(bars), _WIDEST)


def _names(bars: Sequence[_Drawn]) -> Iterable[str]:
    pitch = _pitch(bars)
    y = _TOP + _HEIGHT + _STRIPE + 8
    for at, bar in enumerate(bars):
        x = _LEFT + (at + 0.5) * pitch
        name = bar.name if len(bar.name) <= _LONGEST_NAME else bar.name[: _LONGEST_NAME - 1] + "…"
        yield (
            f'<text class="name" transform="translate({x + 4:.1f} {y}) rotate(-50)">'
            f"{shown(name)}</text>"
        )


def _axis(classes: int) -> Iterable[str]:
    y = _TOP + _HEIGHT + _STRIPE + 12
    yield f'<text class="axis" x="{_LEFT}" y="{y}">{classes:,} classes, most images first</text>'
