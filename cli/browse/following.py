"""What the panels show of the class that the cursor is on: at once, and when it has rested.

Where the cursor is put is jumping.py's.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.worker import get_current_worker

from imnet_data.cli.browse.detail import read_more
from imnet_data.cli.browse.frame import Frame
from imnet_data.cli.browse.tree import ClassTree

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.timer import Timer

    from imnet_data.cli.browse.detail import More
    from imnet_data.cli.browse.reading import Reading
    from imnet_data.cli.browse.world import World

# What takes longer is asked for when the cursor has rested for so long.
_REST_S = 0.06
_MOST_KEPT = 500


class Following(Frame):
    """A frame whose panels follow the cursor."""

    def __init__(self, reading: Reading, *, driver_class: type[Driver] | None = None) -> None:
        super().__init__(reading, driver_class=driver_class)
        self._with_images = False
        self._with_below = True
        self._read_already: dict[int, More] = {}
        self._pictured: tuple[int, bool] | None = None
        self._rest: Timer | None = None

    @on(ClassTree.Moved)
    def _moved(self) -> None:
        """Show at once what is at hand; the rest when the cursor rests."""
        if self.world is None or (row := self.class_tree.row) is None:
            return
        self.detail.show(self.world, row.synset, self._read_already.get(row.synset))
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_S, self._rested)

    def _rested(self) -> None:
        self._rest = None
        if self.world is None or (row := self.class_tree.row) is None:
            return
        if self.world.is_whole and row.synset not in self._read_already:
            job = partial(self._read_more, self.world, row.synset)
            self.run_worker(job, thread=True, exclusive=True, group="more", exit_on_error=False)
        self._show_pictures()

    def _read_more(self, world: World, synset: int) -> None:
        if not get_current_worker().is_cancelled:
            more = read_more(world, synset)
            self.call_from_thread(self._show_more, world, synset, more)

    def _show_more(self, world: World, synset: int, more: More) -> None:
        if len(self._read_already) > _MOST_KEPT:
            self._read_already.clear()
        self._read_already[synset] = more
        if (
            world is self.world
            and self.class_tree.row is not None
            and self.class_tree.row.synset == synset
        ):
            self.detail.show(world, synset, more)

    def _show_pictures(self) -> None:
        grid, row, world = self.pictures, self.class_tree.row, self.world
        if grid is None or row is None or world is None:
            return
        images = world.in_all(row.synset) if self._with_below else world.own(row.synset)
        query = None
        if images:
            query = world.synset(row.synset).images(release="*", below=self._with_below)
        shown = (row.synset, self._with_below)
        if shown != self._pictured:
            self._pictured = shown
            grid.show(query)

    # -- what is shown

    def action_turn_all(self) -> None:
        """Show all nouns, or only branches with images."""
        if self.world is None or not self.world.images:
            self.notify("there are no images here to tell branches by")
        else:
            self._turn_all()

    def _turn_all(self) -> None:
        assert self.world is not None
        self._with_images = not self._with_images
        self.class_tree.see(self.world, with_images=self._with_images)
        self._entitle()

    def _entitle(self) -> None:
        only = "branches with images" if self._with_images else "all nouns"
        self.class_tree.border_title = f"classes · {only}"
        if (grid := self.pictures) is not None:
            what = "with all below" if self._with_below else "this class alone"
            grid.border_title = f"images · {what}"

    def action_turn_below(self) -> None:
        """Show pictures of the class alone, or with all below it."""
        self._with_below = not self._with_below
        self._entitle()
        self._show_pictures()
