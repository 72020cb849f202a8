"""The browser: its keys, what it reads first, and what is marked in it.

Its panels are frame.py's and following.py's, the ways about it jumping.py's.
"""

from __future__ import annotations

import gc
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Static
from textual.worker import Worker, WorkerState, get_current_worker

from imnet_data.cli.browse.jumping import Jumping
from imnet_data.cli.browse.marks_line import MarksLine
from imnet_data.cli.text import safe
from imnet_data.errors import ImnetDataError

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.driver import Driver

    from imnet_data.cli.browse.reading import Reading
    from imnet_data.cli.browse.world import World
    from imnet_data.taxonomy.evaluation import ClassSet
    from imnet_data.taxonomy.marks import Marks


class WorldRead(Message):
    """There is something to show, and to begin at a class of it, or None."""

    def __init__(self, world: World, begin: int | None) -> None:
        super().__init__()
        self.world = world
        self.begin = begin


class Browser(Jumping):
    """The browser over what `reading` reads; it ends with the class expression of its marks.

    It ends with None where it was interrupted; `reading.failure` is why it could not go on.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, action, show=False)
            for key, action in (
                ("slash", "search"), ("g", "go"), ("p", "places"), ("b", "jump_back"),
                ("t", "turn_all"), ("space", "mark(True)"), ("x", "mark(False)"),
                ("C", "clear_marks"), ("s", "save"), ("c", "turn_below"),
                ("d", "look('detail')"), ("i", "look('pictures')"), ("escape", "look('tree')"),
                ("question_mark", "help"), ("q", "leave"),
            )
        ),
        # Before the screen's own, which knows only of panels that are in sight.
        Binding("tab", "next_panel(1)", show=False, priority=True),
        Binding("shift+tab", "next_panel(-1)", show=False, priority=True),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
    ]  # fmt: skip

    def __init__(self, reading: Reading, *, driver_class: type[Driver] | None = None) -> None:
        super().__init__(reading, driver_class=driver_class)
        self.marks: Marks | None = None

    def on_mount(self) -> None:
        """Draw first, then read."""
        self.call_after_refresh(self._read)

    # -- reading

    def _read(self) -> None:
        gc.enable()  # the command has switched it off for the start
        self.run_worker(self._read_all, thread=True, group="reading", exit_on_error=False)

    def _read_all(self) -> None:
        for world, begin in self.reading.worlds():
            self.post_message(WorldRead(world, begin))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """End where there is nothing to browse; a part that cannot be read is told of."""
        if event.state is not WorkerState.ERROR or event.worker.error is None:
            return
        if event.worker.group == "reading" or not isinstance(event.worker.error, ImnetDataError):
            self.reading.failure = event.worker.error
            self.exit()
        else:
            self.notify(safe(str(event.worker.error)), severity="error", markup=False)

    @on(WorldRead)
    async def _see(self, message: WorldRead) -> None:
        """Show a world that was read, in the place of the one before."""
        world, begin = message.world, message.begin
        from imnet_data.taxonomy.marks import Marks  # noqa: PLC0415 - numpy, not before the screen

        marks, before = Marks(world.resolver), self.marks
        if before is not None:
            for synset in (*before.taken, *before.left_out):
                marks.put(synset, is_in=before.of(synset) is True)
        self.marks = marks
        is_first, self.world = self.world is None, world
        self._with_images = bool(world.images)
        self._base.query_one("#head", Static).update(self.reading.title(world))
        if world.catalogue is not None:
            await self._hang_pictures()
        self.class_tree.mark_of = marks.of
        self.class_tree.see(world, with_images=self._with_images)
        if begin is not None and (is_first or world.is_whole):
            self._show_at(begin)
        elif self.class_tree.at == 0:
            self.class_tree.open_to_fork()
        if is_first and self.reading.said:
            self.notify(self.reading.said, markup=False)
        self._entitle()
        self._marked()

    async def _hang_pictures(self) -> None:
        from imnet_data.cli.browse.grid import PictureGrid  # noqa: PLC0415 - Pillow

        grid = PictureGrid(terminal=self.reading.terminal, id="pictures")
        grid.border_title = "images"
        await self._base.query_one("#side").mount(grid)

    # -- marks

    def action_mark(self, is_in: bool) -> None:  # noqa: FBT001 - textual's actions take no names
        """Mark the class of the cursor in or out, or take its mark off."""
        if self.marks is not None and (row := self.class_tree.row) is not None:
            self.marks.turn(row.synset, is_in=is_in)
            self._marked()

    def action_clear_marks(self) -> None:
        """Take all marks off."""
        if self.marks is not None:
            self.marks.clear()
            self._marked()

    def _marked(self) -> None:
        assert self.marks is not None
        expression = self.marks.expression()
        self._base.query_one("#marks", MarksLine).show(expression)
        if expression and self.world is not None and self.world.is_whole:
            job = partial(self._count, self.world, expression)
            self.run_worker(job, thread=True, exclusive=True, group="count", exit_on_error=False)
        elif not expression:
            self.class_tree.taken = ()
        self.class_tree.refresh()

    def _count(self, world: World, expression: str) -> None:
        classes = world.scope.classes(expression)
        images = None
        if world.catalogue is not None:
            images = world.catalogue.images(expression, release="*").count()
        if not get_current_worker().is_cancelled:
            self.call_from_thread(self._counted, expression, classes, images)

    def _counted(self, expression: str, classes: ClassSet, images: int | None) -> None:
        world, marks = self.world, self.marks
        if world is None or marks is None or expression != marks.expression():
            return
        self.class_tree.taken = classes
        self.class_tree.refresh()
        held = len(classes) if images is None else sum(1 for one in classes if world.own(one))
        self._base.query_one("#marks", MarksLine).show(expression, images=images, classes=held)

    def action_save(self) -> None:
        """Save what is marked."""
        from imnet_data.cli.browse.save import SaveDialog  # noqa: PLC0415

        if self.world is None or self.marks is None or not self.marks:
            self.notify("nothing is marked: Space takes a class in")
            return
        catalogue = self.world.catalogue
        releases = () if catalogue is None else tuple(catalogue.releases())
        dialog = SaveDialog(self.marks.expression(), catalogue, releases)
        self.push_screen(dialog, self._saved)

    def _saved(self, said: str | None) -> None:
        if said:
            self.notify(said, markup=False)

    def action_leave(self) -> None:
        """End, with the expression of what is marked."""
        self.exit("" if self.marks is None else self.marks.expression())
