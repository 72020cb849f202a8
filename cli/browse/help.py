"""What every key does, over the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from imnet_data.cli.browse.dialog import Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

KEYS = (
    ("In the tree", (
        ("↑ ↓ → ← Enter", "move; open, close; to the parent"),
        ("/", "search as you type, words and glosses"),
        ("g", "go to a wnid or a name"),
        ("p", "its other places: ↑2 is a class with two parents"),
        ("b", "back to where you jumped from"),
        ("t", "all nouns, or only branches with images"),
    )),
    ("What you cut", (
        ("Space", "mark in, with all below; again takes it off"),
        ("x", "mark out, likewise"),
        ("C", "take all marks off"),
        ("s", "save as a subset, or as a recipe in a file"),
        ("+  -  ·", "marked in, out; taken by a mark above"),
    )),
    ("Panels and pictures", (
        ("Tab  d  i  Esc", "next panel; details, images, tree"),
        ("c", "images of the class alone, or with all below"),
        ("Enter  o  y", "large; open in a viewer; copy its name"),
        ("[  ]  r", "page before, next page; other images"),
    )),
    ("The end", (
        ("q", "quit, and print what is marked"),
        ("Ctrl+C", "quit, and print nothing"),
    )),
)  # fmt: skip


class HelpDialog(Dialog[None]):
    """The keys; any of Escape, `?` and `q` goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,q,enter", "leave", show=False)]

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = "keys"
            box.border_subtitle = "Esc goes back"
            with VerticalScroll():
                yield Static(_text())

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one(VerticalScroll).focus()


def _text() -> Text:
    text = Text()
    for at, (title, keys) in enumerate(KEYS):
        text.append(("\n" if at else "") + title + "\n", "bold")
        for key, what in keys:
            text.append(f"  {key:16}", "cyan")
            text.append(what + "\n")
    text.rstrip()
    return text
