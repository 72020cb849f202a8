"""`imnet-data classes`: published lists of classes, with their numbers, and classes of one's own.

What a class list's row holds is class_list_rows.py's.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict, astuple, fields
from typing import TYPE_CHECKING, Any

import click

from imnet_data.cli.class_list_rows import ClassRow, class_rows
from imnet_data.cli.default_command import GroupWithDefault
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.names import synset_named
from imnet_data.cli.options import json_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe
from imnet_data.facts.class_lists import class_list, names
from imnet_data.tally import Counts
from imnet_data.taxonomy.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imnet_data.catalogue import Catalogue
    from imnet_data.synsets import Synset

_LISTS = (Column("list"), Column("classes", number=True))
_COLUMNS = (
    Column("index", number=True),
    Column("wnid", style="cyan"),
    Column("ILSVRC index", number=True),
    Column("ILSVRC2012_ID", number=True),
    Column("words", cut="end"),
)
_OWN = (
    Column("class", cut="end"),
    Column("under", cut="end"),
    Column("own", number=True),
    Column("in all", number=True),
)
# What stands in the place of a parent where a class is to have none.
_NOWHERE = "none"


# -- the published lists


@click.command("classes", cls=Command, examples=["classes", "classes ilsvrc2012 --format csv"])
@click.argument("list_name", metavar="[LIST]", required=False)
@click.option(
    "--format", "form", type=click.Choice(("table", "csv")), default="table", show_default=True,
    help="How to write it.",
)  # fmt: skip
@json_option
def published(*, list_name: str | None, form: str, as_json: bool) -> None:
    """A published list of classes, with their numbers, or classes of your own.

    `index` is the list's own order, from 0. The ILSVRC index (0..999, by wnid: what frameworks
    train with) and the devkit's ILSVRC2012_ID (1..1000, another order) stand where the class is one
    of the 1,000. Without LIST, the packaged lists are named.

    Classes of your own, own:NAME, come from folders that are named after no class of WordNet; the
    commands below list them, make them, and hang them into WordNet.
    """
    if list_name is None:
        _name_lists(form, as_json=as_json)
        return
    if list_name in command.commands:
        raise click.UsageError(f"the options of 'classes {list_name}' stand behind it")
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


# -- classes of one's own

command = GroupWithDefault(published)


@command.command("list", cls=Command, examples=["classes list", "classes list --json"])
@json_option
@pass_session
def list_(session: Session, *, as_json: bool) -> None:
    """List the classes of your own.

    `under` is what a class hangs under, `own` counts its images, `in all` those of the classes
    below it too.
    """
    with session.catalogue() as catalogue:
        rows = list(_own_rows(catalogue))
    if as_json:
        write_json(rows)
        return
    texts = [
        [safe(row["name"]), safe(row["parent"] or ""), f"{row['images']:,}",
         f"{row['subtree_images']:,}"]
        for row in rows
    ]  # fmt: skip
    write_table(Screen(), _OWN, texts)
    if not rows:
        say(f"no class is your own yet: {session.line('classes', 'add')} NAME makes one")


def _own_rows(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    counts = Counts(catalogue.scope)
    for synset in catalogue.own_classes():
        parent = next(iter(synset.parents), None)
        yield {
            "name": synset.name,
            "parent": None if parent is None else parent.name,
            "images": counts.of(synset.id),
            "subtree_images": counts.at_or_under(synset.id),
        }


@command.command(
    "add", cls=Command, examples=["classes add rex", "classes add tom kitty --parent cat.n.01"]
)
@click.argument("class_names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--parent", metavar="SYNSET", help="What they hang under: a class of WordNet, or own:NAME."
)
@pass_session
def add(session: Session, *, class_names: tuple[str, ...], parent: str | None) -> None:
    """Make classes of your own, before there are images of them.

    NAME is what the folder of their images is called, or will be: any text that is no wnid and no
    synset's name. `own:` may stand before it. All of them are made, or none.
    """
    with session.catalogue(writes=True) as catalogue:
        above = _parent_named(catalogue, parent)
        for made in catalogue.add_classes(class_names, parent=above):
            click.echo(f"made {safe(made.name)}, {_place(made)}")
            _tell_word(catalogue, made)


@command.command("parent", cls=Command, examples=["classes parent rex dog.n.01"])
@click.argument("class_name", metavar="NAME")
@click.argument("parent", metavar="SYNSET|none")
@pass_session
def parent_(session: Session, *, class_name: str, parent: str) -> None:
    """Hang a class of your own under another class.

    SYNSET is a class of WordNet, or own:NAME, another of your own; `none` hangs it nowhere. It
    moves with all that hangs under it, and its images count for everything above it from then on.
    """
    with session.catalogue(writes=True) as catalogue:
        moved = catalogue.set_parent(class_name, _parent_named(catalogue, parent))
        click.echo(f"{safe(moved.name)} is {_place(moved)}")


@command.command("remove", cls=Command, examples=["classes remove rex"])
@click.argument("class_names", nargs=-1, required=True, metavar="NAME...")
@pass_session
def remove(session: Session, *, class_names: tuple[str, ...]) -> None:
    """Remove classes of your own that have no images.

    The images go with their archive (`archives remove`). A class with others under it stays, until
    they hang elsewhere.
    """
    with session.catalogue(writes=True) as catalogue:
        for name in class_names:
            click.echo(f"removed {safe(catalogue.remove_class(name))}")


def _parent_named(catalogue: Catalogue, parent: str | None) -> Synset | None:
    if parent is None or parent.strip().lower() == _NOWHERE:
        return None
    return synset_named(catalogue.scope, parent)


def _place(synset: Synset) -> str:
    parent = next(iter(synset.parents), None)
    if parent is None:
        return "under no other class"
    number = "" if parent.wnid is None else f" ({parent.wnid})"
    return f"under {safe(parent.name)}{number}"


def _tell_word(catalogue: Catalogue, made: Synset) -> None:
    """Say it where a class is called as a word of WordNet is."""
    (word,) = made.lemmas
    graph = catalogue.scope.graph
    if senses := graph.senses(word):
        noun = graph.name(senses[0])
        say(f"{word} is a word of WordNet, too, and keeps meaning {noun}: write {made.name}")
