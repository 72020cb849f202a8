"""The browser driven as a person drives it, and its screen as text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from textual.widgets import Input
from textual.worker import WorkerCancelled, WorkerFailed

from imnet_data.cli.browse.app import Browser
from imnet_data.cli.browse.reading import Reading
from imnet_data.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot

_NO_PICTURE = str.maketrans(dict.fromkeys("▀▁▂▃▄▅▆▇█▉▊▋▌▍▎▏▐▖▗▘▙▚▛▜▝▞▟", " "))

Act = Callable[["Driven"], Awaitable[None]]


class Driven:
    """A browser that runs, and the hands on its keys."""

    def __init__(self, app: Browser, pilot: Pilot[str]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until all that they set off is done."""
        await self.pilot.press(*keys)
        await self.settle()

    async def enter(self, text: str) -> None:
        """Write a text where one writes, as by pasting it, and press Enter."""
        await self.write(text)
        await self.press("enter")

    async def write(self, text: str) -> None:
        """Write a text where one writes, in the place of what is there."""
        self.app.screen.query_one("#line", Input).value = text
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is read any more."""
        await self.pilot.pause()
        while self._is_busy:
            running = [one for one in self.app.workers if not one.is_finished]
            with suppress(WorkerCancelled, WorkerFailed):
                await self.app.workers.wait_for_complete(running)
            await self.pilot.pause(0 if running else 0.01)

    @property
    def _is_busy(self) -> bool:
        """Whether something is read, or will be when the cursor has rested for a moment."""
        resting = self.app._rest is not None and self.app.is_running and not self.app._exit
        return resting or any(not one.is_finished for one in self.app.workers)

    @property
    def here(self) -> str:
        """The name of the class that the cursor is on."""
        assert self.app.world is not None
        assert self.app.class_tree.row is not None
        return self.app.world.name(self.app.class_tree.row.synset)

    @property
    def above(self) -> str:
        """The name of that above it."""
        assert self.app.world is not None
        assert self.app.class_tree.row is not None
        return self.app.world.name(self.app.class_tree.row.path[-2])

    def text(self) -> str:
        """The screen, without what pictures look like."""
        lines = [strip.text for strip in self.app.screen._compositor.render_strips()]
        for grid in self.app.screen_stack[0].query("#pictures"):
            x, y, width, height = grid.content_region
            for at in range(y, y + height):
                shown = lines[at][x : x + width].translate(_NO_PICTURE)
                lines[at] = lines[at][:x] + shown + lines[at][x + width :]
        return "".join(line.rstrip() + "\n" for line in lines)


@asynccontextmanager
async def driven(
    path: Path | None = None, start: str | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Driven]:
    """A browser over a catalogue, or WordNet alone, when it has read all."""
    session = Session(str(path) if path else "imagenet.db", named=path is not None)
    reading = Reading(session, start)
    app = Browser(reading)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            hands = Driven(app, pilot)
            while reading.failure is None and (app.world is None or not app.world.is_whole):
                await hands.settle()
            await hands.settle()
            yield hands
    finally:
        reading.close()


def drive(act: Act, path: Path | None = None, start: str | None = None,
          size: tuple[int, int] = (80, 24)) -> Browser:  # fmt: skip
    """Do something in a browser; gives it back when it has ended."""

    async def run() -> Browser:
        async with driven(path, start, size) as hands:
            await act(hands)
        return hands.app

    return asyncio.run(run())
