"""`imnet-data archives`: the indexed archives, and where they are."""

from __future__ import annotations

import os

import click

from imnet_data.amounts import count, size
from imnet_data.cli.help import Command, Group
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.stats_view import archive_json, boxes_of, state_of
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe

_COLUMNS = (
    Column("release", cut="end", least=8),
    Column("layout"),
    Column("splits", cut="end", least=6),
    Column("images", number=True),
    Column("size", number=True),
    Column("state"),
    Column("path", cut="start", least=16),
)


@click.group("archives", cls=Group, examples=["archives list"])
def command() -> None:
    """List the indexed archives, take one out, say where they are now."""


@command.command("list", cls=Command, examples=["archives list", "archives list --json"])
@json_option
@pass_session
def list_(session: Session, *, as_json: bool) -> None:
    """List the archives and their state.

    An archive is whole, faulty (truncated or damaged), unfinished (its indexing was cut off, and
    goes on with the next `index`) or missing (nothing is at its path).
    """
    with session.catalogue() as catalogue:
        archives = catalogue.archives()
    if as_json:
        write_json([archive_json(archive) for archive in archives])
        return
    screen = Screen()
    rows = [
        [
            safe(archive.release), archive.layout, "+".join(archive.splits),
            f"{archive.images:,}", size(archive.size_bytes), state_of(archive),
            safe(_shown(archive.path, screen)),
        ]
        for archive in archives
    ]  # fmt: skip
    write_table(screen, _COLUMNS, rows)
    for archive in archives:
        if archive.boxes:
            screen.line((f"{safe(archive.path)}: {boxes_of(archive)}", ""))
        for fault in archive.faults:
            screen.line((f"{safe(archive.path)}: {safe(fault.sentence)}", ""))


def _shown(path: str, screen: Screen) -> str:
    """A path as it is, or on a terminal, where room is scarce, from here."""
    here = os.path.join(os.getcwd(), "")
    return path.removeprefix(here) if screen.is_terminal else path


@command.command(
    "remove", cls=Command, examples=["archives remove ILSVRC2012_img_test_v10102019.tar"]
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@pass_session
def remove(session: Session, *, paths: tuple[str, ...]) -> None:
    """Take archives out of the catalogue.

    Their files are left alone. Images that another archive holds too are kept.
    """
    with session.catalogue(writes=True) as catalogue:
        for path in paths:
            before = catalogue.stats().images
            moved = catalogue.remove_archive(path)
            gone = before - catalogue.stats().images
            told = f"removed {safe(path)}: {count(gone, 'image')} gone"
            if moved:
                told += f", {moved:,} kept, which other archives hold too"
            click.echo(told)


@command.command("relocate", cls=Command, examples=["archives relocate downloads imagenet"])
@click.argument("old")
@click.argument("new")
@pass_session
def relocate(session: Session, *, old: str, new: str) -> None:
    """Say where archives are now.

    OLD is an archive's path, or a folder's that held several. They are checked to be the same
    files, and are not indexed again.
    """
    with session.catalogue(writes=True) as catalogue:
        for path in catalogue.relocate(old, new):
            click.echo(f"now at {safe(path)}")
