"""`imnet-data wordnet`: WordNet's glosses and examples: what is there, and how to get it."""

from __future__ import annotations

from typing import get_args

import click

from imnet_data.cli import wordnet_view
from imnet_data.cli.failure import Failed, say
from imnet_data.cli.help import Command, Group
from imnet_data.cli.json_out import write_json
from imnet_data.cli.names import synset_named
from imnet_data.cli.options import json_option
from imnet_data.cli.progress import progress
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import Session, pass_session
from imnet_data.words.similarity import Measure


@click.group("wordnet", cls=Group, examples=["wordnet status"])
def command() -> None:
    """WordNet's glosses and examples: what is there, and how to get it.

    The classes themselves are packaged; glosses, example sentences and irregular plurals are read
    from a WordNet 3.0, the version that ImageNet's classes are numbered by.
    """


@command.command("status", cls=Command, examples=["wordnet status", "wordnet status --json"])
@json_option
def status(*, as_json: bool) -> None:
    """Every place that is looked at, and what is there.

    The first WordNet 3.0 is read: of $IMNET_DATA_WORDNET alone, if that names a folder; else of
    nltk's data, of the user's cache, of Debian's wordnet-base.
    """
    found = wordnet_view.status()
    if as_json:
        write_json(found)
    else:
        wordnet_view.write_status(Screen(), found)


@command.command(
    "install", cls=Command, examples=["wordnet install", "wordnet install --from WordNet-3.0/dict"]
)
@click.option(
    "--from", "source", metavar="PATH|URL",
    help="A folder, zip file or tar of WordNet 3.0, or an nltk index; else nltk's own index.",
)  # fmt: skip
@click.option(
    "--to", "root", type=click.Path(file_okay=False), metavar="DIR",
    help="A folder of nltk data to install into; else the user's cache.",
)  # fmt: skip
@click.option(
    "--ic", "information", is_flag=True,
    help="Install nltk's information contents, for similarities, in WordNet's place.",
)  # fmt: skip
@json_option
def install(*, source: str | None, root: str | None, information: bool, as_json: bool) -> None:
    """Install WordNet 3.0 where no WordNet 3.0 is yet.

    nltk's downloader fetches it (10 MB); without a network, take it from a file. What comes is
    checked: all 82,115 nouns must be where ImageNet's numbers say, or nothing is installed.
    """
    from imnet_data.words.install import install as into_place  # noqa: PLC0415 - numpy

    package = "wordnet_ic" if information else "wordnet"
    with progress() as bars:
        done = into_place(package, source=source, root=root, progress=bars)
    if as_json:
        write_json(wordnet_view.installed_json(done))
    else:
        wordnet_view.write_installed(Screen(), done)


@command.command("similarity", cls=Command, examples=["wordnet similarity dog.n.01 cat.n.01"])
@click.argument("a")
@click.argument("b")
@click.option("--measure", type=click.Choice(get_args(Measure)), help="Only this measure.")
@click.option(
    "--ic", metavar="FILE", help="The file of nltk's wordnet_ic to use; else ic-brown.dat."
)
@json_option
@pass_session
def similarity(
    session: Session, *, a: str, b: str, measure: Measure | None, ic: str | None, as_json: bool
) -> None:
    """How alike two classes are, by every measure at hand, as nltk has them.

    path, lch and wup go by the graph; res, lin and jcn by an information content as well.
    """
    with session.scope() as (scope, _):
        pair = synset_named(scope, a), synset_named(scope, b)
    for synset in pair:
        if synset.is_own:
            raise Failed(f"{synset.name} is an own class, and has no place among nouns")
    found = wordnet_view.similarities(pair, measure, ic)
    if as_json:
        write_json(found)
        return
    wordnet_view.write_similarities(Screen(), found)
    if measure is None and len(found["similarity"]) < len(get_args(Measure)):
        say("res, lin and jcn want an information content: imnet-data wordnet install --ic")
