"""Saving what is marked: as a subset in the catalogue, or as a recipe in a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Vertical
from textual.widgets import Input, Static

from imnet_data.amounts import count
from imnet_data.cli.browse.dialog import LineDialog
from imnet_data.cli.text import safe
from imnet_data.errors import ImnetDataError
from imnet_data.lasting import written_whole
from imnet_data.progress import Silent
from imnet_data.subsets.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from imnet_data.catalogue import Catalogue

_ENDING = ".toml"


class _GivenUp(Exception):
    """Nobody waits for the subset any more."""


class _Told(Silent):
    """Says how far it is in a dialog; ends the work where that was left."""

    def __init__(self, dialog: SaveDialog) -> None:
        self._dialog = dialog
        self._done, self._total, self._percent = 0, 0, -1

    def begin(self, what: str, total: int | None, unit: str) -> None:  # noqa: ARG002 - the protocol's
        """A part of the work begins."""
        self._done, self._total = 0, total or 0

    def advance(self, n: int) -> None:
        """So much more is done."""
        if not self._dialog.is_waiting:
            raise _GivenUp
        self._done += n
        percent = 100 * self._done // self._total if self._total else 0
        if percent != self._percent:
            self._percent = percent
            self._dialog.app.call_from_thread(self._dialog.say, f"locking it: {percent} %")


class SaveDialog(LineDialog[str]):
    """Asks for a name, and saves an expression by it; the answer says what was saved."""

    TITLE_HERE: ClassVar[str] = "save what is marked"
    HINT: ClassVar[str] = "pets, a subset's name; or pets.toml, a recipe's file"

    def __init__(
        self, expression: str, catalogue: Catalogue | None, releases: Sequence[str]
    ) -> None:
        super().__init__()
        self._expression = expression
        self._catalogue = catalogue
        self._releases = releases
        self.is_waiting = False

    def compose(self) -> ComposeResult:
        """The name, and where there are several releases the one whose images are taken."""
        with Vertical(classes="dialog") as box:
            box.border_title = self.TITLE_HERE
            box.border_subtitle = "Enter saves · Esc goes back"
            yield Static(safe(self._expression), id="expression", markup=False)
            yield Input(placeholder=self.HINT, id="line", compact=True)
            if len(self._releases) > 1:
                hint = f"the release: {', '.join(map(safe, self._releases))}"
                yield Input(placeholder=hint, id="release", compact=True)
            yield Static(id="said")

    def action_leave(self) -> None:
        """Go back, and end the work that goes on."""
        self.is_waiting = False
        super().action_leave()

    @on(Input.Submitted)
    def _entered(self) -> None:
        name = self.query_one("#line", Input).value.strip()
        if not name or self.is_waiting:
            return
        try:
            if name.endswith(_ENDING):
                self.dismiss(self._to_file(os.path.expanduser(name)))
            else:
                self._to_catalogue(self._recipe(name))
        except (ImnetDataError, OSError) as error:
            self.say(_sentence(error))

    def _recipe(self, name: str) -> Recipe:
        asked = self.query("#release")
        release = asked.first(Input).value.strip() if asked else ""
        return Recipe(name, classes=self._expression, release=release or None)

    def _to_file(self, path: str) -> str:
        recipe = self._recipe(os.path.basename(path).removesuffix(_ENDING))
        if os.path.lexists(path):
            raise FileExistsError(17, "is there already", path)
        with written_whole(path) as file:
            file.write(recipe.to_toml().encode())
        return f"wrote {path}; imnet-data subset create {recipe.name} --recipe {path} makes it"

    def _to_catalogue(self, recipe: Recipe) -> None:
        if self._catalogue is None:
            self.say(f"there is no catalogue to keep it in: a name with {_ENDING} writes a file")
            return
        if not self._catalogue.writable:
            self.say(f"this catalogue can only be read: a name with {_ENDING} writes a file")
            return
        self.is_waiting = True
        self.say("locking it …")
        self._make(self._catalogue, recipe)

    @work(thread=True, group="save", exit_on_error=False)
    def _make(self, catalogue: Catalogue, recipe: Recipe) -> None:
        try:
            stock = catalogue.create_subset(recipe, progress=_Told(self))
        except _GivenUp:
            return
        except (ImnetDataError, OSError) as error:
            self.app.call_from_thread(self._failed, _sentence(error))
            return
        classes = count(len(stock.subset.classes.order), "class", "classes")
        made = f"made the subset {recipe.name}: {count(stock.lock.images, 'image')} of {classes}"
        self.app.call_from_thread(self._made, made)

    def _made(self, sentence: str) -> None:
        if self.is_attached:
            self.dismiss(sentence)
        else:
            self.app.notify(sentence, markup=False)

    def _failed(self, sentence: str) -> None:
        self.is_waiting = False
        if self.is_attached:
            self.say(sentence)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return safe(f"{error.filename}: {error.strerror}")
    return safe(str(error))
