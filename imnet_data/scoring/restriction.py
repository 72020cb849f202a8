"""A model restricted to some of its classes, as ImageNet-A, -R and Imagenette are scored.

Which outputs then count is reading.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.amounts import count
from imnet_data.facts import class_lists
from imnet_data.scoring.reading import among
from imnet_data.taxonomy.evaluation import evaluate
from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver
from imnet_data.wnid import from_id

if TYPE_CHECKING:
    from imnet_data.scoring.orders import Order
    from imnet_data.scoring.truth import Truth


@dataclass(frozen=True, eq=False)
class Restriction:
    """The images of some classes, and the classes; `classes` is None where all count."""

    truth: Truth
    classes: frozenset[int] | None = None
    name: str = ""
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, classes: str | None, truth: Truth) -> Restriction:
        """The restriction to a packaged list by its name, or to a class expression.

        Raises:
            ExpressionError, UnknownName: it does not parse, or a name is unknown.
            UnknownTruth: the truth has no image of them.
        """
        if classes is None:
            return cls(truth)
        name = classes.strip()
        expression = f"@{name}" if name.lower() in class_lists.names() else name
        found = evaluate(expression, Resolver(Graph.load()))
        wanted = {from_id(one) for one in found}
        held = frozenset(one.index for one in truth.classes if one.wnid in wanted)
        return cls(
            truth.only_of(wanted, expression), held, expression, tuple(map(str, found.notices))
        )

    def on(self, order: Order) -> Order:
        """An order of which only these classes' outputs count."""
        if self.classes is None:
            return order
        return among(order, self.classes)

    @property
    def words(self) -> str:
        """What is restricted, as a sentence; '' for nothing."""
        if self.classes is None:
            return ""
        of = count(len(self.classes), "class", "classes")
        return f"Restricted to the {of} of {self.name}: the best of these is the answer."
