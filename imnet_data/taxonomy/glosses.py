"""Glosses and examples, from a WordNet 3.0 that nltk finds; without one they are plainly missing.

Not nltk's own reader: that one takes two to six seconds to start, and wants files (lexnames,
index.sense) that Debian's wordnet-base lacks. A gloss stands in data.noun at the byte that the
synset's id says, so one look there is enough; nltk only finds the corpus and opens it.
"""

from __future__ import annotations

import mmap
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = re.compile(rb"Word[nN]et (\d+\.\d+|\d+\+?) Copyright")
_HEADER_BYTES = 4096  # the licence that opens data.noun, 1,740 bytes long
_EXAMPLE = re.compile(r'"([^"]*)"')
_QUOTED = re.compile(r'".*?"')

# As a folder, as nltk's downloader leaves it or a person lays it out, or still as its zip file.
_RESOURCES = ("corpora/wordnet/data.noun", "corpora/wordnet.zip/wordnet/data.noun")


class _Gloss(NamedTuple):
    definition: str
    examples: tuple[str, ...]


def gloss(synset: int) -> str | None:
    """The definition of a synset, or None where nltk finds no WordNet 3.0.

    >>> gloss(1) is None  # no synset has this id; gloss(2084071) is 'a member of the genus ...'
    True
    """
    found = _read(synset)
    return None if found is None else found.definition


def examples(synset: int) -> tuple[str, ...]:
    """The example sentences of a synset; none where it has none or nltk finds no WordNet 3.0."""
    found = _read(synset)
    return () if found is None else found.examples


def available() -> bool:
    """Whether nltk finds a WordNet 3.0.

    The answer is kept, as is the file: `forget()` after a WordNet was installed or removed.
    """
    return _nouns() is not None


def forget() -> None:
    """Look for WordNet anew at the next call."""
    _nouns.cache_clear()


def _read(synset: int) -> _Gloss | None:
    nouns = _nouns()
    # Another file's synset is refused by the record's own first field, its offset.
    if nouns is None or nouns[synset : synset + 9] != b"%08d " % synset:
        return None
    line = nouns[synset : nouns.find(b"\n", synset)].decode("utf-8", errors="replace")
    text = line.partition("|")[2].strip()
    # As nltk's reader cuts it: what is not in quotes is the definition.
    definition = _QUOTED.sub("", text).strip().strip("; ")
    return _Gloss(definition, tuple(_EXAMPLE.findall(text)))


@cache
def _nouns() -> mmap.mmap | bytes | None:
    nouns = _open()
    if nouns is None:
        return None
    version = _VERSION.search(nouns[:_HEADER_BYTES])
    return nouns if version is not None and version[1] == b"3.0" else None


def _open() -> mmap.mmap | bytes | None:
    for resource in _RESOURCES:
        if (pointer := _find(resource)) is None:
            continue
        try:
            if hasattr(pointer, "path"):
                return _mapped(pointer.path)
            with pointer.open() as stream:
                content: bytes = stream.read()
                return content
        # An unreadable or empty file: no gloss, as if there were none.
        except (OSError, ValueError):
            continue
    return None


def _find(resource: str) -> Any:
    import nltk.data  # noqa: PLC0415 - 0.5 s, and only glosses need it

    try:
        return nltk.data.find(resource)
    # LookupError: not there. OSError: nltk 3.10 refuses links, and files of other accounts.
    except (LookupError, OSError, ValueError):
        return None


def _mapped(path: str | Path) -> mmap.mmap:
    # Opened here, since nltk 3.10 opens no file of another account, and a tar unpacked by root
    # leaves such; text that is only shown needs no such guard. Mapped rather than read: slices of
    # a map need no lock between threads, nor 15 MB.
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
