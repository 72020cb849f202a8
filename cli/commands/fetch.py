"""`imnet-data fetch`: what is published, whole, into a folder and the catalogue."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.typed import hexadecimal, rate
from imnet_data.db.addresses import is_url
from imnet_data.errors import FetchError

if TYPE_CHECKING:
    from imnet_data.fetching.fetch import Haul, Manner
    from imnet_data.fetching.plan import Plan
    from imnet_data.fetching.wanted import Wish
    from imnet_data.indexing.report import IndexReport


@click.command(
    "fetch",
    cls=Command,
    examples=["fetch --list", "fetch imagenette --part px160 --to data --dry-run"],
)
@click.argument("what", required=False)
@click.option("--list", "listed", is_flag=True, help="Show what can be fetched by name.")
@click.option(
    "--part", "parts", multiple=True, metavar="PART",
    help="A part of it, such as train or val; may be given several times.",
)  # fmt: skip
@click.option(
    "--to", "folder", type=click.Path(file_okay=False), default=".", metavar="DIR",
    help="The folder to fetch into, made where there is none; else the one you are in.",
)  # fmt: skip
@click.option("--classes", metavar="EXPR", help="Only the classes of an expression.")
@click.option(
    "--connections", type=click.IntRange(1, 64), default=8, show_default=True, metavar="N",
    help="How many connections at once.",
)  # fmt: skip
@click.option("--limit-rate", type=rate, metavar="RATE", help="At most so fast, as in 5M.")
@click.option("--md5", type=hexadecimal(32), metavar="HEX", help="The MD5 that the file must have.")
@click.option(
    "--sha256", type=hexadecimal(64), metavar="HEX", help="The SHA-256 that the file must have."
)
@click.option("--url", metavar="NEW", help="A fresh address of the same file; it goes on there.")
@click.option("--name", metavar="NAME", help="What the file shall be called.")
@click.option("--restart", is_flag=True, help="Throw away what is there of it, and begin anew.")
@click.option("--no-index", is_flag=True, help="Leave the catalogue alone.")
@click.option("--dry-run", is_flag=True, help="Say what would be fetched; write nothing.")
@json_option
@pass_session
@click.pass_context
def command(
    ctx: click.Context, session: Session, /, *, what: str | None, listed: bool, folder: str,
    connections: int, limit_rate: int | None, restart: bool, no_index: bool, dry_run: bool,
    as_json: bool, **narrowed: Any,
) -> None:  # fmt: skip
    """Fetch what is published, whole, and index it.

    WHAT is a release's name (--list shows them), an http or https address, a dataset of the hub
    (hf://OWNER/NAME) or of an object store (s3://BUCKET/PATH). What a source asks for, the room
    and the time are said before the first byte.

    Whatever breaks, the same command goes on where it stood. A file gets its name when its size
    and its published checksum agree; until then it is called NAME.part. A login is read from the
    environment or from a file of your own, and never from the command line: docs/guides/fetching.md
    says how.

    Exit code 1 if something could not be fetched or indexed.
    """
    if listed:
        _write_list(as_json=as_json)
        return
    if what is None:
        raise click.UsageError("say what to fetch; --list shows what has a name", ctx)
    from imnet_data.fetching.fetch import Manner  # noqa: PLC0415 - requests and numpy
    from imnet_data.fetching.wanted import Wish  # noqa: PLC0415 - as above

    wish = Wish(what, **narrowed)
    manner = Manner(connections, limit_rate, restart)
    if dry_run:
        ctx.exit(_preview(wish, folder, manner, as_json=as_json))
    haul, failure = _fetch(wish, folder, manner, quiet=as_json)
    reports = [] if no_index or not haul.files else _index(session, haul, as_json=as_json)
    _write(session, haul, reports, as_json=as_json, failed=failure is not None)
    if failure is not None:
        raise failure
    ctx.exit(0 if all(report.well for report in reports) else 1)


def _write_list(*, as_json: bool) -> None:
    from imnet_data.cli import registry_view  # noqa: PLC0415 - for no one's --help
    from imnet_data.fetching.registry import Registry  # noqa: PLC0415 - as above

    registry = Registry.load()
    if as_json:
        write_json(registry_view.as_json(registry))
    else:
        registry_view.write(Screen(), registry)


def _preview(wish: Wish, folder: str, manner: Manner, *, as_json: bool) -> int:
    """Say what would be fetched; 1 where something is in its way."""
    from imnet_data.cli import fetch_view  # noqa: PLC0415
    from imnet_data.fetching.fetch import Sources, plan_fetch  # noqa: PLC0415

    with closing(Sources()) as sources:
        plan = plan_fetch(wish, folder, sources, manner)
    if as_json:
        write_json(fetch_view.plan_json(plan))
    else:
        fetch_view.write_plan(Screen(), plan)
    for sentence in fetch_view.remarks(plan):
        say(sentence)
    if (obstacle := plan.obstacle()) is not None:
        say(str(obstacle))
    return int(obstacle is not None)


def _fetch(
    wish: Wish, folder: str, manner: Manner, *, quiet: bool
) -> tuple[Haul, FetchError | None]:
    """Fetch it, with the plan said before; gives what came, and what stopped it."""
    from imnet_data.cli.fetch_progress import fetch_progress  # noqa: PLC0415
    from imnet_data.fetching.fetch import Haul, Sources, carry_out, plan_fetch  # noqa: PLC0415

    haul = Haul()
    with closing(Sources()) as sources:
        plan = plan_fetch(wish, folder, sources, manner)
        _tell(plan, quiet=quiet)
        try:
            with fetch_progress() as told:
                carry_out(plan, sources, manner.watched(told.watch), told, haul)
        except KeyboardInterrupt:
            say("what came so far is kept; the same command goes on from there")
            raise
        except FetchError as error:
            return haul, error
    return haul, None


def _tell(plan: Plan, *, quiet: bool) -> None:
    """The plan, to standard error: what a source asks for is said before the first byte."""
    from imnet_data.cli import fetch_view  # noqa: PLC0415

    if not quiet:
        fetch_view.write_plan(Screen(sys.stderr), plan)
    for sentence in fetch_view.remarks(plan):
        say(sentence)
    if (obstacle := plan.obstacle()) is not None:
        raise obstacle


def _index(session: Session, haul: Haul, *, as_json: bool) -> list[IndexReport]:
    from imnet_data.fetching.indexed import index_fetched  # noqa: PLC0415

    made = not session.exists
    with session.catalogue(create=True) as catalogue:
        if made and not as_json:
            say(f"made the catalogue {catalogue.path}")
        try:
            with progress() as told:
                return index_fetched(catalogue, haul.files, told)
        except KeyboardInterrupt:
            say("it is fetched; the same command, or index, goes on with the catalogue")
            raise


def _write(
    session: Session, haul: Haul, reports: list[IndexReport], *, as_json: bool, failed: bool
) -> None:
    from imnet_data.cli import fetch_view, index_view  # noqa: PLC0415

    path = session.shown if is_url(session.path) else os.path.abspath(session.path)
    if as_json:
        indexed = [index_view.as_json(report, path) for report in reports]
        write_json({**fetch_view.haul_json(haul), "indexed": indexed})
    else:
        screen = Screen()
        fetch_view.write_haul(screen, haul)
        for report in reports:
            index_view.write(screen, report)
        if reports and not failed:
            refused = [path for report in reports for path in report.refused]
            following = session.line("index", *refused) if refused else session.line("stats")
            screen.line((f"next: {following}", ""))
        screen.flush()
    for report in reports:
        for sentence in index_view.remarks(report):
            say(sentence)
    if haul.absent:
        say(fetch_view.absent_remark(haul.absent))
