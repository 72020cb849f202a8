"""Scoring: predictions and a truth in, every figure out.

`score()` is the library's way in; the command line calls it, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from imnet_data.errors import ComparedInOtherOrder, UnknownTruth
from imnet_data.scoring.ordering import read_in_order
from imnet_data.scoring.paired import paired
from imnet_data.scoring.predictions.reading import open_predictions
from imnet_data.scoring.reading import check_restriction
from imnet_data.scoring.restriction import Restriction
from imnet_data.scoring.scored import Score
from imnet_data.scoring.truth import PACKAGED, Truth, truth_of

if TYPE_CHECKING:
    from imnet_data.progress import Progress
    from imnet_data.scoring.predictions.reading import Source


class HasTruths(Protocol):
    """What knows images with labels: a catalogue."""

    def truth(self, name: str, *, part: str | None = None) -> Truth:
        """The images of a subset, or of a release of ImageNet-V2."""
        ...


def score(
    predictions: Source,
    *,
    against: str | Truth = "val",
    order: str = "index",
    classes: str | None = None,
    partial: bool = False,
    compare: Source | None = None,
    catalogue: HasTruths | None = None,
    progress: Progress | None = None,
) -> Score:
    """What predictions are worth.

    Args:
        predictions: a file (CSV, TSV, JSON lines, Parquet, npy, npz, safetensors), or an array: a
            class, a ranked list of classes or a score a class for each image. Without names the
            rows are the images in the order of their sorted names; with names, arrays are given
            as an npz has them: `{"names": names, "logits": logits}`.
        against: `val` or `real` (ILSVRC 2012's validation images, which need no catalogue), `v2`
            or a subset's name, with a `catalogue`; or a truth, such as `subset.truth("val")`.
        order: how the model numbers its classes, such as `index` or `ilsvrc-id`; `auto` finds it.
        classes: restricts a model to some classes, and the images to those of these: a packaged
            list's name, such as `imagenet-a`, or a class expression. It needs scores.
        partial: scores what has a prediction; else each image has to have one.
        compare: predictions of another model for the same images.
        catalogue: where `v2` and subsets are.
        progress: what is told of how far it is.

    Raises:
        UnknownTruth, UnknownOrder: nothing is called so.
        NoOrderFits: no order can be found by `auto`.
        PredictionsError: the predictions cannot be scored as they stand.

    >>> from imnet_data.facts.validation import validation_labels
    >>> score(validation_labels()).top1
    Share(correct=50000, total=50000)
    """
    restriction = Restriction.of(classes, _truth(against, catalogue))
    asked = _Asked(restriction, order, progress, partial=partial)
    found = asked.score(predictions)
    if compare is None:
        return found
    other = asked.score(compare)
    if other.ordered.better is not None and found.ordered.better is None:
        raise ComparedInOtherOrder(other.source, other.order, fits=other.ordered.better.order)
    both = paired(found.answers, other.answers)
    return replace(found, compared=both, compared_to=other.source)


def _truth(against: str | Truth, catalogue: HasTruths | None) -> Truth:
    if isinstance(against, Truth):
        return against
    if against in PACKAGED:
        return truth_of(against)
    if catalogue is None:
        reason = f"{against!r} is neither val nor real, and other labels come from a catalogue"
        raise UnknownTruth(against, reason)
    return catalogue.truth(against)


class _Asked:
    """What is asked of each file of predictions."""

    def __init__(
        self, restriction: Restriction, order: str, progress: Progress | None, *, partial: bool
    ) -> None:
        self._restriction = restriction
        self._order = order
        self._partial = partial
        self._progress = progress

    def score(self, source: Source) -> Score:
        """The score of one file."""
        restriction = self._restriction
        with open_predictions(source, classes=restriction.truth.order) as opened:
            if restriction.classes is not None:
                check_restriction(opened)
            answers, ordered = read_in_order(
                opened, restriction, self._order, partial=self._partial, progress=self._progress
            )
            return Score(
                opened.name, answers, ordered, restriction.words, notices=restriction.notices
            )
