"""`imnet-data verify`: whether every image is whole, and what to do about those that are not."""

from __future__ import annotations

import os

import click

from imnet_data.cli import verify_view
from imnet_data.cli.engine_options import EngineChoice, engine_options
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.options import (
    json_option,
    release_option,
    split_option,
    workers_option,
    writable_path,
)
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.query import EVERY_RELEASE
from imnet_data.verification.findings.chosen import Chosen
from imnet_data.verification.levels import Level
from imnet_data.verification.reports.file import Verified, form_of, write_report

_INTERRUPTED = 130


def _codes(_: click.Context, __: click.Parameter, value: str) -> Chosen:
    names = [name.strip() for name in value.split(",") if name.strip()]
    if not names:  # an empty variable in a script would let everything pass
        raise click.BadParameter("name a code or a severity, such as broken")
    try:
        return Chosen.of(names)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _report_path(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Refused now rather than after hours of decoding."""
    if value is None:
        return None
    try:
        form_of(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return writable_path(_, __, value)


def _check_again(*, again: bool, level: str, since_changed: bool) -> None:
    if again and level == Level.QUICK.label:
        raise click.UsageError("--again reads bytes again: it goes with --level digest or decode")
    if again and since_changed:
        raise click.UsageError("--again and --since-changed ask for opposite things")


@click.command(
    "verify",
    cls=Command,
    examples=[
        "verify",
        "verify --level digest --split val --json",
        'verify "dog - hunting_dog" --level decode --report dogs.html',
    ],
)
@click.argument("expression", metavar="[EXPR]", required=False)
@split_option("Only this split.")
@release_option("Only this release.  [default: all]")
@click.option(
    "--level", type=click.Choice([level.label for level in Level]), default="quick",
    show_default=True, help="How deep to look: at headers, at every byte, or at every pixel.",
)  # fmt: skip
@workers_option
@engine_options
@click.option(
    "--since-changed", is_flag=True, help="Only archives that changed since they were verified."
)
@click.option(
    "--again", is_flag=True,
    help="Look at every byte once more, though sizes and times say that nothing changed.",
)  # fmt: skip
@click.option(
    "--report", metavar="FILE", callback=_report_path,
    help="Write a report, by the name's ending: .html, .json or .csv.",
)  # fmt: skip
@click.option(
    "--fail-on", metavar="CODES", default="broken", show_default=True, callback=_codes,
    help="The codes and severities, with commas between, that make the exit code 1.",
)  # fmt: skip
@json_option
@pass_session
@click.pass_context
def command(
    ctx: click.Context, session: Session, *, expression: str | None, split: str | None,
    release: str | None, level: str, workers: int | None, engine: EngineChoice,
    since_changed: bool, again: bool, report: str | None, fail_on: Chosen, as_json: bool,
) -> None:  # fmt: skip
    """Check that every image is whole, and say what to do about those that are not.

    EXPR names classes, as in `images`; without it, every image. What was verified at this level
    and has not changed since is not looked at again, and a run that was stopped goes on where it
    stood. --again looks at all of it, and so finds what a disk lost without a trace.

    quick: whether archives are there and as they were indexed, whether a sample of the images'
    headers is where the catalogue says, and whether classes are complete. Seconds.

    digest: also every image's bytes: whether it begins and ends as it should, its size in pixels,
    which images are the same, and archives against their checksums. As fast as the disk reads.

    decode: also every pixel, by a strict decoder, which sees damage inside an image.

    Exit code 1 if something is broken, or, with --fail-on, if one of CODES was found; 2 for CODES
    that do not exist. Images that are broken are left out by later commands.
    """
    _check_again(again=again, level=level, since_changed=since_changed)
    with session.catalogue(writes=True) as catalogue:
        if expression is not None:
            for notice in catalogue.images(expression, release=EVERY_RELEASE).notices:
                say(notice)
        with engine.workers(workers) as some, progress(rate=True) as told:
            done = catalogue.verify(
                expression, split=split, release=release, level=level, workers=some,
                changed_only=since_changed, again=again, progress=told,
            )  # fmt: skip
            findings = catalogue.findings(expression, split=split, release=release)
            verified = Verified(catalogue, done, findings, done.summary, expression, split, release)
            if report is not None:
                write_report(verified, report, progress=told)
        if as_json:
            verify_view.write_json(verified)
        else:
            verify_view.write(Screen(), verified, session)
        if report is not None:
            say(f"the report is in {os.path.abspath(report)}")
        if done.interrupted:
            say("what was verified so far is kept; the same command goes on from there")
            ctx.exit(_INTERRUPTED)
    ctx.exit(1 if verified.summary.faults(fail_on) else 0)
