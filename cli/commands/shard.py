"""`imnet-data shard`: a subset written out as shards, and shards checked against their manifest.

What is written of both is shard_view.py's.
"""

from __future__ import annotations

import click

from imnet_data.cli import shard_view
from imnet_data.cli.default_command import GroupWithDefault
from imnet_data.cli.engine_options import EngineChoice, engine_options
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.typed import byte_count
from imnet_data.sharding.formats import FORMATS
from imnet_data.sharding.options import ORDERS, ShardOptions

_WORKERS = click.option(
    "--workers", type=click.IntRange(min=1), metavar="N",
    help="Processes that work at a time.  [default: one a core]",
)  # fmt: skip


@click.command(
    "shard",
    cls=Command,
    examples=[
        "shard imagenette --to shards --part train --per-shard 20",
        "shard imagenette --to by-class --order class --shard-size 200kB --no-digest",
        "shard imagenette --to folders --format folder --link",
    ],
)
@click.argument("subset", metavar="SUBSET")
@click.option(
    "--to", "folder", metavar="DIR|URL", required=True,
    help="The folder that they are written to, or a URL such as s3://bucket/shards.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="webdataset", show_default=True,
    help="Tars for webdataset, tables for Hugging Face, a folder a class, ILSVRC's own tars.",
)  # fmt: skip
@click.option(
    "--shard-size", type=byte_count, metavar="SIZE",
    help="How large a shard may be, as in 256MB or 1GiB.  [default: 256MB]",
)  # fmt: skip
@click.option(
    "--per-shard", type=click.IntRange(min=1), metavar="N",
    help="Images a shard, in the place of a size.",
)  # fmt: skip
@click.option(
    "--order", type=click.Choice(ORDERS), default="shuffled", show_default=True,
    help="Shuffled once, the same way everywhere, or class by class.",
)  # fmt: skip
@click.option(
    "--seed", type=int, default=0, metavar="S", show_default=True,
    help="Another seed shuffles in another way.",
)  # fmt: skip
@click.option(
    "--part", "parts", multiple=True, metavar="P",
    help="Only this part of the subset, such as train; may be given again.  [default: all]",
)  # fmt: skip
@_WORKERS
@click.option("--no-digest", is_flag=True, help="Leave out the SHA-256 of each shard: faster.")
@click.option(
    "--link", is_flag=True,
    help="With --format folder: hard links of images that are files on the same disk.",
)  # fmt: skip
@engine_options
@json_option
@pass_session
def write(
    session: Session, *, subset: str, folder: str, form: str, shard_size: int | None,
    per_shard: int | None, order: str, seed: int, parts: tuple[str, ...], workers: int | None,
    no_digest: bool, link: bool, engine: EngineChoice, as_json: bool,
) -> None:  # fmt: skip
    """Write a subset's images as shards, byte for byte, for who trains on them.

    SUBSET is one that was made (`subset create`) or a built-in one (`subset list`). Images are
    copied as they are; beside each stands its label: the subset's own number of its class. The
    same subset and options give the same bytes on every machine, with any number of workers, and on
    a Dask cluster whose workers see the archives and the folder at the same paths.

    A run that was stopped goes on where it stood: type the same command again. Beside the shards
    are written what their readers want (indexes for wids, timm and DALI, a card for Hugging Face's
    datasets), the list of classes, and last manifest.json, which `shard check` compares with.
    """
    if per_shard is not None and shard_size is not None:
        raise click.UsageError("--per-shard and --shard-size are two ways to cut: give one of them")
    options = ShardOptions(
        form, shard_size, per_shard, order, seed, digest=not no_digest, link=link
    )
    with session.catalogue() as catalogue:
        chosen = catalogue.subset(subset)
        try:
            with engine.workers(workers) as who, progress(rate=True) as told:
                report = chosen.shard(
                    folder, parts=parts or None, options=options, workers=who, progress=told
                )
        except KeyboardInterrupt:
            say("the shards that are whole are kept; the same command goes on from there")
            raise
        left_out = shard_view.left_out(chosen, report)
    if as_json:
        write_json(shard_view.report_json(report, left_out))
    else:
        shard_view.write_report(Screen(), report, left_out)


command = GroupWithDefault(write)


@command.command("check", cls=Command, examples=["shard check shards"])
@click.argument("folder", metavar="DIR|URL")
@_WORKERS
@engine_options
@json_option
@click.pass_context
def check(
    ctx: click.Context, *, folder: str, workers: int | None, engine: EngineChoice, as_json: bool
) -> None:
    """Compare a folder of shards with its manifest.

    Files that are missing or too many, sizes, and contents by their SHA-256; of shards that were
    written with --no-digest, sizes alone. No catalogue is needed: check where you copied them to.

    Exit code 1 if anything differs.
    """
    from imnet_data.sharding.check import check_shards  # noqa: PLC0415 - multiprocessing, for few

    with engine.workers(workers) as who, progress(rate=True) as told:
        found = check_shards(folder, workers=who, progress=told)
    if as_json:
        write_json(shard_view.check_json(found))
    else:
        shard_view.write_check(Screen(), found)
    ctx.exit(0 if found.well else 1)
