"""`imnet-data classes`: a published list of classes, with their numbers."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict, astuple, fields
from typing import TYPE_CHECKING, Any

import click

from imnet_data.cli.class_list_rows import ClassRow, class_rows
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.table import Column, write_table
from imnet_data.facts.class_lists import class_list, names
from imnet_data.taxonomy.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LISTS = (Column("list"), Column("classes", number=True))
_COLUMNS = (
    Column("index", number=True),
    Column("wnid", style="cyan"),
    Column("ILSVRC index", number=True),
    Column("ILSVRC2012_ID", number=True),
    Column("words", cut="end"),
)


@click.command("classes", cls=Command, examples=["classes", "classes ilsvrc2012 --format csv"])
@click.argument("list_name", metavar="[LIST]", required=False)
@click.option(
    "--format", "form", type=click.Choice(("table", "csv")), default="table", show_default=True,
    help="How to write it.",
)  # fmt: skip
@json_option
def command(*, list_name: str | None, form: str, as_json: bool) -> None:
    """A published list of classes, with their numbers.

    `index` is the list's own order, from 0. The ILSVRC index (0..999, by wnid: what frameworks
    train with) and the devkit's ILSVRC2012_ID (1..1000, another order) stand where the class is one
    of the 1,000. Without LIST, the packaged lists are named.
    """
    if list_name is None:
        _name_lists(form, as_json=as_json)
        return
    listed = class_list(list_name.removeprefix("@"))
    rows = list(class_rows(listed, Graph.load()))
    if as_json:
        write_json([asdict(row) for row in rows])
    elif form == "csv":
        _write_csv([field.name for field in fields(ClassRow)], map(astuple, rows))
    else:
        texts = [["" if value is None else str(value) for value in astuple(row)] for row in rows]
        write_table(Screen(), _COLUMNS, texts)


def _name_lists(form: str, *, as_json: bool) -> None:
    sizes = [(name, len(class_list(name))) for name in names()]
    if as_json:
        write_json([{"list": name, "classes": size} for name, size in sizes])
    elif form == "csv":
        _write_csv(("list", "classes"), sizes)
    else:
        write_table(Screen(), _LISTS, [[f"@{name}", f"{size:,}"] for name, size in sizes])


def _write_csv(heading: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
