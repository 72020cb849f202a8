"""`imnet-data tree`: the classes as WordNet's tree."""

from __future__ import annotations

import click

from imnet_data.amounts import count
from imnet_data.cli import tree_view
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.names import synset_named
from imnet_data.cli.options import json_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.cli.tree_model import Growth

_ROOT = "entity.n.01"
# The first levels below entity say little; a catalogue's classes begin some levels further down.
_DEPTH, _DEPTH_OF_ALL = 2, 4


@click.command("tree", cls=Command, examples=["tree dog", "tree animal.n.01 --depth 3"])
@click.argument("synset", required=False)
@click.option(
    "--depth", type=click.IntRange(min=0), metavar="N",
    help="How many levels below the first to show.  [default: 2, of a whole catalogue 4]",
)  # fmt: skip
@click.option("--all", "show_all", is_flag=True, help="Show the classes without images too.")
@json_option
@pass_session
def command(
    session: Session, *, synset: str | None, depth: int | None, show_all: bool, as_json: bool
) -> None:
    """The classes as WordNet's tree, with their images counted.

    A synset's `own` images are those of exactly that class; `in all` counts every class below it
    too, and none twice, though a class may have several parents. Without SYNSET the tree starts at
    entity.n.01; without a catalogue it shows WordNet alone.
    """
    with session.scope() as (scope, catalogue):
        top = synset_named(scope, synset or _ROOT)
        if depth is None:
            depth = _DEPTH_OF_ALL if catalogue is not None and synset is None else _DEPTH
        folds = catalogue is not None and not show_all and not as_json
        growth = Growth(scope, depth=depth, folds=folds, repeats=as_json)
        # Only the whole tree tells of what lies outside WordNet.
        own = [] if synset else growth.own_roots()
        if folds and own and not growth.counts.at_or_under(top.id):
            growth = Growth(scope, depth=0, folds=folds, repeats=as_json)  # WordNet has no part
        root = growth.grow(top.id)
        outside = 0 if synset else growth.counts.unlabelled
        if as_json:
            beside = {"own_classes": list(map(tree_view.as_json, own)), "unlabelled": outside}
            write_json(tree_view.as_json(root) | ({} if synset else beside))
        else:
            screen = Screen()
            tree_view.write(screen, root, own, counted=catalogue is not None)
            if outside:
                screen.line((f"{count(outside, 'image')} without a label", ""))
