"""What a class expression means: the set of synsets and own classes that it takes together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.errors import ExpressionError, UnknownName
from imnet_data.taxonomy.expression import Name, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from imnet_data.taxonomy.expression import Chain, Node
    from imnet_data.taxonomy.names import Resolver
    from imnet_data.taxonomy.notices import Notice


@dataclass(frozen=True, slots=True, eq=False)
class ClassSet:
    """The classes of an expression.

    `ids` are ascending, `names` are what its names were read as ('dog.n.01') in their order, each
    once, and `notices` tell of words that have other senses.
    """

    expression: str
    ids: NDArray[np.int64]
    names: tuple[str, ...]
    notices: tuple[Notice, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, synset: object) -> bool:
        if not isinstance(synset, int | np.integer):
            return False
        at = int(np.searchsorted(self.ids, synset))
        return at < len(self.ids) and bool(self.ids[at] == synset)

    def __iter__(self) -> Iterator[int]:
        return iter(self.ids.tolist())


def evaluate(expression: str, resolver: Resolver) -> ClassSet:
    """The classes that an expression means.

    Raises:
        ExpressionError: it does not parse, or one of several names is unknown; with the place.
        UnknownName: it is one name, and an unknown one.

    >>> from imnet_data.taxonomy.graph import Graph
    >>> from imnet_data.taxonomy.names import Resolver
    >>> found = evaluate("@imagenette & (animal | truck.n.01)", Resolver(Graph.load()))
    >>> found.ids.tolist(), found.names
    ([1440764, 2102040, 3417042], ('@imagenette', 'animal.n.01', 'truck.n.01'))
    """
    tree = parse(expression)
    evaluation = _Evaluation(expression, resolver)
    ids = evaluation.name(tree) if isinstance(tree, Name) else evaluation.chain(tree)
    names, notices = tuple(evaluation.names), tuple(evaluation.notices.values())
    return ClassSet(expression, ids, names, notices)


class _Evaluation:
    """One expression on its way: sets are masks over all ids, so that a name costs its own size."""

    def __init__(self, expression: str, resolver: Resolver) -> None:
        self._expression = expression
        self._resolver = resolver
        own = np.array(sorted(resolver.own.classes), np.int64)
        self._universe = np.concatenate((resolver.graph.ids, own)).astype(np.int64)
        self.names: dict[str, None] = {}
        self.notices: dict[str, Notice] = {}

    def chain(self, chain: Chain) -> NDArray[np.int64]:
        mask = np.zeros(len(self._universe), np.bool_)
        mask[self._places(chain.first)] = True
        for operator, operand in chain.rest:
            places = self._places(operand)
            if operator == "&":
                both = np.zeros_like(mask)
                both[places] = mask[places]
                mask = both
            else:
                mask[places] = operator == "|"
        return self._universe[mask]

    def name(self, name: Name) -> NDArray[np.int64]:
        try:
            found = self._resolver.resolve(name.text)
        except UnknownName as unknown:
            if name.text == self._expression.strip():
                raise
            raise ExpressionError(
                str(unknown), expression=self._expression, position=name.position
            ) from unknown
        self.names[found.name] = None
        if found.notice is not None:
            self.notices[found.notice.text] = found.notice
        return found.ids

    def _places(self, node: Node) -> NDArray[np.intp]:
        ids = self.name(node) if isinstance(node, Name) else self.chain(node)
        return np.searchsorted(self._universe, ids)
