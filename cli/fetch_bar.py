"""The bar of a download, by rich, on standard error; it leaves when the download is done."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from imnet_data.cli.fetch_progress import Watched
from imnet_data.cli.screen import elide
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAST: Final = 10  # columns of the bar below which it says nothing


class Bar(Watched):
    """Two lines: the file's name with its bar, and how it stands."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def notice(self, sentence: str) -> None:
        """Say it above the bar."""
        self._console.print(safe(sentence), soft_wrap=True)

    def __rich__(self) -> Group:
        """What is drawn, asked for several times a second."""
        if not self.what:
            return Group()
        width = shutil.get_terminal_size().columns
        name = elide(safe(self.what), max(_LEAST, width - _LEAST - 6))
        share = f" {100 * self.done // self.total:>3}%" if self.total else ""
        bar = ProgressBar(
            total=self.total, completed=self.done, width=max(_LEAST, width - len(name) - 7),
            complete_style="green", finished_style="green", pulse=self.total is None,
        )  # fmt: skip
        first = Text(f"{name} ", end="")
        return Group(first, bar, Text(f"{share}\n  {', '.join(self.state())}"))


@contextmanager
def drawn() -> Iterator[Bar]:
    """A bar that stands for as long as the context lasts."""
    console = Console(
        stderr=True, highlight=False, markup=False, emoji=False,
        no_color=bool(os.environ.get("NO_COLOR")),
    )  # fmt: skip
    bar = Bar(console)
    with Live(bar, console=console, transient=True, refresh_per_second=5):
        yield bar
