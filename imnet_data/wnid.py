"""The wnid: 'n' and the eight-digit offset of a noun synset in WordNet 3.0.

Arithmetic only; whether a synset of that offset exists is the taxonomy's question.
"""

from __future__ import annotations

import re

# Offsets of WordNet 3.0's data.noun have eight digits, so a user's own classes, which have no
# offset, are numbered from nine digits up and can never meet one.
FIRST_OWN_ID = 100_000_000

_WNID = re.compile(r"n[0-9]{8}\Z")


def is_wnid(text: str) -> bool:
    """Whether a text has the shape of a wnid.

    >>> is_wnid("n02084071"), is_wnid("n2084071"), is_wnid("dog.n.01")
    (True, False, False)
    """
    return _WNID.match(text) is not None


def to_id(wnid: str) -> int:
    """The synset id of a wnid, which is its WordNet 3.0 offset.

    Raises:
        ValueError: the text is not 'n' and eight digits.

    >>> to_id("n02084071")
    2084071
    """
    if not is_wnid(wnid):
        raise ValueError(f"{wnid!r} is not a wnid: 'n' and eight digits")
    return int(wnid[1:])


def from_id(synset_id: int) -> str:
    """The wnid of a synset id.

    Raises:
        ValueError: the id is no WordNet offset (a user's own class has no wnid).

    >>> from_id(2084071)
    'n02084071'
    """
    if not 0 < synset_id < FIRST_OWN_ID:
        raise ValueError(f"synset {synset_id} has no wnid")
    return f"n{synset_id:08d}"
