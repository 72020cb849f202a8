"""`imnet-data catalogue`: a catalogue as a thing: what it is, and copies of it."""

from __future__ import annotations

import click

from imnet_data.cli import catalogue_view
from imnet_data.cli.help import Command, Group
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session


@click.group(
    "catalogue", cls=Group, examples=["catalogue info", "catalogue copy imagenet.db shared.db"]
)
def command() -> None:
    """Say what the catalogue is, or copy it to another file or into PostgreSQL."""


@command.command("info", cls=Command, examples=["catalogue info", "catalogue info --json"])
@json_option
@pass_session
def info(session: Session, *, as_json: bool) -> None:
    """Say what the catalogue is: its kind, schema and size, and who writes to it now.

    What it holds is `stats`' to say, whether all is well with it `doctor`'s.
    """
    from imnet_data.catalogue.about import about  # noqa: PLC0415 - numpy and sqlalchemy

    found = about(session.path)
    if as_json:
        write_json(catalogue_view.info_json(found))
    else:
        catalogue_view.write_info(Screen(), found)


@command.command(
    "copy",
    cls=Command,
    examples=["catalogue copy imagenet.db shared.db", "catalogue copy imagenet.db b.db --json"],
)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@json_option
def copy(*, source: str, target: str, as_json: bool) -> None:
    """Copy a catalogue to where nothing is yet.

    FROM and TO are each a file's path, or a database in PostgreSQL
    (`postgresql://db.lab/imagenet`), which has to be there and empty. Every row is read again from
    both and compared; the copy is there whole, or not at all. It finds the archives where the
    first one does. Until it is done nobody can change FROM.
    """
    from imnet_data.catalogue.copying import copy_catalogue  # noqa: PLC0415 - numpy and sqlalchemy

    with progress(rate=True) as drawn:
        done = copy_catalogue(source, target, progress=drawn)
    if as_json:
        write_json(catalogue_view.copy_json(done))
    else:
        catalogue_view.write_copy(Screen(), done)
