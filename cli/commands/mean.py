"""`imnet-data mean`: the mean and the deviations of a subset's pixels, for who trains on it.

What is written of them is mean_view.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imnet_data.cli import mean_view
from imnet_data.cli.engine_options import EngineChoice, engine_options
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option, workers_option, writable_path
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.tensor_options import GeometryChoice, geometry_options

if TYPE_CHECKING:
    from imnet_data.tensors.statistics import Sums


@click.command(
    "mean",
    cls=Command,
    examples=["mean ilsvrc2012", "mean ilsvrc2012 --sample 50 --resize 128 --crop 112 --json"],
)
@click.argument("subset", metavar="SUBSET")
@click.option("--part", default="train", show_default=True, metavar="P", help="Of which part.")
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N",
    help="Draw N images, the same ones on every machine.  [default: all]",
)  # fmt: skip
@click.option(
    "--seed", type=int, default=0, show_default=True, metavar="S",
    help="Another seed draws other images.",
)  # fmt: skip
@geometry_options
@click.option(
    "--per-pixel", metavar="FILE.npy", callback=writable_path,
    help="Write the mean of each pixel, too: float64 [3, H, W] in grey levels, RGB.",
)  # fmt: skip
@workers_option
@engine_options
@click.option("--again", is_flag=True, help="Measure, whether it was measured before or not.")
@json_option
@pass_session
def command(
    session: Session, *, subset: str, part: str, sample: int | None, seed: int,
    geometry: GeometryChoice, per_pixel: str | None, workers: int | None,
    engine: EngineChoice, again: bool, as_json: bool,
) -> None:  # fmt: skip
    """Measure the mean and the standard deviations of a subset's pixels.

    Every image is decoded, resized and cut as `preprocess` does, and its pixels are counted in
    whole numbers: the figures are exact, and the same for any number of workers. They are kept in
    the catalogue, where `--normalize dataset` finds them for as long as the subset has the very
    same images. What was measured before is shown at once.

    There are two deviations, and both are told: that of all pixels together, and the mean of each
    picture's own, which is what torch's well-known 0.229, 0.224, 0.225 are.
    """
    from imnet_data.tensors.mean import MeanOptions  # noqa: PLC0415 - numpy

    options = MeanOptions(geometry.geometry(), sample, seed, per_pixel=per_pixel is not None)
    with session.catalogue(writes=True) as catalogue:
        chosen = catalogue.subset(subset)
        with engine.workers(workers) as some, progress(rate=True) as told:
            found = chosen.mean(part, options=options, again=again, workers=some, progress=told)
    if per_pixel is not None:
        _write_per_pixel(found.statistics.sums, per_pixel)
    if as_json:
        write_json(mean_view.measured_json(subset, found, per_pixel=per_pixel))
        if found.not_kept is not None:
            say(f"this is not kept: {found.not_kept}")
    else:
        mean_view.write_measured(Screen(), subset, found, per_pixel=per_pixel)


def _write_per_pixel(sums: Sums, path: str) -> None:
    import numpy as np  # noqa: PLC0415 - few ask for it

    from imnet_data.lasting import written_whole  # noqa: PLC0415 - likewise

    assert sums.mean_image is not None
    with written_whole(path) as file:
        np.save(file, sums.mean_image)
