"""Going to a class by what one knows of it: a name to type, or one of its parents to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.widgets import Input, OptionList

from imnet_data.cli.browse.dialog import Choice, Dialog, LineDialog
from imnet_data.cli.text import safe
from imnet_data.errors import TaxonomyError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from imnet_data.cli.browse.world import Path, World

_UP = " \N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK} "


class GoDialog(LineDialog[tuple[int, str]]):
    """Asks for a class by its name; the answer is its id, with what is to be said of the name."""

    TITLE_HERE: ClassVar[str] = "go to"
    HINT: ClassVar[str] = "n02084071, dog.n.01, hot dog, own:rex"

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    @on(Input.Changed)
    def _typed(self) -> None:
        self.say("")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            return
        try:
            found = self._world.resolver.resolve(event.value)
        except TaxonomyError as error:
            self.say(safe(str(error)))
            return
        if found.synset is None:
            self.say(f"{found.name} is a list of classes, where one class is asked for")
        else:
            said = "" if found.notice is None else str(found.notice)
            self.dismiss((found.synset, said))


class PlaceDialog(Dialog["Path"]):
    """Every place where a class stands, one a way down from the root; the answer is one of them."""

    def __init__(self, world: World, path: Path) -> None:
        super().__init__()
        self._world = world
        self._here = path
        self._paths = _places(world, path)

    def compose(self) -> ComposeResult:
        """The list."""
        with Vertical(classes="dialog") as box:
            box.border_title = f"{safe(self._world.name(self._here[-1]))} stands in several places"
            box.border_subtitle = "↑ ↓ choose · Enter goes there · Esc goes back"
            yield Choice(id="places", compact=True)

    def on_mount(self) -> None:
        """Offer them, the first that is not here chosen."""
        others = [at for at, path in enumerate(self._paths) if path != self._here]
        choice = self.query_one(Choice)
        self.call_after_refresh(
            choice.offer, [self._item(path) for path in self._paths], at=others[0] if others else 0
        )
        choice.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._paths[event.option_index])

    def _item(self, path: Path) -> list[tuple[str, str]]:
        # What stands right above is what tells places apart, so it comes first.
        above = [safe(self._world.name(step)) for step in reversed(path[:-1])]
        further = "".join(f"{_UP}{name}" for name in above[1:])
        here = "here" if path == self._here else ""
        return [(f"under {above[0]}", ""), (f" {further}", "dim"), (here, "cyan")]


def _places(world: World, path: Path) -> list[Path]:
    """The ways down to a class, by the parent they end with and the shortest first."""
    parents = world.parents(path[-1])
    return sorted(world.paths(path[-1]), key=lambda way: (parents.index(way[-2]), len(way)))
