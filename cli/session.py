"""What every command is given: where the catalogue is, and how it is opened."""

from __future__ import annotations

import os
import shlex
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from imnet_data.cli.network_notice import say_if_on_network
from imnet_data.db.addresses import is_url, shown
from imnet_data.db.errors import BadAddress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.catalogue import Catalogue
    from imnet_data.scope import Scope

DEFAULT = "imagenet.db"


@dataclass(frozen=True, slots=True)
class Session:
    """The catalogue's path or URL, and whether the user named it by option or environment."""

    path: str = field(repr=False)
    named: bool

    @property
    def exists(self) -> bool:
        """Whether something is at the catalogue's place; of a server's database a catalogue alone.

        Raises:
            ImnetDataError: the server cannot be asked.
        """
        if not is_url(self.path):
            return os.path.lexists(self.path)
        from imnet_data.errors import NoCatalogue  # noqa: PLC0415

        try:
            with self.catalogue():
                return True
        except NoCatalogue:
            return False

    @property
    def shown(self) -> str:
        """The catalogue's place as the user wrote it, without a password."""
        try:
            return shown(self.path)
        except BadAddress:  # what it is cannot be told, and so not what is a password in it
            return "URL"

    def line(self, *words: str) -> str:
        """A command line for this catalogue, to be pasted into a shell; it has no password."""
        chosen = ["-c", self.shown] if self.named else []
        return shlex.join(["imnet-data", *chosen, *words])

    @contextmanager
    def catalogue(self, *, create: bool = False, writes: bool = False) -> Iterator[Catalogue]:
        """The open catalogue; its database's errors come out as imnet_data's own.

        Where it `writes` or may make one, people hear what becomes of a file on a network.
        """
        import imnet_data  # noqa: PLC0415 - numpy and sqlalchemy, half a second
        from imnet_data.storage import storage_errors  # noqa: PLC0415

        if create or writes:
            say_if_on_network(self.path)
        with storage_errors(), imnet_data.open(self.path, create=create) as catalogue:
            yield catalogue

    @contextmanager
    def catalogue_if_any(self) -> Iterator[Catalogue | None]:
        """The catalogue, or None where none was named and none lies at the default place."""
        if not self.named and not self.exists:
            yield None
            return
        with self.catalogue() as catalogue:
            yield catalogue

    @contextmanager
    def scope(self) -> Iterator[tuple[Scope, Catalogue | None]]:
        """Names and counts: the catalogue's, or WordNet's alone where there is no catalogue."""
        with self.catalogue_if_any() as catalogue:
            if catalogue is not None:
                yield catalogue.scope, catalogue
                return
            from imnet_data import wordnet  # noqa: PLC0415 - as above

            yield wordnet.scope(), None


pass_session = click.make_pass_decorator(Session)
