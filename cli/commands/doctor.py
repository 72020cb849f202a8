"""`imnet-data doctor`: look at this machine and the catalogue, and say what to do."""

from __future__ import annotations

import click

from imnet_data.cli import doctor_view
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session


@click.command("doctor", cls=Command, examples=["doctor", "doctor /data --deep", "doctor --json"])
@click.argument("path", required=False)
@click.option(
    "--deep", is_flag=True,
    help="Read all of the catalogue, count every image in it, and walk the indexed folders.",
)  # fmt: skip
@json_option
@pass_session
@click.pass_context
def command(
    ctx: click.Context, session: Session, *, path: str | None, deep: bool, as_json: bool
) -> None:
    """Look at this machine and the catalogue, and say what to do.

    PATH is where ImageNet is or shall be: its disk is looked at. Without it, that is the
    catalogue's folder, or where there is none, the folder you are in.

    Each line is well, worth a note, or in trouble. Nothing is changed, and no archive is read.

    Exit code 1 if something is in trouble.
    """
    from imnet_data.doctor.examine import examine  # noqa: PLC0415 - sqlalchemy, 0.3 s

    with progress() as told:
        findings = list(examine(path, catalogue_path=session.path, deep=deep, progress=told))
    if as_json:
        write_json([doctor_view.as_json(finding, session) for finding in findings])
    else:
        doctor_view.write(Screen(), findings, session)
    ctx.exit(1 if any(finding.state == "trouble" for finding in findings) else 0)
