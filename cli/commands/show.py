"""`imnet-data show`: all about one class or one image."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from imnet_data.archives.members import is_image
from imnet_data.cli import image_view, synset_view
from imnet_data.cli.failure import say
from imnet_data.cli.help import Command
from imnet_data.cli.json_out import write_json
from imnet_data.cli.names import synset_named
from imnet_data.cli.options import json_option, release_option, split_option
from imnet_data.cli.screen import Screen
from imnet_data.cli.session import DEFAULT, Session, pass_session
from imnet_data.cli.text import words
from imnet_data.errors import NoCatalogue, UnknownImage, UnknownName
from imnet_data.layouts.image_names import read_name
from imnet_data.records import Image
from imnet_data.words.morphology import base_forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.catalogue import Catalogue
    from imnet_data.scope import Scope
    from imnet_data.synsets import Synset


@click.command("show", cls=Command, examples=["show dog.n.01", "show n02105855_2933"])
@click.argument("name", metavar="SYNSET|IMAGE")
@click.option("--picture", is_flag=True, help="Draw the image too, as the terminal can show it.")
@split_option("The split to look in, where several have an image of that name.")
@release_option("The release to look in, where several have an image of that name.")
@json_option
@pass_session
def command(
    session: Session, *, name: str, split: str | None, release: str | None, picture: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """All about one class or one image.

    A class: its words and gloss, what it is a kind of and what its kinds are, every path to the
    root, its images, its numbers in the published lists. An image: its class, the boxes in it,
    where its bytes are, and what `verify` found of it. Classes can be shown without a catalogue.

    `--picture` draws an image by kitty's graphics or sixels where the terminal has one of these,
    else in coloured blocks.
    """
    screen = Screen()
    if picture and (as_json or not screen.is_terminal):
        raise click.UsageError("--picture draws in a terminal; `cat` writes an image to a file")
    with session.scope() as (scope, catalogue):
        found = _Lookup(scope, catalogue, split, release).find(name)
        if picture and not isinstance(found, Image):
            raise click.UsageError(f"--picture draws one image, and {found.name} is a class")
        if isinstance(found, Image):
            assert catalogue is not None
            further = (
                catalogue.alternates(found), catalogue.boxes(found), catalogue.health(found),
            )  # fmt: skip
            if as_json:
                write_json(image_view.as_json(found, *further))
            else:
                image_view.write(screen, found, *further)
                if picture:
                    _draw(screen, found)
        else:
            health = None if catalogue is None else catalogue.class_health(found)
            if as_json:
                write_json(synset_view.as_json(found, scope, health))
            else:
                synset_view.write(screen, found, scope, health)


def _draw(screen: Screen, image: Image) -> None:
    from imnet_data.cli.picture_view import write_picture  # noqa: PLC0415 - numpy and Pillow

    write_picture(screen, image.read())


class _Lookup:
    """Finds what a name stands for: what looks like an image's is one, all else a class first."""

    def __init__(
        self, scope: Scope, catalogue: Catalogue | None, split: str | None, release: str | None
    ) -> None:
        self._scope = scope
        self._catalogue = catalogue
        self._split = split
        self._release = release

    def find(self, name: str) -> Synset | Image:
        """The class or image of a name.

        Raises:
            UnknownName, UnknownImage, NoCatalogue: it is neither; by what it looks like.
        """
        ways: list[Callable[[str], Synset | Image]] = [self._synset, self._image]
        if _looks_like_an_image(name):
            ways.reverse()
        try:
            return ways[0](name)
        except (UnknownName, UnknownImage, NoCatalogue):
            with suppress(UnknownName, UnknownImage, NoCatalogue):
                return ways[1](name)
            if ways[0] == self._synset and (bases := base_forms(name)):
                say(f"{name}: read as {words(bases[:1])}")
                return self._synset(bases[0])
            raise

    def _synset(self, name: str) -> Synset:
        return synset_named(self._scope, name)

    def _image(self, name: str) -> Image:
        if self._catalogue is None:
            raise NoCatalogue(os.path.abspath(DEFAULT))
        return self._catalogue.image(name, split=self._split, release=self._release)


def _looks_like_an_image(name: str) -> bool:
    return read_name(name.rpartition("/")[2]) is not None or is_image(name)
