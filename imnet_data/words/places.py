"""Where a WordNet may lie: a folder the user chose, nltk's data, the user's cache, Debian's folder.

Only where to look, and how files there are opened; what is in them is found.py's question.
"""

from __future__ import annotations

import mmap
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal
from zipfile import BadZipFile, ZipFile

Kind = Literal["chosen", "nltk", "cache", "system"]

CHOSEN = "IMNET_DATA_WORDNET"  # a folder with WordNet's files; nothing else is looked at then
_SYSTEM = "/usr/share/wordnet"  # Debian's and Ubuntu's wordnet-base
_UNIX_ROOTS = (
    "/usr/share/nltk_data",
    "/usr/local/share/nltk_data",
    "/usr/lib/nltk_data",
    "/usr/local/lib/nltk_data",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of WordNet's files, or a zip file that holds them under the folder `inside`."""

    kind: Kind
    path: str
    inside: str | None = None

    @property
    def exists(self) -> bool:
        """Whether anything is there."""
        return os.path.lexists(self.path)

    def names(self) -> set[str]:
        """The files there; none where it cannot be read."""
        try:
            if self.inside is None:
                return set(os.listdir(self.path))
            with ZipFile(self.path) as archive:
                members = archive.namelist()
        except (OSError, BadZipFile):
            return set()
        return {name.removeprefix(self.inside) for name in members if name.startswith(self.inside)}

    def read(self, name: str, size_bytes: int | None = None) -> bytes:
        """The first bytes of one of its files, or all.

        Raises:
            OSError: it cannot be read; FileNotFoundError where it is not there.
            zipfile.BadZipFile: the zip file is damaged.
        """
        if self.inside is None:
            with open(os.path.join(self.path, name), "rb") as file:
                return file.read(size_bytes)
        with ZipFile(self.path) as archive:
            try:
                member = archive.open(self.inside + name)
            except KeyError:
                raise FileNotFoundError(name) from None
            with member:
                return member.read(-1 if size_bytes is None else size_bytes)

    def map(self, name: str) -> mmap.mmap | bytes:
        """One of its files whole: mapped where it is a file, so that a look reads one page of it.

        Raises:
            OSError, ValueError, zipfile.BadZipFile: it cannot be read, or is empty.
        """
        if self.inside is not None:
            return self.read(name)
        with open(os.path.join(self.path, name), "rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def places() -> list[Place]:
    """Every place to look in, the first one first; nothing is opened."""
    if chosen := os.environ.get(CHOSEN):
        return [Place("chosen", os.path.abspath(chosen))]
    return [*nltk_places("wordnet"), Place("system", _SYSTEM)]


def nltk_places(package: str) -> list[Place]:
    """Where nltk looks for a corpus, in its order, folders before zip files; then our cache."""
    # nltk is told of our cache when it is to read there; that makes it no data of nltk's own.
    roots = [root for root in nltk_roots() if os.path.abspath(root) != data_root()]
    folders = [Place("nltk", os.path.join(root, "corpora", package)) for root in roots]
    zips = [
        # A whole root may be one zip file, too.
        Place("nltk", root, f"corpora/{package}/")
        if root.endswith(".zip")
        else Place("nltk", os.path.join(root, "corpora", f"{package}.zip"), f"{package}/")
        for root in roots
    ]
    return [*folders, *zips, Place("cache", corpus_folder(data_root(), package))]


def data_root() -> str:
    """The user's own folder of nltk data, where WordNet is installed to; it may not be there.

    `$XDG_CACHE_HOME/imnet-data/nltk_data`, else `~/.cache/imnet-data/nltk_data`.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # as the XDG specification says of relative paths
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(os.path.normpath(base), "imnet-data", "nltk_data")


def corpus_folder(root: str, package: str = "wordnet") -> str:
    """Where a corpus lies in a folder of nltk data."""
    return os.path.join(root, "corpora", package)


def nltk_roots() -> list[str]:
    """The folders that nltk searches: `nltk.data.path`, without importing nltk (0.5 s).

    Once nltk is imported its own list is taken, since programs change it; before, it is what nltk
    makes it from.
    """
    data: Any = sys.modules.get("nltk.data")
    if data is None and os.name != "posix":
        data = import_module("nltk.data")  # its list for Windows is another
    if data is not None:
        return [str(root) for root in data.path]
    roots = [
        os.path.expanduser(root)
        for root in os.environ.get("NLTK_DATA", "").split(os.pathsep)
        if root
    ]
    if "APPENGINE_RUNTIME" not in os.environ and os.path.expanduser("~/") != "~/":
        roots.append(os.path.expanduser("~/nltk_data"))
    prefixes = ("nltk_data", "share/nltk_data", "lib/nltk_data")
    return [*roots, *(os.path.join(sys.prefix, below) for below in prefixes), *_UNIX_ROOTS]
