"""Finding synsets by whole words of their glosses, in one pass over data.noun.

Lemmas are lemmas.py's to search; this file reads only what stands behind a record's bar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from imnet_data.words.found import wordnet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imnet_data.words.found import Found

_BAR = b" | "
_SHORTEST = 2
_BEFORE = 16  # characters shown before a word that was found
_LEFT_OUT = 12  # fewer than these are shown rather than left out


@dataclass(frozen=True, slots=True)
class GlossHit:
    """A synset whose gloss or examples hold what was searched, and the passage that does.

    `words` are those found, as they stand there; `passage` starts a little before the first.
    """

    id: int
    words: tuple[str, ...]
    passage: str


def search_glosses(wanted: Iterable[Sequence[str]]) -> Iterator[GlossHit]:
    """Synsets whose glosses hold words, in the order of their ids; none without a WordNet 3.0.

    Each of `wanted` is one word in its forms: one form of every word must stand in a gloss, whole
    and case-blind, in any order. `[("dog", "dogs"), ("hunt",)]` finds "to hunt with a dog".
    """
    forms = [tuple(form.lower().encode() for form in word if form) for word in wanted]
    found = wordnet()
    if found is None or not forms or not all(forms):
        return
    # A single letter stands in every record: half a second for nothing that anyone wants.
    if all(len(form) < _SHORTEST for word in forms for form in word):
        return
    # The longest word is the rarest, as a rule: the others are looked for in its records alone.
    forms.sort(key=lambda word: -min(map(len, word)))
    patterns = [_whole_word(word) for word in forms]
    content = _lowered(found)
    for start, bar, end in _records(content, forms[0]):
        places = []
        for pattern in patterns:
            if (match := pattern.search(content, bar, end)) is None:
                break
            places.append(match.span())
        else:
            places.sort()
            behind = bar + len(_BAR)
            yield GlossHit(
                int(content[start : start + 8]),
                tuple(_text(found.nouns[at:to]) for at, to in places),
                _passage(
                    _text(found.nouns[behind:end]),
                    [(at - behind, to - behind) for at, to in places],
                ),
            )


def _records(content: bytes, forms: tuple[bytes, ...]) -> Iterator[tuple[int, int, int]]:
    """Start, bar and end of the records that hold one of some texts behind their bar."""
    following = {form: content.find(form) for form in forms}
    while (at := min((place for place in following.values() if place >= 0), default=-1)) >= 0:
        start = content.rfind(b"\n", 0, at) + 1
        end = content.find(b"\n", at)
        bar = content.find(_BAR, start, end)
        # A hit among the words and pointers: go on behind the bar, so that there is one a record.
        before_bar = at < bar
        if bar >= 0 and not before_bar:
            yield start, bar, end
        onward = bar if before_bar else end
        for form, place in following.items():
            if 0 <= place < onward:
                following[form] = content.find(form, onward)


def _whole_word(forms: tuple[bytes, ...]) -> re.Pattern[bytes]:
    alternatives = b"|".join(map(re.escape, forms))
    return re.compile(rb"(?<![a-z0-9_])(?:%b)(?![a-z0-9_])" % alternatives)


def _passage(text: str, places: Sequence[tuple[int, int]]) -> str:
    """A text from a little before the first of some places on, without what lies far between.

    >>> _passage("one two three four five six seven eight nine ten", [(4, 7), (40, 44)])
    'one two … six seven eight nine ten'
    """
    passage, kept = "", 0
    for at, to in places:
        start = text.find(" ", max(0, at - _BEFORE - 1), at) + 1 or at
        if at > _BEFORE and start > kept + _LEFT_OUT:
            passage = f"{passage} … ".lstrip()
            kept = start
        passage += text[kept:to]
        kept = to
    return (passage + text[kept:]).rstrip()


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")


@cache
def _lowered(found: Found) -> bytes:
    return found.nouns[:].lower()
