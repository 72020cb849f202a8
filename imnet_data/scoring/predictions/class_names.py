"""Classes by name: a wnid, a synset's name or, where only one class has them, its words.

Numbers are orders.py's; a word that two classes have is never taken for one of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from imnet_data.facts import ilsvrc
from imnet_data.scoring.orders import NO_ANSWER, OTHER
from imnet_data.scoring.predictions.faults import TWO_CLASSES, UNKNOWN_CLASS
from imnet_data.scoring.predictions.fields import is_blank
from imnet_data.taxonomy.graph import Graph
from imnet_data.wnid import is_wnid

if TYPE_CHECKING:
    from imnet_data.labels import ClassOrder

_BLANKS = re.compile(r"[\s_]+")


class ClassNames:
    """The classes scored against, by everything that one of them alone is called by.

    >>> from imnet_data.scoring.orders import ilsvrc_order
    >>> names = ClassNames(ilsvrc_order())
    >>> names.index("n01751748"), names.index("Sea Snake"), names.index("tench, Tinca tinca")
    (65, 65, 0)
    >>> names.index("dog.n.01"), names.index("crane")  # none of the thousand; two are called so
    (-2, None)
    """

    def __init__(self, classes: ClassOrder) -> None:
        self._classes = classes
        self._graph = Graph.load()
        self._found: dict[str, int | None] = {}

    def index(self, value: Any) -> int | None:
        """The class index of a name; OTHER for another synset, None for what is none or several."""
        if is_blank(value):
            return NO_ANSWER
        text = str(value).strip()
        if text not in self._found:
            self._found[text] = self._read(text)
        return self._found[text]

    def is_known(self, value: Any) -> bool:
        """Whether a name is of a synset, or of one or several of the classes."""
        if is_blank(value):
            return False
        text = str(value).strip()
        return self.index(text) is not None or _plain(text) in self._words()

    def fault(self, value: Any) -> tuple[str, str]:
        """Why a name is no class, and what to show of it."""
        text = str(value).strip()
        holders = sorted(self._words().get(_plain(text), ()))
        if len(holders) > 1:
            named = ", ".join(self._classes.wnid(i) for i in holders[:3])
            return TWO_CLASSES, f"{text!r} ({named})"
        return UNKNOWN_CLASS, repr(text)

    def _read(self, text: str) -> int | None:
        for name in (text, text.lower(), f"own:{text}"):
            if name in self._classes:
                return self._classes.index(name)
        if is_wnid(text.lower()):
            return OTHER if int(text[1:]) in self._graph else None
        synset = self._graph.by_name(text)
        if synset is not None:
            wnid = self._graph.wnid(synset)
            return self._classes.index(wnid) if wnid in self._classes else OTHER
        holders = self._words().get(_plain(text), set())
        return next(iter(holders)) if len(holders) == 1 else None

    def _words(self) -> dict[str, set[int]]:
        return _holders_of(self._classes)


@lru_cache(maxsize=4)
def _holders_of(classes: ClassOrder) -> dict[str, set[int]]:
    """Which classes each word is a name of."""
    graph, holders = Graph.load(), dict[str, set[int]]()
    for i, wnid in enumerate(classes.wnids):
        for words in _called(wnid, graph):
            holders.setdefault(_plain(words), set()).add(i)
    return holders


def _called(wnid: str, graph: Graph) -> tuple[str, ...]:
    """A class's words, each by itself and all together, as frameworks list them."""
    if not is_wnid(wnid):
        return (wnid,)
    lemmas = graph.lemmas(int(wnid[1:])) if int(wnid[1:]) in graph else ()
    known = ilsvrc.by_wnid().get(wnid)
    together = (", ".join(lemmas),) if known is None else (known.words, ", ".join(lemmas))
    return (*lemmas, *together)


def _plain(words: str) -> str:
    return _BLANKS.sub(" ", words).strip().lower()
