"""`imnet-data search`: classes by a part of their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from imnet_data.cli.failure import Failed, say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe
from imnet_data.taxonomy.close_matches import close_lemmas
from imnet_data.taxonomy.lemmas import as_lemma

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.scope import Scope

_COLUMNS = (
    Column("wnid", style="cyan"),
    Column("synset", cut="end"),
    Column("matched", cut="end"),
)
_IMAGES = Column("images", number=True)


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

    Whole words come first, then beginnings, then any part; `images` counts a class with all below
    it. Your own classes are found by their names. Exit code 1 if nothing is found.
    """
    with session.scope() as (scope, catalogue):
        # One more than is shown tells whether there are more.
        found = [*_own(scope, text), *_nouns(scope, text, limit + 1)][: limit + 1]
        if not found and not as_json:
            close = close_lemmas(scope.graph.words, as_lemma(text))
            advice = session.line("search", close[0]) if close else "a shorter part of the word"
            raise Failed(f"no class has {text!r} in its words", advice=advice)
        hits = [hit | {"subtree_images": scope.subtree_images(hit.pop("id"))} for hit in found]
    if as_json:
        write_json(hits[:limit])
        ctx.exit(0 if hits else 1)
    columns = (*_COLUMNS, _IMAGES) if catalogue is not None else _COLUMNS
    rows = [
        [
            hit["wnid"] or "", safe(hit["name"]), safe(hit["matched"].replace("_", " ")),
            f"{hit['subtree_images']:,}",
        ][: len(columns)]
        for hit in hits[:limit]
    ]  # fmt: skip
    write_table(Screen(), columns, rows)
    if len(hits) > limit:
        say(f"… and more: --limit {limit * 5} shows them")


def _nouns(scope: Scope, text: str, limit: int) -> Iterator[dict[str, Any]]:
    graph = scope.graph
    for hit in graph.search(text, limit):
        yield {
            "id": hit.id, "wnid": graph.wnid(hit.id), "name": graph.name(hit.id),
            "matched": hit.lemma, "rank": hit.rank.name.lower(),
        }  # fmt: skip


def _own(scope: Scope, text: str) -> Iterator[dict[str, Any]]:
    wanted = as_lemma(text.removeprefix("own:"))
    for own in scope.resolver.own.classes.values():
        if wanted in as_lemma(own.name):
            name = scope.resolver.name(own.id)
            yield {"id": own.id, "wnid": None, "name": name, "matched": own.name, "rank": "own"}
