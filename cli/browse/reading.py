"""Reading what the browser shows, in a thread: WordNet first, then the catalogue.

What was read is a World; it is not read again while the browser is open.
"""

from __future__ import annotations

import gc
from contextlib import ExitStack
from typing import TYPE_CHECKING

from imnet_data.amounts import count
from imnet_data.cli.text import safe
from imnet_data.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.cli.browse.world import World
    from imnet_data.cli.drawing import Terminal
    from imnet_data.cli.session import Session


class Reading:
    """What a session has to show, and the class to begin at, None for the root of all.

    `terminal` is how pictures are drawn, None for blocks of colour. `failure` is what ended it;
    `said` is what is to be said of the class's name.
    """

    def __init__(
        self, session: Session, start: str | None = None, terminal: Terminal | None = None
    ) -> None:
        self._session = session
        self._start = start
        self.terminal = terminal
        self._open = ExitStack()
        self.failure: BaseException | None = None
        self.said = ""

    @property
    def has_catalogue(self) -> bool:
        """Whether there is one to be read."""
        return self._session.named or self._session.exists

    def worlds(self) -> Iterator[tuple[World, int | None]]:
        """WordNet at once, then all with the catalogue's images; each with the class to begin at.

        Raises:
            ImnetDataError: the catalogue cannot be read, or no class is called so.
        """
        from imnet_data import wordnet  # noqa: PLC0415 - numpy: the screen is drawn before
        from imnet_data.cli.browse.world import World  # noqa: PLC0415 - likewise

        alone = World(wordnet.scope(), is_whole=not self.has_catalogue)
        yield alone, self._begin(alone)
        if not self.has_catalogue:
            _warm(alone)
            return
        # Pillow comes with the pictures: here, so that no key waits for it.
        import imnet_data.cli.browse.grid  # noqa: F401, PLC0415
        from imnet_data.tally import Counts  # noqa: PLC0415

        _warm(alone)
        catalogue = self._open.enter_context(self._session.catalogue())
        world = World(catalogue.scope, catalogue, Counts(catalogue.scope))
        yield world, self._begin(world)
        # What is there now stays: a key would wait 0.1 s while it is looked through for garbage.
        gc.freeze()

    def title(self, world: World | None) -> str:
        """The line above all: what is browsed."""
        # What is cut on a narrow screen is the path's end.
        where = f"imnet-data browse · {safe(self._session.shown)}"
        if not self.has_catalogue:
            return "imnet-data browse · WordNet 3.0 alone: there is no catalogue here"
        if world is None or world.catalogue is None:
            return f"reading … · {where}"
        classes = count(world.classes, "class", "classes")
        unlabelled = f", {world.unlabelled:,} without a label" if world.unlabelled else ""
        alone = "" if world.catalogue.writable else " · read only"
        return f"{count(world.images, 'image')} of {classes}{unlabelled}{alone} · {where}"

    def close(self) -> None:
        """Close the catalogue."""
        self._open.close()

    def _begin(self, world: World) -> int | None:
        """The class to begin at; a name that is none may be an own class of the catalogue's."""
        if self._start is None:
            return None
        try:
            found = world.scope.named(self._start)
        except UnknownName:
            if world.is_whole:
                raise
            return None
        notice = world.resolver.resolve(self._start).notice
        self.said = "" if notice is None else str(notice)
        return found.id


def _warm(world: World) -> None:
    """Read what the first search would wait for."""
    from imnet_data.cli.search_hits import Search  # noqa: PLC0415 - likewise

    Search(world.scope, "dogs").found(1)
