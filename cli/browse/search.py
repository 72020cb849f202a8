"""Search as one types: words at once, then what takes longer, as `imnet-data search` finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.worker import get_current_worker

from imnet_data.amounts import count
from imnet_data.cli.browse.dialog import Choice, Dialog
from imnet_data.cli.search_hits import Search, own_matches
from imnet_data.cli.text import safe
from imnet_data.taxonomy.lemmas import as_lemma

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from imnet_data.cli.browse.world import World
    from imnet_data.cli.screen import Span

_LIMIT = 40
_STEP = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
# Base forms and glosses are looked for when nothing was typed for so long.
_PAUSE_S = 0.15

# A class that was found, and what matched in it.
Found = tuple[int, str]


class SearchDialog(Dialog[int]):
    """A line to type in, and below it what is found; the answer is a class."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
    ]

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._found: list[Found] = []

    def compose(self) -> ComposeResult:
        """The line and the list."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = "search"
            box.border_subtitle = "↑ ↓ choose · Enter goes there · Esc goes back"
            yield Input(placeholder="a part of a word, as in: sea snake", id="line", compact=True)
            yield Choice(id="hits", compact=True)
            yield Static(id="said")

    def on_mount(self) -> None:
        """The list is moved in from the line that is typed in."""
        super().on_mount()
        self.query_one("#hits").can_focus = False
        self._later = self.set_timer(_PAUSE_S, self._go_deeper, pause=True)

    def action_move(self, way: str) -> None:
        """Move in the list while one types."""
        getattr(self.query_one("#hits", Choice), f"action_{way}")()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        text = event.value
        self._offer(at_once(self._world, text) if text.strip() else [], is_all=False)
        self._later.stop()
        if text.strip():
            self._later = self.set_timer(_PAUSE_S, self._go_deeper)

    @on(Input.Submitted)
    def _entered(self) -> None:
        at = self.query_one("#hits", Choice).highlighted
        if at is not None and self._found:
            self.dismiss(self._found[at][0])

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index][0])

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        path = self._world.paths(self._found[event.option_index][0])[0]
        self.say(_STEP.join(safe(self._world.name(step)) for step in path[-4:]))

    @work(thread=True, exclusive=True, group="search")
    def _go_deeper(self) -> None:
        text = self.query_one("#line", Input).value
        hits = Search(self._world.scope, text).found(_LIMIT)
        found = [(synset, matched) for synset, matched, _ in hits]
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._deeper, text, found)

    def _deeper(self, text: str, found: list[Found]) -> None:
        if self.is_attached and self.query_one("#line", Input).value == text:
            self._offer(found, is_all=True)

    def _offer(self, found: list[Found], *, is_all: bool) -> None:
        if is_all and [synset for synset, _ in found] == [synset for synset, _ in self._found]:
            return
        choice = self.query_one("#hits", Choice)
        at = choice.highlighted or 0
        # The cursor stays on what it was on, if that is still there.
        chosen = self._found[at][0] if is_all and self._found else None
        self._found = found
        places = [synset for synset, _ in found]
        choice.offer(
            [_item(self._world, *one) for one in found],
            at=places.index(chosen) if chosen in places else 0,
        )
        if not found:
            nothing = self.query_one("#line", Input).value.strip()
            self.say("nothing found" if nothing and is_all else "")


def at_once(world: World, text: str) -> list[Found]:
    """The own classes and the lemmas that hold a text, in the order of `search`: 2 ms at most."""
    own = own_matches(world.resolver, text)
    return [*own, *((hit.id, hit.lemma) for hit in world.graph.search(text, _LIMIT))][:_LIMIT]


def _item(world: World, synset: int, matched: str) -> Sequence[Span]:
    name = world.name(synset)
    in_all = world.in_all(synset)
    same = as_lemma(matched) == name.partition(".n.")[0] or matched == name[4:]
    amount = count(in_all, "image") if world.has_images else count(in_all, "class", "classes")
    return [
        (safe(name), "" if in_all else "dim"),
        ("" if same else f"  {safe(matched.replace('_', ' '))}", "dim"),
        (amount, "dim"),
    ]
