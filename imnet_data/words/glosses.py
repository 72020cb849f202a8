"""Glosses and examples, out of a WordNet 3.0; without one they are plainly missing.

Not nltk's own reader: that one takes two to six seconds to start, and wants files (lexnames,
index.sense) that Debian's wordnet-base lacks. A gloss stands in data.noun at the byte that the
synset's id says, so one look there is enough.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from imnet_data.words.found import wordnet

_EXAMPLE = re.compile(r'"([^"]*)"')
_QUOTED = re.compile(r'".*?"')


class Gloss(NamedTuple):
    """What data.noun says of a synset, cut as nltk cuts it."""

    definition: str
    examples: tuple[str, ...]


def gloss(synset: int) -> str | None:
    """The definition of a synset, or None without a WordNet 3.0.

    >>> gloss(1) is None  # no synset has this id; gloss(2084071) is 'a member of the genus ...'
    True
    """
    found = _read(synset)
    return None if found is None else found.definition


def examples(synset: int) -> tuple[str, ...]:
    """The example sentences of a synset; none where it has none, or without a WordNet 3.0."""
    found = _read(synset)
    return () if found is None else found.examples


def available() -> bool:
    """Whether there is a WordNet 3.0 to read glosses from."""
    return wordnet() is not None


def cut(text: str) -> Gloss:
    """A record's text, behind its bar, as definition and examples.

    >>> cut('a pet; kept indoors; "she has a pet"')
    Gloss(definition='a pet; kept indoors', examples=('she has a pet',))
    """
    definition = _QUOTED.sub("", text).strip().strip("; ")
    return Gloss(definition, tuple(_EXAMPLE.findall(text)))


def _read(synset: int) -> Gloss | None:
    found = wordnet()
    # Another file's synset is refused by the record's own first field, its offset.
    if found is None or found.nouns[synset : synset + 9] != b"%08d " % synset:
        return None
    line = found.nouns[synset : found.nouns.find(b"\n", synset)]
    return cut(line.decode("utf-8", errors="replace").partition("|")[2].strip())
