"""`imnet-data plan`: what tensors are to be made of a subset, for a machine without the catalogue.

Running the plan is preprocess.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imnet_data.cli import preprocess_view
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.tensor_options import PlanChoice, plan_options

if TYPE_CHECKING:
    from imnet_data.progress import Progress
    from imnet_data.tensors.plan import Plan


@click.command(
    "plan",
    cls=Command,
    examples=[
        "plan imagenette --to plan",
        "plan imagenette --to small --crop 64 --part train --normalize caffe",
    ],
)
@click.argument("subset", metavar="SUBSET")
@click.option(
    "--to", "folder", metavar="DIR", required=True,
    help="The folder that the plan is written to.",
)  # fmt: skip
@plan_options
@json_option
@pass_session
def command(
    session: Session, *, subset: str, folder: str, choice: PlanChoice, as_json: bool
) -> None:
    """Plan a subset's tensors, for a machine with the archives and no catalogue.

    SUBSET is one that was made (`subset create`) or a built-in one (`subset list`). The plan says
    where each image lies, its label and what is to become of it; carry the folder to the machine
    with the GPU, and type `imnet-data preprocess DIR --to TENSORS` there. Archives that lie
    elsewhere on that machine are found by `--archives`.

    What findings leave out of the subset is not in the plan: verify first.
    """
    with progress() as told:
        plan = made(session, subset, choice, told, folder)
    if as_json:
        write_json(preprocess_view.plan_json(plan))
    else:
        preprocess_view.write_plan(Screen(), plan)


def made(session: Session, subset: str, choice: PlanChoice, told: Progress, folder: str) -> Plan:
    """The plan of a subset by name, written to a folder."""
    with session.catalogue() as catalogue:
        chosen = catalogue.subset(subset)
        options = choice.options(chosen)
        return chosen.plan(folder, parts=choice.parts or None, options=options, progress=told)
