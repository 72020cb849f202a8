"""Panels that ask for something over the browser: a line to write in, a list to choose from.

What is searched, gone to or saved is in files of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from rich.text import Text
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from imnet_data.cli.screen import cells, elide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from imnet_data.cli.screen import Span

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """A panel that ends with an answer, or with None by Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def on_mount(self) -> None:
        """A cursor that stands: one that blinks is redrawn twice a second, over ssh too."""
        for line in self.query(Input):
            line.cursor_blink = False

    def action_leave(self) -> None:
        """End without an answer."""
        self.dismiss(None)

    def say(self, text: str) -> None:
        """Say something below what is asked."""
        self.query_one("#said", Static).update(Text(text))


class LineDialog(Dialog[Answer]):
    """A panel with one line to write in, and a place to say something below it."""

    TITLE_HERE: ClassVar[str] = ""
    HINT: ClassVar[str] = ""

    def compose(self) -> ComposeResult:
        """The line."""
        with Vertical(classes="dialog") as box:
            box.border_title = self.TITLE_HERE
            box.border_subtitle = "Enter does it · Esc goes back"
            yield Input(placeholder=self.HINT, id="line", compact=True)
            yield Static(id="said")


class Choice(OptionList):
    """A list to choose from, one line an item, cut to the panel's width."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """The style of a part; what is chosen is in reverse, which textual's own does not take."""
        style = super().get_visual_style(*component_classes, partial=partial)
        chosen = "option-list--option-highlighted" in component_classes
        return style + Style(reverse=True) if chosen else style

    def offer(self, items: Sequence[Sequence[Span]], *, at: int = 0) -> None:
        """Show other items; the cursor on one of them."""
        width = self.scrollable_content_region.width or 76
        self.set_options([Option(_line(spans, width)) for spans in items])
        if items:
            self.highlighted = min(at, len(items) - 1)


def _line(spans: Sequence[Span], width: int) -> Text:
    """Pieces on one line, the first of them cut and the last at the right edge."""
    *left, (last, last_style) = spans
    room = width - cells(last) - 2
    text = Text(no_wrap=True, overflow="ellipsis")
    for part, style in left:
        shown = elide(part, max(room, 1))
        text.append(shown, style)
        room -= cells(shown)
        if room <= 1:
            break
    text.append(" " * max(room + 2, 1))
    text.append(last, last_style)
    return text
