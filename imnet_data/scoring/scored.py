"""A score: what predictions are worth, every figure made when it is asked for.

How it comes about is score.py's, the sentences about it are sentences.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imnet_data.scoring import figures
from imnet_data.scoring.hierarchy import severity
from imnet_data.scoring.superclasses import familiar, tree_cut

if TYPE_CHECKING:
    from imnet_data.scoring.answers import Answers
    from imnet_data.scoring.calibration import Calibration
    from imnet_data.scoring.figures import ClassFigures, Confusion, GroupFigures
    from imnet_data.scoring.hierarchy import Severity
    from imnet_data.scoring.paired import Paired
    from imnet_data.scoring.shares import Share
    from imnet_data.scoring.truth import Truth
    from imnet_data.subsets.recipe_parts import Superclasses

_CONFUSIONS = 20


@dataclass(frozen=True, slots=True)
class Tried:
    """An order that was tried, and how many best classes are right under it.

    `same` are the names of others that come to the same with these predictions.
    """

    order: str
    words: str
    top1: Share
    same: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "order": self.order,
            "words": self.words,
            "top1": self.top1.as_json(),
            "same": list(self.same),
        }


@dataclass(frozen=True, slots=True)
class Ordered:
    """In which order the predictions were read, and what the order doctor found.

    `how` says who told it: `stated` by whoever asked, `found` by trying, or `file`, where classes
    are written by name. `tried` are the orders that were tried, the stated one too, best first; ()
    where nothing called for it. `better` is the one that fits though another was stated, else
    None. `outside` class numbers are none of the order's. `without` are classes in question that
    no output of the order stands for, so that their images are wrong whatever the model says.
    `at_chance`: no more are right than chance would have, and no other order fits.
    """

    name: str
    words: str
    how: str = "stated"
    tried: tuple[Tried, ...] = ()
    better: Tried | None = None
    outside: int = 0
    without: tuple[str, ...] = ()
    at_chance: bool = False


@dataclass(frozen=True, eq=False)
class Score:
    """What predictions are worth against a truth; made by `score()`.

    `source` is what the predictions are called. `restricted` says to which classes a model was
    restricted, '' for none. `compared` is the comparison with another model, where one was asked
    for, and `compared_to` what the other is called. `notices` tell of words in a class expression
    that have other senses.
    """

    source: str
    answers: Answers
    ordered: Ordered
    restricted: str = ""
    compared: Paired | None = None
    compared_to: str = ""
    notices: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Score of {self.source}: {self.top1.percent()} of {self.top1.total:,} images>"

    # -- what was scored

    @property
    def truth(self) -> Truth:
        """What the predictions were held against."""
        return self.answers.truth

    @property
    def order(self) -> str:
        """The order in which the classes were read."""
        return self.ordered.name

    @property
    def total(self) -> int:
        """How many images count: those with an answer and a label."""
        return self.top1.total

    @property
    def missing(self) -> int:
        """How many images have no answer; of a whole file, 0."""
        return int(self.truth.in_question(~self.answers.given).sum())

    @property
    def unlabelled(self) -> int:
        """How many images with an answer have no label, and do not count."""
        without = self.answers.given & (self.truth.counts == 0)
        return int(self.truth.in_question(without).sum())

    @property
    def is_partial(self) -> bool:
        """Whether images have no answer."""
        return self.missing > 0

    @property
    def is_at_fault(self) -> bool:
        """Whether another order than the stated one fits."""
        return self.ordered.better is not None

    # -- figures

    @cached_property
    def top1(self) -> Share:
        """How many images' best class is right."""
        return self.answers.top1

    @cached_property
    def top5(self) -> Share | None:
        """How many images have a right class among the best five; None where fewer are known."""
        return self.answers.top5

    @cached_property
    def classes(self) -> list[ClassFigures]:
        """Figures a class, in the truth's order."""
        return figures.by_class(self.answers)

    @cached_property
    def superclasses(self) -> list[GroupFigures]:
        """Figures a superclass: groups that people know, such as dogs, birds and vehicles."""
        return figures.by_group(self.answers, familiar(self.truth.classes))

    def by_cut(self, how: Superclasses) -> list[GroupFigures]:
        """Figures a superclass of a cut of WordNet's tree, such as `Superclasses(depth=7)`."""
        return figures.by_group(self.answers, tree_cut(self.truth.classes, how))

    def confusions(self, most: int = _CONFUSIONS) -> list[Confusion]:
        """The pairs of class and wrong answer that most images have."""
        return figures.confusions(self.answers, most)

    @cached_property
    def severity(self) -> Severity | None:
        """How bad the mistakes are in WordNet; None where a class is no noun of it."""
        return severity(self.answers)

    @property
    def calibration(self) -> Calibration | None:
        """Whether the model is as often right as it is sure; None unless there were scores."""
        return self.answers.calibration

    # -- for other programs

    def as_json(self) -> dict[str, Any]:
        """All figures; those that are not known are None."""
        return {
            "predictions": self.source,
            "against": self.truth.name,
            "order": self.order,
            "order_by": self.ordered.how,
            "total": self.total,
            "top1": self.top1.as_json(),
            "top5": None if self.top5 is None else self.top5.as_json(),
            "interval": {
                "top1": list(self.top1.interval()),
                "top5": None if self.top5 is None else list(self.top5.interval()),
            },
            "partial": self.is_partial,
            "missing": self.missing,
            "unlabelled": self.unlabelled,
            "restricted": self.restricted or None,
            "outside": self.ordered.outside,
            "classes_without_output": list(self.ordered.without),
            "better_order": None if self.ordered.better is None else self.ordered.better.order,
            "orders": [one.as_json() for one in self.ordered.tried],
            "severity": None if self.severity is None else self.severity.as_json(),
            "calibration": None if self.calibration is None else self.calibration.as_json(),
            "compared_to": self.compared_to or None,
            "compared": None if self.compared is None else self.compared.as_json(),
            "superclasses": [one.as_json() for one in self.superclasses],
            "confusions": [one.as_json() for one in self.confusions()],
            "classes": [one.as_json() for one in self.classes],
        }
