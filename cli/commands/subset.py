"""`imnet-data subset`: cuts of the images that everybody can repeat, kept by name.

What is written of them is subset_view.py's, how options become a recipe subset_recipe.py's.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from imnet_data.cli import subset_diff_view, subset_recipe, subset_view
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command, Group
from imnet_data.cli.json_out import write_json
from imnet_data.cli.options import json_option, release_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from typing import Any

_NAME = click.argument("name", metavar="NAME")


@click.group("subset", cls=Group, examples=["subset list"])
def command() -> None:
    """Cut subsets that everybody can repeat: by classes, drawn by seed, with a lock.

    A subset is a recipe: which classes and splits, how many of each, by which seed. Its members
    are computed from the images' names, so that the same recipe over any copy of the same images
    gives the same subset, however they are packed; its lock says whether that is so.
    """


@command.command(
    "create",
    cls=Command,
    examples=[
        'subset create pets "dog | cat" --split train --per-class 10 --seed 7',
        'subset create things --merge living=organism --merge made="artifact - food" --holdout 0.2',
    ],
)
@_NAME
@click.argument("expression", metavar="[EXPR]", required=False)
@subset_recipe.options
@release_option("The release whose images are taken; else the one that has such images.")
@json_option
@pass_session
def create(
    session: Session, /, *, name: str, expression: str | None, as_json: bool, **given: Any
) -> None:
    """Make a subset, and its lock.

    EXPR names classes as in `images`; without one, all classes of the release. Images are drawn
    first, from all that the recipe takes; those that were found broken are left out afterwards,
    and the lock lists them: what was verified where does not change what is drawn.

    Built-in subsets (`subset list`) need not be made.
    """
    recipe = subset_recipe.recipe_of(name, expression, given)
    with session.catalogue(writes=True) as catalogue:
        with progress(rate=True) as told:
            stock = catalogue.create_subset(recipe, progress=told)
        if as_json:
            write_json(subset_view.stock_json(stock))
            return
        subset_view.write_stock(Screen(), stock)
        for remark in stock.remarks():
            say(remark)


@command.command("list", cls=Command, examples=["subset list", "subset list --json"])
@json_option
@pass_session
def list_(session: Session, *, as_json: bool) -> None:
    """List the subsets that were made, and those that are built in."""
    with session.catalogue() as catalogue:
        known = catalogue.subsets()
    if as_json:
        write_json([subset_view.known_json(one) for one in known])
    else:
        subset_view.write_known(Screen(), known)


@command.command("show", cls=Command, examples=["subset show imagenette"])
@_NAME
@json_option
@pass_session
def show(session: Session, *, name: str, as_json: bool) -> None:
    """All about one subset: its parts, classes and recipe.

    The numbers are those of now, those of images that are left out not among them.
    """
    with session.catalogue() as catalogue:
        subset = catalogue.subset(name)
        if as_json:
            write_json(subset_view.subset_json(subset))
        else:
            subset_view.write_subset(Screen(), subset)


@command.command("check", cls=Command, examples=["subset check pets"])
@_NAME
@click.option(
    "--lock", "file", type=click.Path(dir_okay=False), metavar="FILE",
    help="A lock that was written elsewhere; else the subset's own, of when it was made.",
)  # fmt: skip
@json_option
@pass_session
@click.pass_context
def check(
    ctx: click.Context, session: Session, *, name: str, file: str | None, as_json: bool
) -> None:
    """Say whether a subset is what its lock says, and exactly what differs.

    Images that are missing here, or too many, or of another size; classes in another order;
    images that are left out here and not there. Exit code 1 if anything differs.
    """
    from imnet_data.subsets.lock import Lock  # noqa: PLC0415 - numpy

    lock = None if file is None else Lock.of_file(file)
    with session.catalogue() as catalogue:
        subset = catalogue.subset(name)
        with progress(rate=True) as told:
            found = subset.check(lock, progress=told)
        wanted = lock or subset.locked
    assert wanted is not None
    if as_json:
        write_json(subset_diff_view.differences_json(name, wanted, found))
    else:
        subset_diff_view.write_differences(Screen(), name, wanted, found)
    ctx.exit(1 if found else 0)


@command.command("diff", cls=Command, examples=["subset diff imagenette imagewoof"])
@click.argument("one")
@click.argument("other")
@json_option
@pass_session
def diff_(session: Session, *, one: str, other: str, as_json: bool) -> None:
    """Say what two subsets differ in: classes and images that only one has.

    Images that are left out count as not in them.
    """
    from imnet_data.subsets.diff import diff  # noqa: PLC0415 - numpy

    with session.catalogue() as catalogue:
        found = diff(catalogue.subset(one), catalogue.subset(other))
    if as_json:
        write_json(subset_diff_view.diff_json((one, other), found))
    else:
        subset_diff_view.write_diff(Screen(), (one, other), found)


@command.command("lock", cls=Command, examples=["subset lock imagenette --to imagenette.json"])
@_NAME
@click.option(
    "--to", "file", type=click.Path(dir_okay=False), metavar="FILE",
    help="Where the lock is written; else on standard output.",
)  # fmt: skip
@pass_session
def lock(session: Session, *, name: str, file: str | None) -> None:
    """Lock a subset as it is now, and write the lock as JSON.

    On another machine `subset create NAME --recipe FILE` makes the same subset, and
    `subset check NAME --lock FILE` says whether it came out the same. Of a subset that was made,
    this lock is kept in the place of the one before.
    """
    with session.catalogue(writes=True) as catalogue:
        before = catalogue.subset(name).locked
        with progress(rate=True) as told:
            stock = catalogue.lock_subset(name, progress=told)
    if file is None:
        sys.stdout.write(stock.lock.to_json())
    else:
        stock.lock.write(file)
        click.echo(f"wrote {safe(file)}")
    if before is not None and before.fingerprint != stock.lock.fingerprint:
        say(f"{name} is not what it was when it was locked before, and this lock is kept now")


@command.command(
    "export-list", cls=Command, examples=["subset export-list imagenette --part val --format csv"]
)
@_NAME
@click.option("--part", metavar="PART", help="Only this part: train, val or test.")
@click.option(
    "--format", "form", type=click.Choice(("txt", "csv", "jsonl")), default="txt",
    show_default=True, help="How to write it; txt is a name a line.",
)  # fmt: skip
@pass_session
def export_list(session: Session, *, name: str, part: str | None, form: str) -> None:
    """List a subset's images by name, with their labels in csv and jsonl.

    Those that are left out are not among them. `subset create --only-ids` reads each of these.
    """
    with session.catalogue() as catalogue:
        subset = catalogue.subset(name)
        if part is not None and part not in subset.parts:
            raise click.UsageError(f"{name} has no part {part!r}; it has {', '.join(subset.parts)}")
        subset_view.write_list(subset.listing(part), form)


@command.command("remove", cls=Command, examples=["subset remove pets"])
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@pass_session
def remove(session: Session, *, names: tuple[str, ...]) -> None:
    """Forget subsets. Images, and shards that were made of them, stay as they are."""
    with session.catalogue(writes=True) as catalogue:
        for name in names:
            catalogue.remove_subset(name)
            click.echo(f"removed {safe(name)}")
