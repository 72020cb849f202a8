"""WordNet without a catalogue: the same synsets, with no images."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from imnet_data.scope import Scope
from imnet_data.taxonomy.own import OwnClass

if TYPE_CHECKING:
    from imnet_data.synsets import Synset


@cache
def scope() -> Scope:
    """Names and the graph, where no catalogue is open."""
    return Scope(None)


def synset_of(synset_id: int, own_name: str | None = None) -> Synset:
    """The synset of an id, or a user's own class, which hangs nowhere here."""
    if own_name is None:
        return scope().synset(synset_id)
    return Scope(None, own=(OwnClass(synset_id, own_name, None),)).synset(synset_id)


def synset(name: str) -> Synset:
    """The synset of a name: a wnid, `dog.n.01`, or a word (its first sense).

    Raises:
        UnknownName: no synset has that name.

    >>> synset("n02084071").name
    'dog.n.01'
    """
    return scope().named(name)
