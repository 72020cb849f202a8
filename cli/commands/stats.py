"""`imnet-data stats`: what the catalogue holds, in numbers."""

from __future__ import annotations

import click

from imnet_data.cli import stats_view
from imnet_data.cli.health_view import WORTH_TELLING
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session


@click.command("stats", cls=Command, examples=["stats", "stats --json"])
@json_option
@pass_session
def command(session: Session, *, as_json: bool) -> None:
    """What the catalogue holds, in numbers."""
    with session.catalogue() as catalogue:
        held = catalogue.stats()
        health = catalogue.findings(codes=WORTH_TELLING).summary(examples=0)
        if as_json:
            write_json(stats_view.as_json(held, catalogue.path, health))
        else:
            stats_view.write(Screen(), held, catalogue.path, health)
