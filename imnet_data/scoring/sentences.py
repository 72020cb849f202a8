"""What a score says in words: the headline, and what one should know of the figure.

The figures are scored.py's; the command line and the report both write these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imnet_data.amounts import count, some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.scoring.paired import Paired
    from imnet_data.scoring.scored import Score
    from imnet_data.scoring.shares import Share


_HOW: Final = {"stated": "", "found": ", found by trying", "file": ", as the file has them"}


def headline(score: Score) -> str:
    """The figure with its counts and interval, and whether it is of a part.

    `76.13 % top-1: 38,065 of 50,000 (Wilson 95 %: 75.75 to 76.50)`
    """
    part = f", on a part of the {score.truth.images:,} images" if score.is_partial else ""
    return f"{figure(score.top1, 'top-1')}{part}"


def found(score: Score) -> str:
    """Which order was found, and why; for a score in an order that `auto` found."""
    first, *others = score.ordered.tried
    best_other = others[0] if others else None
    beside = ""
    if best_other is not None:
        beside = f"; the next best, {best_other.order}, gives {best_other.top1.percent()}"
    return (
        f"Order {first.order} ({first.words}): found by trying, for it gives "
        f"{first.top1.percent()}{beside}."
    )


def figure(share: Share, what: str) -> str:
    """A share in words, such as top-1's."""
    low, high = share.interval()
    return (
        f"{share.percent()} {what}: {share.correct:,} of {share.total:,} "
        f"(Wilson 95 %: {100 * low:.2f} to {100 * high:.2f})"
    )


def remarks(score: Score) -> Iterator[str]:
    """What the figure is of, a sentence each."""
    ordered = score.ordered
    yield (
        f"Against {score.truth.words}; classes in the order {ordered.name} "
        f"({ordered.words}){_HOW[ordered.how]}."
    )
    if score.restricted:
        yield score.restricted
    if score.is_partial:
        yield f"{count(score.missing, 'image')} without a prediction left out."
    if score.unlabelled:
        yield f"{count(score.unlabelled, 'image')} without a label left out."
    if ordered.without:
        classes = count(len(ordered.without), "class", "classes")
        named = some(ordered.without[:3], of=len(ordered.without))
        yield f"{classes} without an output, whose images are all wrong therefore: {named}."
    if score.ordered.outside:
        classes = count(score.ordered.outside, "prediction")
        yield f"{classes} of a class number that the order {score.order} has not got: wrong."


def fault(score: Score) -> str | None:
    """What is wrong with the order, if anything is: another fits, or the figure is chance's."""
    better = score.ordered.better
    if score.ordered.at_chance:
        return "This is no more than chance would give, and no known order of the classes fits."
    if better is None:
        return None
    if 2 * score.top1.correct > better.top1.correct:  # two lists that number most classes alike
        return (
            f"The order {better.order} fits better than {score.order}: it gives "
            f"{better.top1.percent()}. To score by it: --order {better.order}"
        )
    return (
        f"The order {score.order} gives {score.top1.percent()}, which is what a wrong order gives. "
        f"The order {better.order} fits: it gives {better.top1.percent()}. "
        f"To score by it: --order {better.order}"
    )


def severity(score: Score) -> str | None:
    """How bad the mistakes are; None where it is not known or nothing is wrong."""
    found = score.severity
    if found is None or found.over_errors is None:
        return None
    share = 100 * found.same_parent / found.errors
    return (
        f"{found.over_errors:.2f} is the mean height of the lowest common hypernym of class and "
        f"answer over {count(found.errors, 'mistake')} ({found.over_all:.2f} over all images; "
        f"0 is right, {found.root_height} the worst); {share:.1f} % of them are within one parent."
    )


def calibration(score: Score) -> str | None:
    """Whether the model is as often right as it is sure; None without scores."""
    found = score.calibration
    if found is None:
        return None
    of = "the probabilities given" if found.of == "probabilities" else "the softmax of the scores"
    return f"{100 * found.error:.2f} % is the expected calibration error of {of}, in 15 bins."


def comparison(paired: Paired, other: str) -> str:
    """Two models on the same images, and whether chance can tell them apart."""
    low, high = paired.interval()
    p = paired.p_value
    chance = "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}"
    return (
        f"{100 * paired.difference:+.2f} points against {other}, which has "
        f"{paired.other.percent()} of the same {paired.this.total:,} images "
        f"(95 %: {100 * low:+.2f} to {100 * high:+.2f}); {paired.only_this:,} are right here "
        f"alone, {paired.only_other:,} there alone "
        f"(McNemar's exact test: {chance})."
    )
