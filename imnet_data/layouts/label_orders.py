"""What the numbers of a data set's labels mean: the classes in the order that it counts them in.

An order is packaged, or told by class names; none is ever guessed. Reading the files that tell it
is indexing/label_files.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.class_lists import names as list_names
from imnet_data.layouts.image_names import ILSVRC2012
from imnet_data.layouts.placement import UNLABELLED
from imnet_data.wnid import is_wnid, to_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.taxonomy.graph import Graph

# Hugging Face and others rename a class or two, where two of ILSVRC's have the same words.
_ENOUGH: Final = 0.95
# The thousand names that CLIP made popular share three of four with WordNet's, in the same order:
# of so many names it takes far fewer at their places to be sure.
_MANY, _ENOUGH_OF_MANY = 100, 0.6

# The releases whose label numbers are positions in a packaged list.
_OF_RELEASES: Final = {
    ILSVRC2012: "ilsvrc2012",
    "imagenet-22k-wds": "imagenet21k-fall11",
    "imagenet-12k-wds": "imagenet12k",
}


@dataclass(frozen=True, slots=True, eq=False)
class LabelOrder:
    """Classes by label number: `ids` are synset ids, `UNLABELLED` where a class cannot be told.

    `own` are names of a user's own classes at the positions that have one, None for none at all.
    `name` is the packaged list's, or says in words where the order comes from.
    """

    name: str
    ids: tuple[int, ...]
    own: tuple[str | None, ...] | None = None


def packaged_order(name: str) -> LabelOrder:
    """The order of a packaged class list; an `@` may stand before its name.

    Raises:
        UnknownName: no list of that name is packaged.

    >>> packaged_order("@imagenette").ids[:2]
    (1440764, 2102040)
    """
    found = class_list(name.strip().removeprefix("@"))
    return LabelOrder(found.name, tuple(found.ids.tolist()))


def order_of_release(release: str) -> LabelOrder | None:
    """The order that a release's labels are published in, or None where it is not known."""
    return packaged_order(_OF_RELEASES[release]) if release in _OF_RELEASES else None


def order_of_names(names: Sequence[str], graph: Graph, *, where: str) -> LabelOrder | None:
    """The order of class names, from number 0 on; None where they say nothing.

    Names are wnids, which words may follow, synset names (`dog.n.01`), the words that ILSVRC2012
    has for its classes, or those of a packaged list in its order; others are a user's own classes.

    >>> from imnet_data.taxonomy.graph import Graph
    >>> order_of_names(["n02084071", "cat.n.01"], Graph.load(), where="here").ids
    (2084071, 2121620)
    """
    if not names or all(name.strip().isdigit() for name in names):
        return None
    ids = [_by_itself(name, graph) for name in names]
    if sum(map(bool, ids)) * 2 > len(names):
        return LabelOrder(where, tuple(ids))
    for listed in _of_length(len(names)):
        agreeing = sum(
            bool(_words(name) & _lemmas(synset, graph))
            for name, synset in zip(names, listed.ids, strict=True)
        )
        if agreeing >= (_ENOUGH_OF_MANY if len(names) >= _MANY else _ENOUGH) * len(names):
            return listed
    ids = [_ilsvrc_words().get(_plain(name), UNLABELLED) for name in names]
    if sum(map(bool, ids)) >= _ENOUGH * len(names):
        return LabelOrder(where, tuple(ids))
    own = tuple(name.strip() or None for name in names)
    return LabelOrder(where, (UNLABELLED,) * len(names), own)


def _by_itself(name: str, graph: Graph) -> int:
    """The synset that a name stands for whatever the others are."""
    first = name.split(maxsplit=1)[0].strip(",:").lower() if name.strip() else ""
    if is_wnid(first):
        return to_id(first) if to_id(first) in graph else UNLABELLED
    return graph.by_name(name) or UNLABELLED


def _of_length(length: int) -> list[LabelOrder]:
    return [packaged_order(name) for name in list_names() if len(class_list(name)) == length]


def _lemmas(synset: int, graph: Graph) -> set[str]:
    return set(map(_plain, graph.lemmas(synset)))


def _words(name: str) -> set[str]:
    """The names that a text lists, as in 'tench, Tinca tinca'."""
    return {_plain(word) for word in name.split(",")}


@cache
def _ilsvrc_words() -> dict[str, int]:
    """ILSVRC2012's classes by all their words, where no other class has the same."""
    found: dict[str, int] = {}
    for one in ilsvrc.classes():
        words = _plain(one.words)
        found[words] = UNLABELLED if words in found else to_id(one.wnid)
    return found


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").lower().split())
