"""One image as large as the terminal can show it, with all that is known of it below.

Many small ones are grid.py's, the picture itself is one_picture.py's; the facts are `show`'s.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from imnet_data.amounts import size
from imnet_data.cli import image_view
from imnet_data.cli.browse.looks import Look, look_at
from imnet_data.cli.browse.one_picture import OnePicture
from imnet_data.cli.browse.opening import open_in_viewer
from imnet_data.cli.browse.page import Page
from imnet_data.cli.drawing import Terminal
from imnet_data.cli.text import safe
from imnet_data.errors import ImnetDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text
    from textual.app import ComposeResult

    from imnet_data.catalogue import Catalogue
    from imnet_data.records import Image

# More pixels are not seen in any terminal, and take long to send to one far away.
_MOST_SIDE_PX = 1600


class Looked(Message):
    """An image was decoded; `facts` are all that is known of it."""

    def __init__(self, image: Image, look: Look, facts: Text) -> None:
        super().__init__()
        self.image = image
        self.look = look
        self.facts = facts


class LargeView(ModalScreen[None]):
    """An image, large; with `beside`, left and right go through those.

    `catalogue` tells what verification found, and where there are further copies and boxes.
    """

    DEFAULT_CSS = """
    LargeView { background: $surface; }
    LargeView > Vertical { width: 100%; height: 100%; background: $surface;
        border: round $primary; border-title-color: $foreground; padding: 0 1; }
    LargeView OnePicture { height: 1fr; }
    LargeView VerticalScroll { height: auto; max-height: 40%; margin-top: 1; }
    LargeView Static { width: 1fr; height: auto; }
    LargeView FooterKey .footer-key--key { color: $primary; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss(None)", "Back", key_display="Esc"),
        Binding("left,left_square_bracket", "beside(-1)", "Before", key_display="←"),
        Binding("right,right_square_bracket", "beside(1)", "Next", key_display="→"),
        Binding("up", "scroll_facts(-1)", "Up", show=False),
        Binding("down", "scroll_facts(1)", "Down", show=False),
        Binding("o", "open", "Open"),
        Binding("y", "copy", "Copy name"),
    ]

    def __init__(
        self,
        image: Image,
        *,
        beside: Sequence[Image] = (),
        catalogue: Catalogue | None = None,
        terminal: Terminal | None = None,
    ) -> None:
        super().__init__()
        self.image = image
        self._beside = list(beside) or [image]
        self._catalogue = catalogue
        self._terminal = terminal or Terminal()

    def compose(self) -> ComposeResult:
        """The picture, below it the facts, and the keys."""
        with Vertical():
            yield OnePicture(self._terminal)
            with VerticalScroll(can_focus=False):
                yield Static(markup=False)
            yield Footer()

    def on_mount(self) -> None:
        """Begin."""
        self._load()

    def action_beside(self, step: int) -> None:
        """To an image beside this one."""
        at = self._beside.index(self.image) + step
        if 0 <= at < len(self._beside):
            self.image = self._beside[at]
            self._load()

    def action_scroll_facts(self, rows: int) -> None:
        """Show more of what is known of it, where that has little room."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)

    def action_open(self) -> None:
        """Open it in the system's viewer."""
        self.notify(open_in_viewer(self.image), markup=False)

    def action_copy(self) -> None:
        """Copy its name."""
        self.app.copy_to_clipboard(safe(self.image.name))
        self.notify(f"copied: {safe(self.image.name)}", markup=False)

    def _load(self) -> None:
        frame = self.query_one(Vertical)
        frame.border_title = safe(self.image.name).replace("[", "\\[")
        at = self._beside.index(self.image)
        frame.border_subtitle = f"{at + 1} of {len(self._beside)}" if len(self._beside) > 1 else ""
        self.query_one(OnePicture).show(None)
        width = max(self.size.width - 4, 20)
        self.run_worker(
            partial(self._look, self.image, width), "large", thread=True, exclusive=True
        )

    def _look(self, image: Image, width: int) -> None:
        """In a thread: read it, decode it, ask what is known of it."""
        try:
            look = look_at(image, _MOST_SIDE_PX, self._catalogue)
            facts = _facts(image, look, self._catalogue, width)
        except ImnetDataError as error:
            self.post_message(Looked(image, Look(None, str(error)), Page(width).text))
            return
        self.post_message(Looked(image, look, facts))

    @on(Looked)
    def _is_looked_at(self, message: Looked) -> None:
        message.stop()
        if message.image is self.image:
            self.query_one(OnePicture).show(message.look)
            self.query_one(Static).update(message.facts)


def _facts(image: Image, look: Look, catalogue: Catalogue | None, width: int) -> Text:
    """What `show` says of it, with its size in pixels."""
    page = Page(width)
    if look.small is not None:
        pixels = f"{look.small.width_px:,} x {look.small.height_px:,} pixels"
        page.line((f"{pixels}, {size(image.size)}", "bold"))
    if catalogue is not None:
        further = catalogue.alternates(image), catalogue.boxes(image), catalogue.health(image)
        image_view.write_facts(page, image, *further)
    return page.text
