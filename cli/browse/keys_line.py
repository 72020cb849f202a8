"""The last line: the keys that do something where one is, and a mouse may press them.

All keys are in help.py.
"""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from imnet_data.cli.screen import cells

# A key, what it does, and textual's name of that. The last two are kept where there is little room.
Hint = tuple[str, str, str]
_END: tuple[Hint, ...] = (("?", "Help", "app.help"), ("q", "Quit", "app.leave"))
HINTS: dict[str, tuple[Hint, ...]] = {
    "tree": (
        ("/", "Search", "app.search"), ("g", "Go", "app.go"), ("␣", "In", "app.mark(True)"),
        ("x", "Out", "app.mark(False)"), ("s", "Save", "app.save"),
        ("p", "Parents", "app.places"), ("b", "Back", "app.jump_back"),
        ("t", "All", "app.turn_all"), ("Tab", "Panel", "app.next_panel(1)"),
    ),
    "detail": (
        ("↑↓", "Scroll", ""), ("Esc", "Tree", "app.look('tree')"),
        ("Tab", "Panel", "app.next_panel(1)"), ("/", "Search", "app.search"), ("g", "Go", "app.go"),
    ),
    "pictures": (
        ("⏎", "Large", "focused.choose"), ("[", "Before", "focused.page(-1)"),
        ("]", "Next", "focused.page(1)"), ("o", "Open", "focused.open"),
        ("y", "Copy", "focused.copy"), ("Esc", "Tree", "app.look('tree')"),
        ("c", "Below", "app.turn_below"), ("r", "Others", "focused.draw_others"),
    ),
}  # fmt: skip


class KeysLine(Static):
    """The hints of one panel, as many as there is room for."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str) -> None:  # noqa: A002 - textual's own name for it
        super().__init__(id=id)
        self._panel = "tree"

    def show(self, panel: str | None) -> None:
        """Show those of a panel."""
        self._panel = panel if panel in HINTS else "tree"
        self._draw()

    def on_resize(self) -> None:
        """As many as there is room for now."""
        self._draw()

    def _draw(self) -> None:
        shown = Text(no_wrap=True)
        end = sum(_width(hint) for hint in _END)
        for hint in HINTS[self._panel]:
            if cells(shown.plain) + _width(hint) + end > self.content_size.width + 2:
                break
            _add(shown, hint)
        for hint in _END:
            _add(shown, hint)
        self.update(shown)


def _width(hint: Hint) -> int:
    return cells(hint[0]) + cells(hint[1]) + 3


def _add(text: Text, hint: Hint) -> None:
    key, what, action = hint
    pressed = Style(meta={"@click": action}) if action else Style.null()
    text.append(key, Style(bold=True, color="cyan") + pressed)
    text.append(f" {what}", pressed)
    text.append("  ")
