"""How alike two nouns are, by six measures, figure for figure as nltk gives them.

Works on the packaged graph, without nltk and without a WordNet; information.py reads the counts
that three of the measures take. Sources: nltk's Synset.*_similarity(), and for each measure
Pedersen, Patwardhan & Michelizzi, "WordNet::Similarity" (2004).
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imnet_data.taxonomy.graph import Graph

Measure = Literal["path", "lch", "wup", "res", "lin", "jcn"]
InformationContent = dict[str, dict[int, float]]  # by part of speech and offset; 0 is the root's

MEASURES: tuple[Measure, ...] = get_args(Measure)
BY_CONTENT: tuple[Measure, ...] = ("res", "lin", "jcn")
_MOST = 1e300  # what nltk gives for infinity


def by_graph(measure: Measure, graph: Graph, a: int, b: int) -> float:
    """A measure that takes nothing but the graph: `path`, `lch` or `wup`.

    >>> from imnet_data.taxonomy.graph import Graph
    >>> [round(by_graph(measure, Graph.load(), 2084071, 2121620), 4) for measure in MEASURES[:3]]
    [0.2, 2.0281, 0.8571]
    """
    by: dict[Measure, Callable[[Graph, int, int], float]] = {
        "path": _path,
        "lch": _lch,
        "wup": _wup,
    }
    return by[measure](graph, a, b)


def by_content(
    measure: Measure, graph: Graph, a: int, b: int, content: InformationContent
) -> float:
    """A measure over an information content: `res`, `lin` or `jcn`.

    1e300 stands for infinity, as in nltk: a synset that was never counted, or one beside itself.
    """
    counts = content["n"]
    of_a, of_b = _content(counts, a), _content(counts, b)
    common = _steps_up(graph, a).keys() & _steps_up(graph, b).keys()
    shared = max(_content(counts, synset) for synset in common)
    if measure == "res":
        return shared
    if measure == "lin":
        # Root beside root, which tells nothing: nltk divides by zero there.
        return 2.0 * shared / (of_a + of_b) if of_a + of_b else 0.0
    if a == b:
        return _MOST
    if of_a == 0 or of_b == 0:
        return 0.0
    apart = of_a + of_b - 2 * shared
    return 1 / apart if apart else _MOST


def _path(graph: Graph, a: int, b: int) -> float:
    """1 / (1 + steps of the shortest way)."""
    return 1.0 / (1 + _steps(graph, a, b))


def _lch(graph: Graph, a: int, b: int) -> float:
    """Leacock and Chodorow: the shortest way against twice the depth of all nouns."""
    return -math.log((_steps(graph, a, b) + 1) / (2.0 * _depth_of_all(graph)))


def _wup(graph: Graph, a: int, b: int) -> float:
    """Wu and Palmer: how deep the two meet, against how deep they are.

    They meet at the common ancestor of the greatest min_depth, as in nltk, and not at
    lowest_common_hypernyms(), which goes by max_depth.
    """
    common = _steps_up(graph, a).keys() & _steps_up(graph, b).keys()
    deepest = max(map(graph.min_depth, common))
    meets = [synset for synset in common if graph.min_depth(synset) == deepest]
    meet = a if a in meets else min(meets, key=graph.name)
    depth = graph.max_depth(meet) + 1
    below_a, below_b = _steps(graph, a, meet), _steps(graph, b, meet)
    return 2.0 * depth / (below_a + depth + below_b + depth)


def _steps(graph: Graph, a: int, b: int) -> int:
    """Steps of the shortest way between two synsets over a common ancestor."""
    up_a, up_b = _steps_up(graph, a), _steps_up(graph, b)
    return min(up_a[synset] + up_b[synset] for synset in up_a.keys() & up_b.keys())


def _steps_up(graph: Graph, synset: int) -> dict[int, int]:
    """Every synset at or above one, with the steps of the shortest way up."""
    steps: dict[int, int] = {}
    level, taken = {synset}, 0
    while level:
        steps |= dict.fromkeys(level, taken)
        level = {parent for each in level for parent in graph.parents(each)} - steps.keys()
        taken += 1
    return steps


@cache
def _depth_of_all(graph: Graph) -> int:
    return max(map(graph.max_depth, graph.ids.tolist()))


def _content(counts: Mapping[int, float], synset: int) -> float:
    count = counts.get(synset, 0.0)
    return _MOST if count == 0 else -math.log(count / counts[0])
