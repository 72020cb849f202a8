"""`imnet-data images`: list, count or draw images by their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imnet_data.cli import images_view
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option, release_option, split_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session

if TYPE_CHECKING:
    from imnet_data.query import ImageQuery

_SHOWN = 20
_NUMBER = click.IntRange(min=0)


@click.command(
    "images",
    cls=Command,
    examples=[
        'images "dog - hunting_dog" --split train --sample 5 --seed 1',
        'images "@imagenette & vehicle" --count',
        "images orange.n.01 --format jsonl",
        "images dog.n.01 --split val --format jsonl --boxes",
        "images animal.n.01 --sample 40 --contact-sheet animals.png",
    ],
)
@click.argument("expression", metavar="[EXPR]", required=False)
@split_option("Only this split.")
@release_option("Only this release; '*' for all of them together.")
@click.option("--sample", type=_NUMBER, metavar="N", help="Draw N images.")
@click.option("--per-class", type=_NUMBER, metavar="N", help="Draw N images of each class.")
@click.option(
    "--seed",
    type=int,
    metavar="S",
    help="The draw's seed; the same seed draws the same images.  [default: 0]",
)
@click.option(
    "--limit", type=_NUMBER, metavar="N", help="Only the first N.  [default: 20 in a table]"
)
@click.option(
    "--format", "form", type=click.Choice(("table", "jsonl", "csv")), default="table",
    show_default=True, help="How to write them.",
)  # fmt: skip
@click.option("--boxes", is_flag=True, help="With the bounding boxes of each, in jsonl and JSON.")
@click.option(
    "--contact-sheet", "sheet", metavar="FILE",
    help="Draw them small, with their names, on one picture: a .png, .jpg or .webp.",
)  # fmt: skip
@click.option(
    "--columns", type=click.IntRange(1, 40), metavar="N",
    help="Pictures in a row of the contact sheet.  [default: 8]",
)  # fmt: skip
@click.option("--count", "only_count", is_flag=True, help="Only say how many there are.")
@json_option
@pass_session
def command(
    session: Session, *, expression: str | None, split: str | None, release: str | None,
    sample: int | None, per_class: int | None, seed: int | None, limit: int | None, form: str,
    boxes: bool, sheet: str | None, columns: int | None, only_count: bool, as_json: bool,
) -> None:  # fmt: skip
    """List, count or draw images by their classes.

    EXPR names classes: a word (dog), a synset (dog.n.01), a wnid (n02084071) or one of your own
    (own:NAME), each with all below it, or a class list (@imagenette), its members alone. They are
    joined by | (or), & (and), " - " (without) and parentheses. Without EXPR, all images.

    In jsonl and csv, `archive`, `offset` and `size` are the file and the bytes of it that are the
    image. A `container` that has to be decoded, such as a zip-deflated or a tar.gz, has no such
    bytes: `offset` is null there, or an empty cell.
    """
    _check(sample, per_class, seed)
    beside = as_json or only_count or form != "table"
    _check_boxes(boxes=boxes, can_hold=not only_count and (as_json or form == "jsonl"))
    _check_sheet(sheet, columns, beside=beside or boxes)
    with session.catalogue() as catalogue:
        query = catalogue.images(expression, split=split, release=release)
        for notice in query.notices:
            say(notice)
        query = _drawn(query, sample, per_class, seed or 0)
        if limit is not None:
            query = query.limit(limit)
        if boxes:
            query = query.with_boxes()
        if sheet is not None:
            _draw(query, sheet, columns, expression)
        elif only_count:
            _count(query, as_json=as_json)
        elif as_json:
            write_json(list(images_view.rows_json(query)))
        elif form == "jsonl":
            images_view.write_jsonl(query)
        elif form == "csv":
            images_view.write_csv(query)
        else:
            _table(query, limit)


def _check(sample: int | None, per_class: int | None, seed: int | None) -> None:
    if sample is not None and per_class is not None:
        raise click.UsageError("--sample and --per-class are two ways to draw: give one of them")
    if seed is not None and sample is None and per_class is None:
        raise click.UsageError("--seed says how to draw: give --sample or --per-class with it")


def _check_boxes(*, boxes: bool, can_hold: bool) -> None:
    if boxes and not can_hold:
        raise click.UsageError("--boxes is for --format jsonl and --json, which can hold them")


def _check_sheet(sheet: str | None, columns: int | None, *, beside: bool) -> None:
    if columns is not None and sheet is None:
        raise click.UsageError("--columns is for --contact-sheet")
    if sheet is not None and beside:
        raise click.UsageError(
            "--contact-sheet is an answer by itself, without --format, --json, --boxes or --count"
        )


def _drawn(query: ImageQuery, sample: int | None, per_class: int | None, seed: int) -> ImageQuery:
    if sample is not None:
        return query.sample(sample, seed=seed)
    return query if per_class is None else query.per_class(per_class, seed=seed)


def _count(query: ImageQuery, *, as_json: bool) -> None:
    if as_json:
        write_json({"images": query.count(), "bytes": query.size_bytes()})
    else:
        click.echo(query.count())


def _draw(query: ImageQuery, sheet: str, columns: int | None, expression: str | None) -> None:
    from imnet_data.cli.sheet_view import write_sheet_of  # noqa: PLC0415 - Pillow, for a sheet alone

    write_sheet_of(query, sheet, columns=columns, title=expression or "all images")


def _table(query: ImageQuery, limit: int | None) -> None:
    found = query.count()
    if not found:
        say("no image is among these")
        return
    images_view.write_table_of(Screen(), query if limit is not None else query.limit(_SHOWN))
    if limit is None and found > _SHOWN:
        say(
            f"… and {found - _SHOWN:,} more; --limit {found} shows all, --format jsonl streams them"
        )
