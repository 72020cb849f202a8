"""Information contents: how often synsets are met in a body of text, from nltk's wordnet_ic.

Reads them through nltk; what is computed of them is similarity.py's.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from imnet_data.errors import NoInformationContent
from imnet_data.words.checks import is_information
from imnet_data.words.nltk_data import reads_our_data
from imnet_data.words.places import nltk_places

if TYPE_CHECKING:
    from imnet_data.words.similarity import InformationContent

PACKAGE = "wordnet_ic"
USUAL = "ic-brown.dat"  # nltk's own example


def names() -> list[str]:
    """The files at hand, as in `ic-brown.dat`; none where nltk's wordnet_ic is not installed."""
    return sorted({n for place in nltk_places(PACKAGE) for n in place.names() if is_information(n)})


@cache
def information_content(name: str) -> InformationContent:
    """The counts of one file, for WordNet 3.0: part of speech, then offset, then count.

    Raises:
        NoInformationContent: there is no such file.
    """
    if name not in names():
        raise NoInformationContent(name, known=names())
    from nltk.corpus import wordnet_ic  # noqa: PLC0415 - 0.5 s

    reads_our_data()
    try:
        content: InformationContent = wordnet_ic.ic(name)
    except (LookupError, OSError, ValueError) as error:
        raise NoInformationContent(name) from error
    return content
