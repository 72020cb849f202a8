"""A widget some of whose pictures are drawn over its cells, as sixels are, and not in them.

What the pictures are, and where, are the widget's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Offset, Region
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from textual.strip import Strip

    from imnet_data.cli.drawing import Drawn


class OverCells(Widget):
    """Sends pictures to the terminal, and again whenever textual has written over their cells.

    textual cuts its lines by the number of their characters, so a picture's characters cannot
    stand in one; they are sent when it has written the lines. It has where it was told to, and
    where something else stood before: a dialogue, a notice.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - textual's name for it
        super().__init__(id=id)
        self._written: list[Region] = []
        self._wiped: list[Region] = []
        self._covered: set[int] = set()

    def pictures_over(self) -> Iterable[tuple[Drawn, Offset]]:
        """The pictures with `over`, each with its left top within the widget's content."""
        raise NotImplementedError

    def _exchange_repaint_regions(self) -> Collection[Region]:
        # textual takes here what it writes next. What was asked for is another thing: it may be
        # written one screen later, over a picture that was sent in between.
        regions = super()._exchange_repaint_regions()
        # It writes each line from its left end up to the region's right one.
        left, top = self.gutter.left, self.gutter.top
        self._written += [Region(0, one.y - top, one.right - left, one.height) for one in regions]
        return regions

    def render_lines(self, crop: Region) -> list[Strip]:
        """The widget's lines; pictures that they wipe out are drawn again after them."""
        # What is written though nothing was asked for here is all of it, as far as is known: the
        # screen was divided anew, or something lay over the widget.
        self._wiped += self._written or [Region(0, 0, *self.size)]
        self._written = []
        self.call_after_refresh(self._draw_again)
        return super().render_lines(crop)

    def on_mount(self) -> None:
        """Hear when another screen goes, and when the program was stopped and goes on."""
        for signal in (self.app.screen_change_signal, self.app.app_resume_signal):
            signal.subscribe(self, lambda _: self.refresh())

    def on_show(self) -> None:
        """Nothing of it is on the screen yet."""
        self.refresh()

    def send(self, text: str) -> None:
        """Give the terminal what stands for no cell."""
        # Through textual's own way out, or it would cut into what is being written there.
        driver = self.app._driver if text else None  # noqa: SLF001 - there is no other way to it
        if driver is not None:
            driver.write(text)

    def _draw_again(self) -> None:
        wiped, self._wiped = self._wiped, []
        covered, self._covered = self._covered, set()
        if not self.is_attached:
            return
        for drawn, offset in self.pictures_over():
            region = _region(drawn, offset)
            is_gone = id(drawn) in covered or any(map(region.overlaps, wiped))
            if is_gone or not self._is_seen(region):
                self.draw_over(drawn, offset)

    def draw_over(self, drawn: Drawn, offset: Offset) -> None:
        """Send a picture to its place, or as soon as nothing lies over that."""
        if not self._is_seen(_region(drawn, offset)):
            self._covered.add(id(drawn))
            return
        x, y = self.content_region.offset + offset
        self.send(f"\x1b7\x1b[{y + 1};{x + 1}H{drawn.over}\x1b8")

    def _is_seen(self, region: Region) -> bool:
        """Whether nothing lies over a region of the content: a dialogue, a notice."""
        if self.app.screen is not self.screen:
            return False
        placed = region.translate(self.content_region.offset)
        last = placed.bottom_right - Offset(1, 1)
        corners = {placed.offset, last, Offset(placed.x, last.y), Offset(last.x, placed.y)}
        if not all(self.screen.region.contains(*corner) for corner in corners):
            return False
        return all(self.screen.get_widget_at(*corner)[0] is self for corner in corners)


def _region(drawn: Drawn, offset: Offset) -> Region:
    return Region(offset.x, offset.y, drawn.width, drawn.height)
