"""`imnet-data score`: what a model's predictions are worth."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option, writable_path
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.scoring.truth import Truth
    from imnet_data.subsets.recipe_parts import Superclasses


def _cut(_: click.Context, __: click.Parameter, value: str | None) -> Superclasses | None:
    if value is None:
        return None
    from imnet_data.subsets.recipe_parts import Superclasses  # noqa: PLC0415 - numpy comes with it

    try:
        return Superclasses.of(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(
    "score",
    cls=Command,
    examples=[
        "score predictions.csv",
        "score predictions.csv --order auto --against real --json",
        "score logits.npz --classes imagenette --by class",
        "score mine.csv --against imagenette --html score.html",
    ],
)
@click.argument("predictions", metavar="PREDICTIONS")
@click.option(
    "--against", metavar="NAME", default="val", show_default=True,
    help="What the labels are: val, real (ReaL), v2 (ImageNet-V2), or a subset.",
)  # fmt: skip
@click.option("--part", metavar="PART", help="Of a subset, this part.  [default: val]")
@click.option(
    "--order", metavar="ORDER", default="index", show_default=True,
    help="How the model numbers its classes; auto finds it.",
)  # fmt: skip
@click.option("--compare", metavar="OTHER", help="With another model's predictions, by a test.")
@click.option(
    "--classes", metavar="LIST",
    help="Only these classes, as if the model had no others: imagenet-a, imagenette, or an EXPR.",
)  # fmt: skip
@click.option("--partial", is_flag=True, help="Score a file that leaves images out.")
@click.option(
    "--by",
    type=click.Choice(("class", "superclass")),
    help="With the figures of each, worst first.",
)
@click.option(
    "--superclasses", "cut", metavar="CUT", callback=_cut,
    help="Superclasses by cutting WordNet's tree, such as depth=6 or count=20.",
)  # fmt: skip
@click.option("--html", metavar="FILE", callback=writable_path, help="Write a page to read.")
@json_option
@pass_session
@click.pass_context
def command(
    ctx: click.Context, session: Session, *, predictions: str, against: str, part: str | None,
    order: str, compare: str | None, classes: str | None, partial: bool, by: str | None,
    cut: Superclasses | None, html: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Say what a model's predictions are worth.

    PREDICTIONS is a CSV, TSV, JSON lines, Parquet, npy, npz or safetensors file: for each image a
    class, a ranked list of classes, or a score a class. Images go by their names, with or without
    folder and ending; without names, the rows are the images in the order of their sorted names.

    The labels of val and real come with imnet-data and need no catalogue. Of real, images without
    a label are left out, and an answer is right that is one of an image's labels. v2 and subsets
    are a catalogue's.

    ORDER says which class a number is: index (0 to 999 by wnid), ilsvrc-id (1 to 1000 as the
    development kit has them), background-first (1001 outputs), text (folders sorted as text),
    timm-21k and others, which the guide lists. The others are tried beside it, and where another
    one fits, it is named.

    Exit code 1 if another order fits than the one stated; the figure is that of the one stated.
    """
    from imnet_data.cli import score_view  # noqa: PLC0415 - numpy, which --help needs not
    from imnet_data.scoring.report.as_html import write_page  # noqa: PLC0415 - as above
    from imnet_data.scoring.score import score  # noqa: PLC0415 - as above

    with _truth(session, against, part) as truth, progress() as told:
        found = score(
            predictions, against=truth, order=order, classes=classes, partial=partial,
            compare=compare, progress=told,
        )  # fmt: skip
    for notice in found.notices:
        say(notice)
    if html is not None:
        write_page(found, html)
    if as_json:
        write_json(score_view.as_json(found, cut))
    else:
        score_view.write(Screen(), found, by=by, cut=cut)
    if html is not None:
        say(f"the page is in {os.path.abspath(html)}")
    ctx.exit(1 if found.is_at_fault else 0)


@contextmanager
def _truth(session: Session, against: str, part: str | None) -> Iterator[Truth]:
    """The labels; of val and real without looking for a catalogue."""
    from imnet_data.scoring.truth import PACKAGED, truth_of  # noqa: PLC0415 - as above

    if part is not None and against in (*PACKAGED, "v2"):
        raise click.UsageError("--part is a subset's; val, real and v2 have none")
    if against in PACKAGED:
        yield truth_of(against)
        return
    with session.catalogue() as catalogue:
        found = catalogue.truth(against, part=part)
    yield found
