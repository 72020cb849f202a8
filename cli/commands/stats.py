"""`imnet-data stats`: what the catalogue holds, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imnet_data.amounts import count
from imnet_data.cli import stats_view
from imnet_data.cli.failure import say
from imnet_data.cli.health_view import WORTH_TELLING
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session

if TYPE_CHECKING:
    from imnet_data.catalogue import Catalogue


@click.command(
    "stats", cls=Command, examples=["stats", "stats --json", "stats --html branches.html"]
)
@click.option("--html", metavar="FILE", help="Write a treemap of the images by WordNet branch.")
@json_option
@pass_session
def command(session: Session, *, html: str | None, as_json: bool) -> None:
    """What the catalogue holds, in numbers.

    `--html` writes a page to look around in, where each branch is as large as it has images; it
    needs no network and no other file.
    """
    if html is not None and as_json:
        raise click.UsageError("--html and --json are two answers: ask for one of them")
    with session.catalogue() as catalogue:
        if html is not None:
            _write_page(catalogue, html)
            return
        held = catalogue.stats()
        health = catalogue.findings(codes=WORTH_TELLING).summary(examples=0)
        if as_json:
            write_json(stats_view.as_json(held, catalogue.path, health))
        else:
            stats_view.write(Screen(), held, catalogue.path, health)


def _write_page(catalogue: Catalogue, path: str) -> None:
    from imnet_data.treemap.page import write_treemap  # noqa: PLC0415 - for the page alone

    classes = write_treemap(catalogue, path)
    say(f"{path}: {count(classes, 'class', 'classes')}; open it in a browser")
