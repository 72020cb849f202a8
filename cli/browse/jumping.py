"""Going to a class from wherever one is, by its words, its name or its parents; and back.

What is asked for that is in the dialogs of search.py and go.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.cli.browse.following import Following
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from textual.driver import Driver

    from imnet_data.cli.browse.reading import Reading
    from imnet_data.cli.browse.world import Path


class Jumping(Following):
    """Panels between whose classes one jumps."""

    def __init__(self, reading: Reading, *, driver_class: type[Driver] | None = None) -> None:
        super().__init__(reading, driver_class=driver_class)
        self._been: list[Path] = []

    def action_search(self) -> None:
        """Search as one types."""
        from imnet_data.cli.browse.search import SearchDialog  # noqa: PLC0415 - not before it is used

        if self.world is not None:
            self.push_screen(SearchDialog(self.world), self._go)

    def action_go(self) -> None:
        """Go to a wnid or a name."""
        from imnet_data.cli.browse.go import GoDialog  # noqa: PLC0415

        if self.world is not None:
            self.push_screen(GoDialog(self.world), self._go_named)

    def action_places(self) -> None:
        """Choose among the places of a class that has several parents."""
        from imnet_data.cli.browse.go import PlaceDialog  # noqa: PLC0415

        if self.world is None or (row := self.class_tree.row) is None:
            return
        if len(self.world.paths(row.synset)) < 2:
            self.notify(f"{safe(self.world.name(row.synset))} has one place alone", markup=False)
        else:
            self.push_screen(PlaceDialog(self.world, row.path), self._go_to)

    def action_jump_back(self) -> None:
        """Go back to where one jumped from."""
        if not self._been:
            self.notify("there is nowhere to go back to")
        elif self.world is not None:
            self._reveal(self._been.pop())

    def _go_named(self, found: tuple[int, str] | None) -> None:
        if found is not None:
            self._go(found[0])
            if found[1]:
                self.notify(safe(found[1]), markup=False)

    def _go(self, synset: int | None) -> None:
        if synset is not None and self.world is not None:
            self._go_to(self.world.paths(synset)[0])

    def _go_to(self, path: Path | None) -> None:
        if path is not None and (row := self.class_tree.row) is not None:
            if path != row.path:
                self._been.append(row.path)
            self._reveal(path)

    def _show_at(self, synset: int) -> None:
        assert self.world is not None
        row = self.class_tree.row
        if row is None or row.synset != synset:
            self._reveal(self.world.paths(synset)[0])
        self.class_tree.open_here()

    def _reveal(self, path: Path) -> None:
        assert self.world is not None
        if self._with_images and not self.world.in_all(path[-1]):
            self.notify("it has no images: all nouns are shown now")
            self._turn_all()
        self.class_tree.go(path)
        self.action_look("tree")
