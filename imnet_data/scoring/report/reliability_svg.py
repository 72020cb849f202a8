"""The reliability diagram as SVG: how often a model is right against how sure it is.

The bins are calibration.py's, the colours the page's style's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imnet_data.amounts import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.scoring.calibration import Bin, Calibration

_SIDE: Final = 300
_LEFT, _TOP = 56, 12
_COUNTS: Final = 60  # the height of the images a bin, below
_GAP: Final = 52
_RIGHT: Final = 16
_LABEL: Final = 'aria-label="Reliability diagram"'


def reliability_diagram(calibration: Calibration) -> str:
    """The diagram, with the images a bin below it, as one SVG.

    A bar that reaches the dashed line is as often right as the model is sure.
    """
    width, height = _LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _GAP + _COUNTS + 6
    return "".join(
        (
            f'<svg class="reliability" viewBox="0 0 {width} {height}" role="img" {_LABEL}>',
            *_grid(),
            *_bars(calibration.bins),
            f'<path class="even" d="M{_LEFT} {_TOP + _SIDE}L{_LEFT + _SIDE} {_TOP}"/>',
            *_images(calibration.bins),
            "</svg>",
        )
    )


def _grid() -> Iterator[str]:
    for fifth in range(6):
        share = fifth / 5
        y = _TOP + _SIDE * (1 - share)
        x = _LEFT + _SIDE * share
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}h{_SIDE}"/>'
        yield f'<text class="tick" x="{_LEFT - 8}" y="{y + 4:.1f}">{share:.1f}</text>'
        yield f'<text class="middle" x="{x:.1f}" y="{_TOP + _SIDE + 16}">{share:.1f}</text>'
    middle = _TOP + _SIDE / 2
    yield (
        f'<text class="middle" transform="translate(14 {middle:.1f}) rotate(-90)">'
        "share that is right</text>"
    )
    yield (
        f'<text class="middle" x="{_LEFT + _SIDE / 2:.1f}" y="{_TOP + _SIDE + 34}">'
        "how sure of the best class</text>"
    )


def _bars(bins: tuple[Bin, ...]) -> Iterator[str]:
    for one in bins:
        if one.accuracy is None:
            continue
        x, width = _LEFT + _SIDE * one.low, _SIDE * (one.high - one.low)
        tall = _SIDE * one.accuracy
        title = (
            f"sure {one.low:.2f} to {one.high:.2f}: {count(one.images, 'image')}, "
            f"{100 * one.accuracy:.1f} % right, {100 * (one.mean_confidence or 0):.1f} % sure"
        )
        yield (
            f'<rect class="bar" x="{x + 1:.1f}" y="{_TOP + _SIDE - tall:.1f}" '
            f'width="{width - 2:.1f}" height="{tall:.1f}"><title>{title}</title></rect>'
        )


def _images(bins: tuple[Bin, ...]) -> Iterator[str]:
    """How many images each bin has, as bars that are as high as they are many."""
    most = max(one.images for one in bins)
    foot = _TOP + _SIDE + _GAP + _COUNTS
    for one in bins:
        x, width = _LEFT + _SIDE * one.low, _SIDE * (one.high - one.low)
        tall = _COUNTS * one.images / most
        yield (
            f'<rect class="held" x="{x + 1:.1f}" y="{foot - tall:.1f}" width="{width - 2:.1f}" '
            f'height="{tall:.1f}"><title>{count(one.images, "image")}</title></rect>'
        )
    yield f'<path class="grid" d="M{_LEFT} {foot}h{_SIDE}"/>'
    yield f'<text class="tick" x="{_LEFT - 8}" y="{foot - _COUNTS + 8}">{most:,}</text>'
    yield f'<text class="tick" x="{_LEFT - 8}" y="{foot}">0</text>'
    yield f'<text class="tick" x="{_LEFT - 8}" y="{foot - _COUNTS / 2 + 4:.1f}">images</text>'
