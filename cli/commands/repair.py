"""`imnet-data repair`: damaged parts of archives fetched again, checked, put in their place."""

from __future__ import annotations

import click

from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option, workers_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session


@click.command("repair", cls=Command, examples=["repair --dry-run", "repair --json"])
@click.argument("archives", metavar="[ARCHIVE]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would be mended, and how; write nothing.")
@click.option(
    "--source", metavar="URL",
    help="Where the one ARCHIVE can be fetched from, if the catalogue does not know or it moved.",
)  # fmt: skip
@click.option(
    "--connections", type=click.IntRange(1, 64), default=8, show_default=True, metavar="N",
    help="How many connections at once.",
)  # fmt: skip
@workers_option
@json_option
@pass_session
@click.pass_context
def command(
    ctx: click.Context, session: Session, *, archives: tuple[str, ...], dry_run: bool,
    source: str | None, connections: int, workers: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Mend what verification found broken.

    In all archives, or in each ARCHIVE: the damaged parts are fetched again from where the file
    came from, or is published, and checked; only then they take the place of the old bytes. The
    images in them are verified again. Whatever stops it, the same command goes on where it stood.

    An image that is whole in another archive is read from there from now on. What nothing mends is
    listed, with what to type next; subsets and shards leave broken images out.

    Exit code 1 if something stays broken.
    """
    if source is not None and len(archives) != 1:
        raise click.UsageError("--source is the address of one file: say which ARCHIVE", ctx)
    from imnet_data.cli import repair_view  # noqa: PLC0415 - for no one's --help

    with session.catalogue(writes=True) as catalogue:
        try:
            with progress(rate=True) as told:
                report = catalogue.repair(
                    archives, source=source, dry_run=dry_run, connections=connections,
                    workers=workers, progress=told,
                )  # fmt: skip
        except KeyboardInterrupt:
            say("what came so far is kept; the same command goes on from there")
            raise
    asked = repair_view.Asked(session, archives, source)
    if as_json:
        write_json(repair_view.as_json(report, asked))
    elif not report.outcomes:
        repair_view.write_nothing(Screen(), session)
    else:
        repair_view.write(Screen(), report, asked)
    ctx.exit(0 if report.is_well else 1)
