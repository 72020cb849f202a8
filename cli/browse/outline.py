"""The rows of the tree as far as it is opened: a class below each parent that it has.

Nothing here draws; a row is known by its path, since a class may stand in several places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.cli.browse.world import Path, World


@dataclass(slots=True)
class Row:
    """A class where it stands: `path` leads from a root down to it."""

    path: Path
    is_open: bool
    has_children: bool

    @property
    def synset(self) -> int:
        """The class."""
        return self.path[-1]

    @property
    def parent(self) -> int | None:
        """The class above it here; None for a root."""
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def level(self) -> int:
        """Steps from the root, here."""
        return len(self.path) - 1


class Outline:
    """The rows that are to be seen; children are asked for when a row is opened, and no sooner.

    With `with_images`, only classes that have images at or under them.
    """

    def __init__(self, world: World, *, with_images: bool = False) -> None:
        self._world = world
        self._open: set[Path] = set()
        self.with_images = with_images
        self.rows: list[Row] = []
        self._rebuild()

    def find(self, path: Path) -> int | None:
        """Where the row of a path is; None where it is not to be seen."""
        return next((at for at, row in enumerate(self.rows) if row.path == path), None)

    def nearest(self, path: Path) -> int:
        """Where the row of a path is, or else the lowest that is above it."""
        while path:
            at = self.find(path)
            if at is not None:
                return at
            path = path[:-1]
        return 0

    def open(self, at: int) -> None:
        """Show what is below a row, as it was when it was last open."""
        row = self.rows[at]
        if row.is_open or not row.has_children:
            return
        row.is_open = True
        self._open.add(row.path)
        self.rows[at + 1 : at + 1] = self._under(row.path)

    def open_to_fork(self, at: int) -> None:
        """Open a row, and below it as long as there is one way alone."""
        while self.rows[at].has_children:
            self.open(at)
            below = self.rows[at].level + 1
            at += 1
            if at + 1 < len(self.rows) and self.rows[at + 1].level == below:
                return

    def close(self, at: int) -> None:
        """Hide what is below a row."""
        row = self.rows[at]
        if not row.is_open:
            return
        row.is_open = False
        self._open.discard(row.path)
        end = at + 1
        while end < len(self.rows) and self.rows[end].level > row.level:
            end += 1
        del self.rows[at + 1 : end]

    def reveal(self, path: Path) -> int:
        """Open all that is above the row of a path; gives where that row is then."""
        at = 0
        for end in range(1, len(path) + 1):
            found = self.find(path[:end])
            if found is None:
                break
            at = found
            if end < len(path):
                self.open(at)
        return at

    def become(self, world: World, *, with_images: bool) -> None:
        """Show another world, or other rows of the same; what was open stays so."""
        self._world = world
        self.with_images = with_images
        self._rebuild()

    def _rebuild(self) -> None:
        roots = self._world.roots
        if self.with_images:
            # The root of all nouns stays, lest there be nothing.
            roots = (roots[0], *filter(self._world.in_all, roots[1:]))
        self.rows = [row for root in roots for row in self._at_and_under((root,))]

    def _at_and_under(self, path: Path) -> Iterator[Row]:
        has_children = self._world.has_children(path[-1], with_images=self.with_images)
        is_open = has_children and path in self._open
        yield Row(path, is_open, has_children)
        if is_open:
            yield from self._under(path)

    def _under(self, path: Path) -> Iterator[Row]:
        for child in self._world.children(path[-1], with_images=self.with_images):
            yield from self._at_and_under((*path, child))
