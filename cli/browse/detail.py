"""The panel with all about one class: at once what is at hand, then what has to be read.

The facts are the library's; how they are folded is what `show` does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.widgets import Static

from imnet_data.amounts import count
from imnet_data.cli.browse.page import Page
from imnet_data.cli.fields import write_field, write_prose
from imnet_data.cli.screen import fold
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe, words
from imnet_data.facts import ilsvrc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.text import Text
    from textual.app import ComposeResult

    from imnet_data.cli.browse.world import World
    from imnet_data.cli.screen import Span
    from imnet_data.synsets import SplitCount

_STEP = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
_KINDS_SHOWN = 12
_BESIDE = 44  # columns from which on labels stand beside what they are of
_COUNTS = (
    Column("release", cut="end", least=8),
    Column("split"),
    Column("own", number=True),
    Column("in all", number=True),
)


@dataclass(frozen=True, slots=True)
class More:
    """What has to be read of a class: its gloss, lists, counts a split, findings.

    `gloss` is None where there is no WordNet with glosses; `findings` is '' where nothing stands.
    """

    gloss: str | None = None
    examples: tuple[str, ...] = ()
    class_lists: Mapping[str, int] = field(default_factory=dict)
    counts: Sequence[SplitCount] = ()
    findings: str = ""


def read_more(world: World, synset: int) -> More:
    """Read it: some milliseconds, and much longer for the first."""
    from imnet_data.cli import health_view  # noqa: PLC0415 - read in a thread

    found = world.synset(synset)
    findings = ""
    if world.catalogue is not None:
        findings = health_view.sentence(world.catalogue.class_health(found))
    return More(found.gloss, found.examples, found.class_lists, found.counts, findings)


def page(world: World, synset: int, more: More | None, width: int) -> Text:
    """All about a class in lines of some width; without `more`, as far as it is at hand."""
    screen = Page(width)
    lemmas = world.synset(synset).lemmas
    screen.line(
        (safe(world.name(synset)), "bold"), ("  ", ""), (world.wnid(synset) or "own class", "cyan")
    )
    write_prose(screen, safe(words(lemmas)))
    screen.line()
    if more is None:
        screen.line(("…", "dim"))
        screen.line()
    else:
        _write_gloss(screen, more, is_own=world.wnid(synset) is None)
    _write_numbers(screen, world, synset, more)
    _write_place(screen, world, synset)
    if more is not None:
        _write_lists(screen, more)
    return screen.text


def _field(screen: Page, label: str, items: Sequence[Span | str], *, comma: str = ", ") -> None:
    """A label and its items beside it, or below it where there is little room."""
    if screen.width is None or screen.width >= _BESIDE:
        write_field(screen, label, items, comma=comma)
        return
    if label:
        screen.line((label, "bold"))
    spans = [(item, "") if isinstance(item, str) else item for item in items]
    for line in fold(spans, screen.width, indent=2, comma=comma):
        screen.line(("  ", ""), *line)


def _write_gloss(screen: Page, more: More, *, is_own: bool) -> None:
    if more.gloss is not None:
        write_prose(screen, more.gloss)
        for example in more.examples:
            write_prose(screen, f"“{example}”", "dim")
        screen.line()
    elif not is_own:
        write_prose(screen, "No gloss here: imnet-data wordnet install fetches them.", "dim")
        screen.line()


def _write_numbers(screen: Page, world: World, synset: int, more: More | None) -> None:
    if world.has_images:
        own, in_all = world.own(synset), world.in_all(synset)
        _field(screen, "images", [f"{own:,} own", f"{in_all:,} with all below"])
    elif world.is_whole:
        _field(screen, "classes", [f"{world.in_all(synset):,} with all below"])
    if more is not None and more.findings:
        _field(screen, "findings", [(part, "red") for part in more.findings.split(", ")])
    known = ilsvrc.by_wnid().get(world.wnid(synset) or "")
    if known is not None:
        _field(screen, "ILSVRC", [
            f"class index {known.class_index} of 0..999", f"ILSVRC2012_ID {known.ilsvrc2012_id}",
        ])  # fmt: skip


def _write_place(screen: Page, world: World, synset: int) -> None:
    for at, path in enumerate(world.paths(synset)):
        names = [safe(world.name(step)) for step in path]
        _field(screen, "path" if at == 0 else "", names, comma=_STEP)
    if (lexname := world.synset(synset).lexname) is not None:
        _field(screen, "field", [lexname])
    kinds = world.children(synset)
    if kinds:
        left = len(kinds) - _KINDS_SHOWN
        more = [(f"… and {left:,} more", "dim")] if left > 0 else []
        names = [safe(world.name(kind)) for kind in kinds[:_KINDS_SHOWN]]
        _field(screen, count(len(kinds), "kind"), [*names, *more])


def _write_lists(screen: Page, more: More) -> None:
    if more.class_lists:
        places = [f"@{name} {place}" for name, place in more.class_lists.items()]
        _field(screen, "list index", places)
    if more.counts:
        screen.line()
        rows = [
            [safe(one.release), one.split, f"{one.own:,}", f"{one.in_all:,}"] for one in more.counts
        ]
        write_table(screen, _COUNTS, rows)


class Detail(VerticalScroll, can_focus=True):
    """The panel; it scrolls where its facts are longer than it."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - textual's own name for it
        super().__init__(id=id)
        self._shown: tuple[World, int, More | None] | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="facts")

    def show(self, world: World, synset: int, more: More | None) -> None:
        """Show a class, from its top if it is another than before."""
        if self._shown is None or self._shown[1] != synset:
            self.scroll_to(y=0, animate=False)
        self._shown = world, synset, more
        self._draw()

    def on_resize(self) -> None:
        """Fold the lines anew."""
        self._draw()

    def _draw(self) -> None:
        if self._shown is not None:
            world, synset, more = self._shown
            width = self.scrollable_content_region.width
            self.query_one("#facts", Static).update(page(world, synset, more, width))
