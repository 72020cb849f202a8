"""`imnet-data index`: archives and folders into the catalogue."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from imnet_data.cli import index_view, preview_view
from imnet_data.cli.engine_options import EngineChoice, engine_options
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option, release_option, split_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.errors import ArchiveMissing
from imnet_data.files.address import absolute, is_url
from imnet_data.files.status import exists
from imnet_data.layouts.layout_names import LAYOUTS
from imnet_data.splits import Split

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(
    "index",
    cls=Command,
    examples=[
        "index ILSVRC2012_img_train.tar ILSVRC2012_img_val.tar",
        "index . --release ilsvrc2012",
        "index . --dry-run",
    ],
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@release_option("The release that the images belong to; else told by name, else by classes.")
@split_option("The split that the images belong to; else told by the layout.")
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    metavar="LAYOUT",
    help=f"How the images are laid out; else told by itself. One of {', '.join(LAYOUTS)}.",
)
@click.option(
    "--labels", metavar="LIST", help="What label numbers count: a class list, or a file of classes."
)
@click.option("--dry-run", is_flag=True, help="Say what each archive is taken for; write nothing.")
@click.option(
    "--workers", type=click.IntRange(min=0), metavar="N",
    help="Processes that look and scan ahead, of use where reading takes long.  [default: none]",
)  # fmt: skip
@engine_options
@json_option
@pass_session
@click.pass_context
def command(
    ctx: click.Context, session: Session, *, paths: tuple[str, ...], release: str | None,
    split: str | None, layout: str | None, labels: str | None, dry_run: bool,
    workers: int | None, engine: EngineChoice, as_json: bool,
) -> None:  # fmt: skip
    """Index archives and folders into the catalogue.

    A PATH is an archive (a tar, a tar of tars, a compressed tar, a zip, Parquet), a tree of
    folders, or a folder that holds some of these; or the URL of one in a bucket (s3://…), which is
    read in place. Nothing is unpacked and no image is opened.
    What stands in the catalogue unchanged costs nothing, and a run that was stopped goes on where
    it stood. The catalogue is made where there is none.

    Exit code 1 if a PATH is missing, truncated, no archive, or holds neither images nor boxes, and
    if a devkit's labels differ from the packaged ones; whatever is whole is indexed all the same.
    """
    if dry_run:
        ctx.exit(_preview(paths, release=release, split=split, layout=layout, as_json=as_json))
    if labels is not None:
        from imnet_data.indexing.label_files import check_labels  # noqa: PLC0415 - numpy, as below

        check_labels(labels)
    made = not session.exists
    if made and not any(map(_is_there, paths)):
        raise ArchiveMissing(absolute(paths[0]))  # rather than leave an empty catalogue
    with session.catalogue(create=True) as catalogue:
        if made:
            say(f"made the catalogue {catalogue.path}")
        try:
            with engine.workers(workers) as who, progress() as told:
                report = catalogue.index(
                    paths, release=release, split=split, layout=layout, labels=labels,
                    workers=who, progress=told,
                )  # fmt: skip
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


def _is_there(path: str) -> bool:
    return exists(path) if is_url(path) else os.path.lexists(path)


def _preview(
    paths: Sequence[str], *, release: str | None, split: str | None, layout: str | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Say what the archives at some paths are taken for; 1 where one cannot be indexed."""
    from imnet_data.indexing.identify import Asked  # noqa: PLC0415 - numpy, for no one's --help
    from imnet_data.indexing.preview import preview  # noqa: PLC0415 - as above

    asked = Asked(release, layout, None if split is None else Split.of(split))
    guesses = preview(paths, asked)
    if as_json:
        write_json(preview_view.as_json(guesses))
    else:
        preview_view.write(Screen(), guesses)
    for sentence in preview_view.remarks(guesses):
        say(sentence)
    return int(any(guess.refusal is not None for guess in guesses))
