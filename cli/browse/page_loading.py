"""A page of pictures as it comes from a thread: its images first, then each picture as it is drawn.

Who shows them is grid.py.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.worker import get_current_worker

from imnet_data.cli.browse.looks import Look, page_of
from imnet_data.cli.drawing import draw
from imnet_data.errors import ImnetDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.worker import Worker

    from imnet_data.cli.browse.looks import Pictures
    from imnet_data.cli.browse.tiles import Layout
    from imnet_data.cli.drawing import Drawn, Terminal
    from imnet_data.query import ImageQuery
    from imnet_data.records import Image

# While somebody runs through the tree, nothing is read for the classes passed by.
_SETTLE_S = 0.06


class Paged(Message):
    """The images of a page and how many there are in all, or why there are none."""

    def __init__(self, run: int, images: Sequence[Image], total: int, trouble: str = "") -> None:
        super().__init__()
        self.run = run
        self.images = images
        self.total = total
        self.trouble = trouble


class Seen(Message):
    """One picture of a page, or what is wrong with it, or both."""

    def __init__(self, run: int, at: int, drawn: Drawn | None, trouble: str) -> None:
        super().__init__()
        self.run = run
        self.at = at
        self.drawn = drawn
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class PageLoading:
    """The work of one page, for a thread; `post` takes its messages from there.

    It ends where its worker is cancelled, at the latest when the picture at hand is done.
    """

    run: int
    query: ImageQuery
    start: int
    seed: int
    layout: Layout
    terminal: Terminal
    pictures: Pictures
    post: Callable[[Message], object]

    def __call__(self) -> None:
        """Do it."""
        worker = get_current_worker()
        time.sleep(_SETTLE_S)
        if not _is_wanted(worker):
            return
        try:
            total = self.query.count()
            images = page_of(self.query, self.start, self.layout.size, seed=self.seed)
        except (ImnetDataError, OSError) as error:
            self.post(Paged(self.run, (), 0, str(error)))
            return
        self.post(Paged(self.run, images, total))
        for at, image in enumerate(images):
            if not _is_wanted(worker):
                return
            self.post(Seen(self.run, at, *self._seen(image)))

    def _seen(self, image: Image) -> tuple[Drawn | None, str]:
        width, height = self.layout.tile_width, self.layout.picture_height
        try:
            side_px = self.terminal.side_px(width, height)
            look = self.pictures.look(image, side_px, self.query.catalogue)
        except ImnetDataError as error:
            look = Look(None, str(error))
        if look.small is None:
            return None, look.trouble
        drawn = draw(look.small.picture, self.terminal, width, height, enlarge=100)
        return drawn, look.trouble


def _is_wanted(worker: Worker[Any]) -> bool:
    return not worker.is_cancelled
