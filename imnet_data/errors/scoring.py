"""Files of predictions that cannot be scored as they stand, and truths and orders that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data import amounts
from imnet_data.errors.root import ImnetDataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ScoringError(ImnetDataError):
    """Predictions that cannot be scored."""


class UnknownTruth(ScoringError, ValueError):
    """Nothing to score against has this name; `reason` is the sentence."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(reason)


class UnknownOrder(ScoringError, ValueError):
    """No order of classes has this name, or none of this width; `known` are those that do."""

    def __init__(self, name: str, *, width: int | None, known: Sequence[str]) -> None:
        self.name = name
        self.width = width
        self.known = tuple(known)
        of = "" if width is None else f" of {width:,} classes"
        there = "there is only" if len(self.known) == 1 else "there are"
        super().__init__(f"there is no order{of} called {name!r}; {there} {', '.join(self.known)}")


class NoOrderFits(ScoringError):
    """None of the known orders gives more than chance, or the best two cannot be told apart."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"no order of the classes can be told from these predictions: {reason}")


class PredictionsError(ScoringError):
    """A file of predictions, `source`, that cannot be scored as it stands."""

    def __init__(self, source: str, sentence: str) -> None:
        self.source = source
        super().__init__(f"{source}: {sentence}")


class NotPredictions(PredictionsError):
    """It does not read as predictions, for this reason; `line` counts from 1 where one is known."""

    def __init__(self, source: str, reason: str, *, line: int | None = None) -> None:
        self.reason = reason
        self.line = line
        where = "" if line is None else f" (line {line:,})"
        super().__init__(source, f"this reads as no predictions: {reason}{where}")


class NoPredictions(PredictionsError):
    """It holds no prediction."""

    def __init__(self, source: str) -> None:
        super().__init__(source, "this holds no prediction")


class RowsAtFault(PredictionsError):
    """`count` of its rows are at fault in the same way; `examples` are up to three of them."""

    def __init__(self, source: str, fault: str, *, count: int, examples: Sequence[str]) -> None:
        self.fault = fault
        self.count = count
        self.examples = tuple(examples)
        rows = amounts.count(count, "row")
        super().__init__(source, f"{rows} {fault}: {_some(self.examples, count)}")


class ImagesUnknown(PredictionsError):
    """`count` of its rows name images that there are no labels of."""

    def __init__(self, source: str, *, count: int, examples: Sequence[str]) -> None:
        self.count = count
        self.examples = tuple(examples)
        rows = "1 row names no image" if count == 1 else f"{count:,} rows name no image"
        super().__init__(source, f"{rows} of those scored against: {_some(self.examples, count)}")


class ImagesTwice(PredictionsError):
    """`count` images have several rows."""

    def __init__(self, source: str, *, count: int, examples: Sequence[str]) -> None:
        self.count = count
        self.examples = tuple(examples)
        have = "1 image has" if count == 1 else f"{count:,} images have"
        super().__init__(source, f"{have} several rows: {_some(self.examples, count)}")


class ImagesMissing(PredictionsError):
    """`count` of the `total` images have no row, and a partial file was not asked for."""

    def __init__(self, source: str, *, count: int, total: int, examples: Sequence[str]) -> None:
        self.count = count
        self.total = total
        self.examples = tuple(examples)
        have = "has" if count == 1 else "have"
        super().__init__(
            source, f"{count:,} of {total:,} images {have} no row: {_some(self.examples, count)}"
        )


class ImagesTooMany(PredictionsError):
    """It names no images, and has another number of rows than there are images."""

    def __init__(self, source: str, *, rows: int, total: int) -> None:
        self.rows = rows
        self.total = total
        super().__init__(
            source,
            f"this names no images and has {rows:,} rows; there are {total:,} images, "
            "so that it cannot be told which row is which image's",
        )


class UnknownClasses(PredictionsError):
    """`count` of its rows have a class that is known by no such name, or two that are."""

    def __init__(self, source: str, fault: str, *, count: int, examples: Sequence[str]) -> None:
        self.fault = fault
        self.count = count
        self.examples = tuple(examples)
        rows = amounts.count(count, "row")
        super().__init__(source, f"{rows} {fault}: {_some(self.examples, count)}")


class ClassesOutside(PredictionsError):
    """`count` of its class numbers are none of the order's, and no other known order fits."""

    def __init__(
        self, source: str, order: str, width: int, *, count: int, lowest: int, highest: int
    ) -> None:
        self.order = order
        self.width = width
        self.count = count
        self.lowest = lowest
        self.highest = highest
        numbers = "1 class number is" if count == 1 else f"{count:,} class numbers are"
        super().__init__(
            source,
            f"{numbers} outside 0..{width - 1}, which the order {order} has (they go from "
            f"{lowest:,} to {highest:,}), and no other known order fits",
        )


class UnknownWidth(PredictionsError):
    """Its rows have a number of scores that no known order has; `known` maps widths to words."""

    def __init__(
        self, source: str, width: int, *, known: Mapping[int, str], rows: int | None = None
    ) -> None:
        self.width = width
        self.known = dict(known)
        told = "; ".join(f"{width:,} ({words})" for width, words in self.known.items())
        turned = f"; it has {rows:,} rows, as if it were transposed" if rows in known else ""
        super().__init__(
            source, f"a row has {width:,} scores, and no known order has as many: {told}{turned}"
        )


class RestrictionNeedsScores(PredictionsError):
    """A model is to be restricted to some classes, and only the classes it chose are known."""

    def __init__(self, source: str) -> None:
        super().__init__(
            source,
            "this has classes and no scores, which do not tell what the model would have answered "
            "had it had fewer classes to choose from",
        )


class ComparedInOtherOrder(PredictionsError):
    """What is to be compared with is in another order, `fits`, than the one stated."""

    def __init__(self, source: str, order: str, *, fits: str) -> None:
        self.order = order
        self.fits = fits
        super().__init__(
            source, f"these predictions are not in the order {order}: the order {fits} fits them"
        )


def _some(examples: Sequence[str], count: int) -> str:
    return ", ".join(examples) + (", …" if count > len(examples) else "")
