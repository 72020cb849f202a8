"""In which order predictions are read: the one stated, or with `auto` the one that fits.

Which fits is doctor.py's to say; what is read, reading.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from imnet_data.errors import ClassesOutside, NoOrderFits
from imnet_data.scoring.reading import read
from imnet_data.scoring.scored import Ordered, Tried
from imnet_data.scoring.shares import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.progress import Progress
    from imnet_data.scoring.answers import Answers
    from imnet_data.scoring.doctor import Fit
    from imnet_data.scoring.orders import Order
    from imnet_data.scoring.predictions.reading import Predictions
    from imnet_data.scoring.reading import Read
    from imnet_data.scoring.restriction import Restriction

AUTO: Final = "auto"
# Of a few images, or of two classes, chance may reach any figure: that is no reproach to this one.
_WELL: Final = 1 / 3


def read_in_order(
    predictions: Predictions,
    restriction: Restriction,
    order: str,
    *,
    partial: bool,
    progress: Progress | None,
) -> tuple[Answers, Ordered]:
    """The answers, read in the order of a name, and what is known of the order.

    Raises:
        UnknownOrder, UnknownWidth: there is no such order, or none of as many classes.
        NoOrderFits: `auto` finds none that fits.
        ClassesOutside: the order has not got some classes, and no other fits.
        PredictionsError: the predictions cannot be scored as they stand.
    """
    truth = restriction.truth

    def read_as(order: Order, candidates: Sequence[Order]) -> Read:
        return read(predictions, truth, order, candidates, partial=partial, progress=progress)

    known = predictions.orders
    candidates = [restriction.on(one) for one in known]
    if len(known) == 1 and (predictions.by_name or predictions.columns is not None):
        (only,) = candidates  # the file itself tells which class is which
        found = read_as(only, [])
        return found.answers(only), _ordered(found, only, how="file")
    if order != AUTO:
        stated = candidates[known.index(predictions.order_named(order))]
        found = read_as(stated, candidates)
        return found.answers(stated), _as_stated(predictions, found, stated)
    found = read_as(candidates[0], candidates)
    fits = found.diagnosis.best
    if fits is None:
        raise NoOrderFits(found.diagnosis.reason)
    ordered = _ordered(found, fits.order, how="found", tried=_tried(found))
    if not found.is_for(fits.order):
        # Other outputs count there, and the best five of those are to be looked up.
        found = read_as(fits.order, [])
    return found.answers(fits.order), ordered


def _as_stated(predictions: Predictions, found: Read, stated: Order) -> Ordered:
    """What the doctor says of an order that was stated."""
    # However many are right: of the thousand classes, two wider lists number all but 2 % alike.
    diagnosis = found.diagnosis
    fit = diagnosis.of(stated)
    assert fit is not None
    if diagnosis.best is not None and diagnosis.contradicts(stated):
        tried, best = _tried(found, stated), diagnosis.best.order.name
        better = next(one for one in tried if one.order == best)
        return _ordered(found, stated, tried=tried, better=better, outside=fit.outside)
    if fit.outside:
        numbers = found.numbers[found.given, 0]
        raise ClassesOutside(
            predictions.name, stated.name, stated.width, count=fit.outside,
            lowest=int(numbers[numbers >= 0].min()), highest=int(numbers.max()),
        )  # fmt: skip
    if fit.above_chance or fit.accuracy is None or fit.accuracy >= _WELL:
        return _ordered(found, stated)
    return _ordered(found, stated, tried=_tried(found, stated), at_chance=True)


def _ordered(found: Read, order: Order, **more: Any) -> Ordered:
    """An order as a score tells of it, with the classes that it has no output for."""
    truth = found.truth
    without = np.setdiff1d(np.unique(truth.labels), order.to_index).tolist()
    names = (truth.classes[at].wnid or truth.classes[at].name for at in without)
    return Ordered(order.name, order.words, without=tuple(names), **more)


def _tried(found: Read, stated: Order | None = None) -> tuple[Tried, ...]:
    """The orders that were tried, the best first; of those that come to the same, the stated."""
    tried = [_of_fit(found, fit, stated) for fit in found.diagnosis.fits]
    return tuple(sorted(tried, key=lambda one: -one.top1.correct))


def _of_fit(found: Read, fit: Fit, stated: Order | None) -> Tried:
    # The doctor goes by one label an image; of these answers it is known what all labels say.
    share = Share(fit.correct, fit.total)
    if found.is_for(fit.order):
        share = found.answers(fit.order).top1
    named = stated if stated is not None and fit.is_of(stated) else fit.order
    same = tuple(one.name for one in (fit.order, *fit.same) if one is not named)
    return Tried(named.name, named.words, share, same)
