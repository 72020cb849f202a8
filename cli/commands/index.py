"""`imnet-data index`: archives and folders into the catalogue."""

from __future__ import annotations

import os

import click

from imnet_data.cli import index_view
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option, release_option, split_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.errors import ArchiveMissing
from imnet_data.layouts.recognise import LAYOUTS


@click.command(
    "index",
    cls=Command,
    examples=[
        "index ILSVRC2012_img_train.tar ILSVRC2012_img_val.tar",
        "index . --release ilsvrc2012",
    ],
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@release_option("The release that the images belong to; else told by name, else by classes.")
@split_option("The split that the images belong to; else told by the layout.")
@click.option(
    "--layout", type=click.Choice(LAYOUTS), help="How the images are laid out; else told by itself."
)
@json_option
@pass_session
@click.pass_context
def command(
    ctx: click.Context, session: Session, *, paths: tuple[str, ...], release: str | None,
    split: str | None, layout: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Index archives and folders into the catalogue.

    A PATH is a tar, a tar of tars, a folder of tars, or a tree of class folders. Nothing is
    unpacked and no image is opened. What stands in the catalogue unchanged costs nothing, and a
    run that was stopped goes on where it stood. The catalogue is made where there is none.

    Exit code 1 if a PATH is missing, truncated, no archive, or holds no image; whatever is whole
    is indexed all the same.
    """
    made = not session.exists
    if made and not any(map(os.path.lexists, paths)):
        raise ArchiveMissing(os.path.abspath(paths[0]))  # rather than leave an empty catalogue
    with session.catalogue(create=True) as catalogue:
        if made:
            say(f"made the catalogue {catalogue.path}")
        try:
            with progress() as told:
                report = catalogue.index(
                    paths, release=release, split=split, layout=layout, progress=told
                )
        except KeyboardInterrupt:
            say("what is indexed so far is kept; the same command goes on from there")
            raise
        if as_json:
            write_json(index_view.as_json(report, catalogue.path))
        else:
            index_view.write(Screen(), report)
        for sentence in index_view.remarks(report):
            say(sentence)
    ctx.exit(0 if report.well else 1)
