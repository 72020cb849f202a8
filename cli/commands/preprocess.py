"""`imnet-data preprocess`: tensors made of a subset or a plan; those made checked and looked at.

What is written of them is preprocess_view.py's and tensors_view.py's.
"""

from __future__ import annotations

import os
from functools import partial

import click

from imnet_data.cli import preprocess_view, tensors_view
from imnet_data.cli.commands.plan import made
from imnet_data.cli.default_command import GroupWithDefault
from imnet_data.cli.engine_options import EngineChoice, both_engine_options, engine_options
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option, workers_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.tensor_options import PLAN_NAMES, PlanChoice, plan_options
from imnet_data.cli.typed import share


@click.command(
    "preprocess",
    cls=Command,
    examples=[
        "preprocess imagenette --to tensors",
        "preprocess imagenette --to bytes --crop 64 --dtype uint8 --part train",
    ],
)
@click.argument("what", metavar="SUBSET|PLAN")
@click.option(
    "--to", "folder", metavar="DIR|URL", required=True,
    help="The folder that they are written to, or a URL such as s3://bucket/tensors.",
)  # fmt: skip
@both_engine_options
@click.option(
    "--device", default="auto", metavar="D", show_default=True,
    help="cpu, or cuda:0, or several as in cuda:0,1, with a process each; cuda for all of them, "
    "or for the one that each worker of a cluster has.",
)  # fmt: skip
@workers_option
@click.option(
    "--archives", metavar="DIR",
    help="Where the archives lie here, found by name and size, if not where the plan says.",
)  # fmt: skip
@click.option(
    "--max-loss", type=share, default="0.1%", metavar="SHARE", show_default=True,
    help="Exit with 1 where more images than this could not be decoded.",
)  # fmt: skip
@plan_options
@json_option
@pass_session
@click.pass_context
def make(
    ctx: click.Context, session: Session, *, what: str, folder: str, engine: EngineChoice,
    device: str, workers: int | None, archives: str | None, max_loss: float, choice: PlanChoice,
    as_json: bool,
) -> None:  # fmt: skip
    """Decode, resize, crop and normalise images, and write them as tensors.

    SUBSET is one that was made (`subset create`) or a built-in one (`subset list`); PLAN a folder
    that `imnet-data plan` wrote, which needs no catalogue. The tensors are safetensors files, to be
    mapped into memory; `imnet_data.TensorShards` reads them. The same plan, engine and device give
    the same bytes with any number of workers, here or on a Dask cluster.

    A run that was stopped goes on where it stood: type the same command again. An image that does
    not decode is left out and named.

    Exit code 1 if more than --max-loss of the images could not be decoded.
    """
    from imnet_data.tensors.plan import Plan, has_plan  # noqa: PLC0415 - numpy
    from imnet_data.tensors.preprocess import RunOptions, preprocess  # noqa: PLC0415 - likewise

    is_plan = has_plan(what) or os.sep in what
    if is_plan:
        _refuse_plan_options(ctx, what)
    try:
        with engine.workers(workers) as who, progress(rate=True) as told:
            options = RunOptions(engine.decoder, device, who, archives)
            plan = Plan.read(what) if is_plan else partial(made, session, what, choice, told)
            report = preprocess(plan, folder, options=options, progress=told)
    except KeyboardInterrupt:
        say("the shards that are whole are kept; the same command goes on from there")
        raise
    if as_json:
        write_json(preprocess_view.report_json(report, max_loss))
    else:
        preprocess_view.write_report(Screen(), report, max_loss)
    ctx.exit(1 if report.loss > max_loss else 0)


def _refuse_plan_options(ctx: click.Context, plan: str) -> None:
    """A plan says all that the options of plans do: one that is given would be left unheard."""
    typed = click.core.ParameterSource.COMMANDLINE
    for parameter in ctx.command.params:
        name = parameter.name or ""
        if name in PLAN_NAMES and ctx.get_parameter_source(name) is typed:
            told = f"{parameter.opts[0]} was decided when {plan} was planned: leave it out"
            raise click.UsageError(told)


command = GroupWithDefault(make)


@command.command("check", cls=Command, examples=["preprocess check tensors"])
@click.argument("folder", metavar="DIR|URL")
@click.option(
    "--quick", is_flag=True,
    help="Leave out the digests and the values: sizes, shapes, labels and names alone.",
)  # fmt: skip
@workers_option
@engine_options
@json_option
@click.pass_context
def check(
    ctx: click.Context,
    *,
    folder: str,
    quick: bool,
    workers: int | None,
    engine: EngineChoice,
    as_json: bool,
) -> None:
    """Compare tensors with what was written: files, digests, shapes, labels, values, names.

    Files that are missing or too many are told, values that are no numbers, and pictures of one
    colour. No catalogue is needed: check where you copied them to. At a URL the files are compared,
    and no look is taken at their values.

    Exit code 1 if anything differs.
    """
    from imnet_data.tensors.check import check_tensors  # noqa: PLC0415 - numpy

    with engine.workers(workers) as who, progress(rate=True) as told:
        found = check_tensors(folder, deep=not quick, workers=who, progress=told)
    if as_json:
        write_json(tensors_view.check_json(found))
    else:
        tensors_view.write_check(Screen(), found)
    ctx.exit(0 if found.well else 1)


@command.command("show", cls=Command, examples=["preprocess show tensors --sample 8 -o sheet.png"])
@click.argument("folder", metavar="DIR")
@click.option(
    "-o", "--output", "path", metavar="FILE", required=True, callback=tensors_view.sheet_path,
    help="The picture to write: .png, .jpg or .webp.",
)  # fmt: skip
@click.option(
    "--sample", type=click.IntRange(1, tensors_view.MOST), default=16, metavar="N",
    show_default=True, help="How many are drawn.",
)  # fmt: skip
@click.option(
    "--seed", type=int, default=0, metavar="S", show_default=True,
    help="Another seed draws others.",
)  # fmt: skip
@click.option("--part", metavar="P", help="Of this part alone, such as train.")
@click.option(
    "--columns", type=click.IntRange(min=1), default=4, metavar="N", show_default=True,
    help="How many stand beside one another.",
)  # fmt: skip
def show(*, folder: str, path: str, sample: int, seed: int, part: str | None, columns: int) -> None:
    """Draw some tensors as pictures on a sheet, with what was done to their values undone.

    Each with its class and name: to look at before a training run, not after.
    """
    from imnet_data.tensors.reading import TensorShards  # noqa: PLC0415 - numpy
    from imnet_data.tensors.sheet import drawn_numbers  # noqa: PLC0415 - likewise

    with TensorShards(folder) as shards:
        numbers = drawn_numbers(shards, sample, seed=seed, part=part)
        tensors_view.write_sheet(Screen(), shards, numbers, path, columns=columns)
