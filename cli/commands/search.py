"""`imnet-data search`: classes by a part of their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imnet_data.cli.failure import Failed, say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.search_hits import Hit, Search
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.table import Column, width_of, write_table
from imnet_data.cli.text import safe, words
from imnet_data.taxonomy.close_matches import close_lemmas
from imnet_data.taxonomy.lemmas import as_lemma
from imnet_data.words import glosses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.scope import Scope

_COLUMNS = (
    Column("wnid", style="cyan"),
    Column("synset", cut="end"),
    Column("matched", cut="end"),
)
_IMAGES = Column("images", number=True)
_GLOSS = Column("gloss", style="dim", cut="end")
_ROOM_FOR_GLOSSES = 30


@click.command("search", cls=Command, examples=["search crane", 'search "sea snake" --limit 5'])
@click.argument("text")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N",
    help="Show at most N classes.",
)  # fmt: skip
@json_option
@click.pass_context
@pass_session
def command(session: Session, ctx: click.Context, *, text: str, limit: int, as_json: bool) -> None:
    """Find classes by a part of their words.

    Whole words come first, then beginnings, then any part, then, where there is a WordNet 3.0, the
    glosses that hold the words whole. A plural is searched as its singular. `images` counts a class
    with all below it. Your own classes are found by their names. A terminal with room for it shows
    the gloss too. Exit code 1 if nothing is found.
    """
    with session.scope() as (scope, catalogue):
        search = Search(scope, text)
        # One more than is shown tells whether there are more.
        hits = search.hits(limit + 1)
        if hits and search.read_as:
            say(f"{text}: read as {words(search.read_as)}")
        if not hits and not as_json:
            raise _nothing(session, scope, text)
    if as_json:
        write_json(hits[:limit])
        ctx.exit(0 if hits else 1)
    _write(Screen(), hits[:limit], counted=catalogue is not None)
    if len(hits) > limit:
        say(f"… and more: --limit {limit * 5} shows them")


def _write(screen: Screen, hits: Sequence[Hit], *, counted: bool) -> None:
    columns = (*_COLUMNS, _IMAGES) if counted else _COLUMNS
    rows = [
        [
            hit["wnid"] or "", safe(hit["name"]), safe(_matched(hit)), f"{hit['subtree_images']:,}",
        ][: len(columns)]
        for hit in hits
    ]  # fmt: skip
    # On a terminal with room to spare: five cranes are told apart by what they are.
    room = 0 if screen.width is None else screen.width - width_of(columns, rows)
    if room >= _ROOM_FOR_GLOSSES and any(hit["gloss"] for hit in hits):
        columns = (*columns, _GLOSS)
        rows = [[*row, safe(hit["gloss"] or "")] for row, hit in zip(rows, hits, strict=True)]
    write_table(screen, columns, rows)


def _matched(hit: Hit) -> str:
    matched: str = hit["matched"]
    return matched if hit["rank"] == "gloss" else matched.replace("_", " ")


def _nothing(session: Session, scope: Scope, text: str) -> Failed:
    close = close_lemmas(scope.graph.words, as_lemma(text))
    advice = session.line("search", close[0]) if close else "a shorter part of the word"
    places = "its words or its gloss" if glosses.available() else "its words"
    return Failed(f"no class has {text!r} in {places}", advice=advice)
