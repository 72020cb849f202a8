"""The line that tells what is marked: the class expression, and how many images it takes."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from imnet_data.amounts import count
from imnet_data.cli.screen import cells, elide
from imnet_data.cli.text import safe


class MarksLine(Static):
    """One line, cut to the screen's width."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - textual's own name for it
        super().__init__(id=id)
        self._expression = ""
        self._amount = ""

    def show(
        self, expression: str, *, images: int | None = None, classes: int | None = None
    ) -> None:
        """Show an expression, and what it takes as far as that is counted."""
        self._expression = expression
        counted = []
        if images is not None:
            counted.append(count(images, "image"))
        if classes is not None:
            counted.append(count(classes, "class", "classes"))
        self._amount = ", ".join(counted) or "counting …"
        self._draw()

    def on_resize(self) -> None:
        """Cut it anew."""
        self._draw()

    def _draw(self) -> None:
        if not self._expression:
            self.update(Text("nothing marked: Space takes a class in, x leaves one out", "dim"))
            return
        room = max(self.content_size.width - cells(self._amount) - 2, 10)
        shown = elide(safe(self._expression), room)
        blank = " " * (room - cells(shown) + 2)
        self.update(Text.assemble((shown, "bold"), blank, (self._amount, "green")))
