"""The browser's frame: its panels and how the keys go round among them, its colours, its end.

What the panels show is following.py's, what the keys do jumping.py's and app.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.containers import Horizontal, Vertical
from textual.theme import Theme
from textual.widgets import Static

from imnet_data.cli.browse.detail import Detail
from imnet_data.cli.browse.keys_line import KeysLine
from imnet_data.cli.browse.marks_line import MarksLine
from imnet_data.cli.browse.tree import ClassTree

if TYPE_CHECKING:
    from typing import Any

    from textual.app import ComposeResult
    from textual.driver import Driver
    from textual.screen import Screen

    from imnet_data.cli.browse.grid import PictureGrid
    from imnet_data.cli.browse.reading import Reading
    from imnet_data.cli.browse.world import World

# One theme, in the terminal's own colours: whether its ground is light or dark is its business.
_THEME = Theme(
    name="terminal",
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_blue",
    warning="ansi_red",
    error="ansi_red",
    success="ansi_green",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "scrollbar": "ansi_bright_black",
        "scrollbar-hover": "ansi_cyan",
        "scrollbar-active": "ansi_cyan",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
        "block-hover-background": "ansi_default",
    },
)


class Frame(App[str]):
    """The panels, empty."""

    TITLE = "imnet-data browse"
    CSS_PATH = "browser.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (110, "-wide")]  # noqa: RUF012 - textual's

    def __init__(self, reading: Reading, *, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self.reading = reading
        self.world: World | None = None

    def compose(self) -> ComposeResult:
        """The panels; pictures join them where there is a catalogue."""
        yield Static(self.reading.title(None), id="head", markup=False)
        with Horizontal(id="body"):
            tree, detail = ClassTree(id="tree"), Detail(id="detail")
            tree.border_title, detail.border_title = "classes", "details"
            yield tree
            with Vertical(id="side"):
                yield detail
        yield MarksLine(id="marks")
        yield KeysLine(id="keys")

    @property
    def current_theme(self) -> Theme:
        """The one theme; textual reads every style twice for one that is set later."""
        return _THEME

    def on_descendant_focus(self) -> None:
        """Show the keys of the panel that has them."""
        keys = self._base.query("#keys")
        if keys and self.screen is self._base:
            keys.first(KeysLine).show(None if self.focused is None else self.focused.id)

    @property
    def class_tree(self) -> ClassTree:
        """The tree."""
        return self._base.query_one("#tree", ClassTree)

    @property
    def detail(self) -> Detail:
        """The facts of one class."""
        return self._base.query_one("#detail", Detail)

    @property
    def pictures(self) -> PictureGrid | None:
        """The pictures of one class; None without a catalogue."""
        found: Any = self._base.query("#pictures")
        return found.first() if found else None

    @property
    def _base(self) -> Screen[Any]:
        """The screen with the panels, whatever dialog is over it."""
        return self.screen_stack[0]

    # -- panels

    def action_look(self, panel: str) -> None:
        """Go to a panel; where there is no room for all, bring it to the front."""
        found = self._base.query(f"#{panel}")
        if not found:
            self.notify("there are no images here: no catalogue is open")
            return
        self._base.query_one("#body").set_class(panel != "tree", "aside")
        if panel != "tree":
            self._base.query_one("#side").set_class(panel == "pictures", "pictured")
        # What is not to be seen takes no keys, and is not until the next drawing.
        self.call_after_refresh(found.first().focus)

    def action_next_panel(self, by: int) -> None:
        """Go to the next panel, or the one before."""
        if self.screen is not self._base:
            self.screen.focus_next() if by > 0 else self.screen.focus_previous()
            return
        panels = [name for name in ("tree", "detail", "pictures") if self._base.query(f"#{name}")]
        focused = self.focused.id if self.focused is not None else None
        at = panels.index(focused) if focused in panels else -1
        self.action_look(panels[(at + by) % len(panels)])

    def on_picture_grid_chosen(self, message: PictureGrid.Chosen) -> None:
        """Show an image large."""
        from imnet_data.cli.browse.large import LargeView  # noqa: PLC0415

        catalogue = None if self.world is None else self.world.catalogue
        large = LargeView(
            message.image,
            beside=message.beside,
            catalogue=catalogue,
            terminal=self.reading.terminal,
        )
        self.push_screen(large)

    # -- the end

    def action_help(self) -> None:
        """Show what every key does."""
        from imnet_data.cli.browse.help import HelpDialog  # noqa: PLC0415

        self.push_screen(HelpDialog())

    def action_interrupt(self) -> None:
        """End, with nothing."""
        self.exit()
