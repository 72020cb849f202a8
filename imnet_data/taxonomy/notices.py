"""What a person should know of how a word was read: which sense, and which others there are.

Data and a sentence; who shows it, and where, is the caller's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imnet_data.taxonomy.graph import Graph

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """A word of several senses was read as its first; `others` are the rest, in WordNet's order.

    Or one of the user's own classes is called so, too: a word never means one of those.
    `meant` is the sense with the most images, where the first sense has none. `str()` of a notice
    is its sentence.
    """

    word: str
    read_as: int
    others: tuple[int, ...]
    meant: int | None
    text: str

    def __str__(self) -> str:
        return self.text


def notice_of(
    word: str,
    senses: Sequence[int],
    graph: Graph,
    images: Callable[[int], int] | None,
    *,
    own: Sequence[str] = (),
) -> Notice | None:
    """The notice about a word read as the first of its senses; None where it can mean no other.

    `own` are the user's own classes that are called so, as `own:NAME`.
    """
    first, others = senses[0], tuple(senses[1:])
    if not others and not own:
        return None
    read = f"{word}: read as {_named(graph, first)}"
    yours = f"; of your own there is {', '.join(own)}" if own else ""
    if images is not None and images(first) == 0 and others:
        counts = {sense: images(sense) for sense in others}
        meant = max(others, key=lambda sense: counts[sense])
        if counts[meant] > 0:
            name = graph.name(meant)
            text = (
                f"{read}, which has no images; "
                f"{_named(graph, meant)} has {counts[meant]:,}: write {name}{yours}"
            )
            return Notice(word, first, others, meant, text)
    return Notice(word, first, others, None, f"{read}{_listed(graph, others)}{yours}")


def _listed(graph: Graph, others: Sequence[int]) -> str:
    if not others:
        return ""
    shown = ", ".join(graph.name(sense) for sense in others[:_SHOWN])
    more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
    return f"; other sense{'s' if len(others) > 1 else ''}: {shown}{more}"


def _named(graph: Graph, synset: int) -> str:
    return f"{graph.name(synset)} ({graph.wnid(synset)})"
