"""Whether some files are a whole WordNet 3.0, or a whole set of information contents.

Every noun's offset is looked at, since those are ImageNet's wnids; glosses are taken as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imnet_data.taxonomy.graph import Graph
from imnet_data.words.found import HEADER_BYTES, NOUNS, WANTED, look_at, version_of
from imnet_data.words.sense_index import PARTS

if TYPE_CHECKING:
    from imnet_data.words.places import Place
    from imnet_data.words.sources import Files

NEEDED = tuple(
    name for part in PARTS for name in (f"data.{part}", f"index.{part}", f"{part}.exc")
)  # what every WordNet has; nltk also wants the two that are made
MADE = ("lexnames", "index.sense")
_ALSO = ("cntlist.rev", "README", "LICENSE", "citation.bib")  # kept where they are there
NAMES = (*NEEDED, *MADE, *_ALSO)
_DIGITS = 8


def is_wordnets(name: str) -> bool:
    """Whether a file of this name belongs to a WordNet."""
    return name in NAMES


def is_information(name: str) -> bool:
    """Whether a file of this name is an information content."""
    return name.startswith("ic-") and name.endswith(".dat")


def is_whole(place: Place, *, for_nltk: bool = True) -> bool:
    """Whether a place has all files of a WordNet 3.0; of their insides only the version is read.

    Enough for what was put there in one step, after it was checked. `for_nltk` asks for the two
    files, too, that can be made of the others.
    """
    needed = {*NEEDED, *MADE} if for_nltk else set(NEEDED)
    return look_at(place).is_wanted and needed <= place.names()


def has_information(place: Place) -> bool:
    """Whether a place has information contents."""
    return any(map(is_information, place.names()))


def fault_of_wordnet(files: Files) -> str | None:
    """Why some files are no whole WordNet 3.0; None where they are."""
    if NOUNS not in files:
        return f"it holds no WordNet: there is no {NOUNS}"
    for name in (f"data.{part}" for part in PARTS):
        version = version_of(files.get(name, b"")[:HEADER_BYTES])
        if version and version != WANTED:
            return f"it is WordNet {version}, and ImageNet's classes are numbered by {WANTED}"
    if missing := [name for name in NEEDED if name not in files]:
        return f"it lacks {', '.join(missing)}"
    if cut := [name for name in NEEDED if files[name][-1:] not in (b"\n", b"")]:
        return f"{cut[0]} is cut off"
    return _fault_of_nouns(files[NOUNS]) or _fault_of_index(files["index.noun"])


def _fault_of_nouns(nouns: bytes) -> str | None:
    if version_of(nouns[:HEADER_BYTES]) != WANTED:
        return f"its {NOUNS} does not say that it is WordNet {WANTED}"
    ids = Graph.load().ids.astype(np.int64)
    content = np.frombuffer(nouns, np.uint8)
    inside = ids[ids + _DIGITS < len(content)]
    digits = content[inside[:, None] + np.arange(_DIGITS)] - np.uint8(ord("0"))
    stand = (digits.astype(np.int64) @ 10 ** np.arange(_DIGITS)[::-1]) == inside
    stand &= content[inside - 1] == ord("\n")
    wrong = len(ids) - int(stand.sum())
    return f"{wrong:,} of {len(ids):,} nouns are not where WordNet 3.0 has them" if wrong else None


def _fault_of_index(index: bytes) -> str | None:
    words = sum(1 for _ in Graph.load().words.words(""))
    # The licence's lines start with two blanks.
    listed = index.count(b"\n") - index.count(b"\n  ") - index.startswith(b"  ")
    return None if listed == words else f"index.noun has {listed:,} words, and not {words:,}"


def fault_of_information(files: Files) -> str | None:
    """Why some files are no information contents for WordNet 3.0; None where they are."""
    if not files:
        return "it holds no information content: there is no ic-*.dat"
    for name, content in sorted(files.items()):
        nouns = [
            int(line.split(b"n ")[0]) for line in content.splitlines()[1:] if b"n " in line[:10]
        ]
        strange = set(nouns) - set(Graph.load().ids.tolist())
        if not nouns or strange:
            return f"{name} is not for the nouns of WordNet {WANTED}"
    return None
