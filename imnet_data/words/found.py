"""What is found where a WordNet may lie: the first WordNet 3.0, and all that is something else.

ImageNet's wnids are offsets in 3.0: in any other version they mean other synsets, or none.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from imnet_data.errors import NoWordNet
from imnet_data.words.places import CHOSEN, places

if TYPE_CHECKING:
    import mmap

    from imnet_data.words.places import Place

WANTED = "3.0"
NOUNS = "data.noun"
HEADER_BYTES = 4096  # the licence that opens data.noun, 1,740 bytes long, names the version
_VERSION = re.compile(rb"Word[nN]et (\d+\.\d+|\d+\+?) Copyright")


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: a version ('' if the file names none), or why it cannot be read.

    Both are None where there is nothing.
    """

    place: Place
    version: str | None = None
    unreadable: str | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether it is a WordNet 3.0."""
        return self.version == WANTED

    def __str__(self) -> str:
        if self.unreadable is not None:
            return f"cannot be read: {self.unreadable}"
        if self.version is None:
            return "nothing"
        return f"WordNet {self.version}" if self.version else "a WordNet that names no version"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A WordNet 3.0 and its data.noun, mapped (or read, from a zip file)."""

    place: Place
    nouns: mmap.mmap | bytes


_kept: dict[str, Found] = {}  # by the folder that the environment chose


def wordnet() -> Found | None:
    """The first WordNet 3.0, or None where there is none.

    What was found is kept until `forget()`; what was not is looked for again, in about 0.2 ms.
    """
    chosen = os.environ.get(CHOSEN, "")
    if chosen in _kept:
        return _kept[chosen]
    for place in places():
        if look_at(place).is_wanted:
            try:
                found = Found(place, place.map(NOUNS))
            except (OSError, ValueError, BadZipFile):  # gone, or damaged, behind its first page
                continue
            return _kept.setdefault(chosen, found)
    return None


def wordnet_or_error() -> Found:
    """The first WordNet 3.0.

    Raises:
        NoWordNet: there is none; it tells what was found in its place.
    """
    found = wordnet()
    if found is None:
        raise NoWordNet(others())
    return found


def forget() -> None:
    """Look for WordNet anew at the next call: after it was removed, or its folder was changed."""
    _kept.clear()


def others() -> list[str]:
    """Sentences on what was found that is no WordNet 3.0: 'WordNet 3.1 in /usr/share/nltk_data'."""
    found = [look for look in map(look_at, places()) if str(look) != "nothing"]
    return [f"{look} in {look.place.path}" if look.unreadable is None
            else f"{look.place.path} {look}" for look in found if not look.is_wanted]  # fmt: skip


def look_at(place: Place) -> Look:
    """What is at one place, by the head of its data.noun."""
    try:
        head = place.read(NOUNS, HEADER_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return Look(place)
    except (OSError, BadZipFile, EOFError) as error:
        return Look(place, unreadable=getattr(error, "strerror", None) or str(error))
    return Look(place, version=version_of(head))


def version_of(head: bytes) -> str:
    """The version that a data file's licence names; '' where it names none.

    >>> version_of(b"  9 WordNet 3.1 Copyright 2011 by Princeton University.")
    '3.1'
    """
    match = _VERSION.search(head)
    return "" if match is None else match[1].decode()
