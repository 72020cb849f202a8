"""What to type next after an error of scoring predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imnet_data import errors

if TYPE_CHECKING:
    from imnet_data.cli.session import Session

_WHAT_IT_IS: Final = "imnet-data score --help, which says what a file of predictions is"
_ADVICE: Final[dict[type[errors.ScoringError], str]] = {
    errors.ImagesMissing: "the same with --partial, which scores those that have a row",
    errors.ImagesTooMany: "a file that names its images, in a column `image`",
    errors.UnknownOrder: "the same with --order auto",
    errors.UnknownClasses: "the same with classes by number or wnid",
    errors.ClassesOutside: "classes by their wnids instead of numbers",
    errors.NoOrderFits: "classes by their wnids instead of numbers, or the order that is known",
    errors.NotPredictions: _WHAT_IT_IS,
    errors.NoPredictions: _WHAT_IT_IS,
    errors.RestrictionNeedsScores: "the same with a file of the model's scores (logits)",
}


def advice_on_scoring(error: errors.ScoringError, session: Session) -> str | None:
    """A command, or a few words with one."""
    match error:
        case errors.UnknownTruth(name="v2") if "no release" in error.reason:
            return session.line("fetch", "imagenetv2-matched-frequency")
        case errors.UnknownTruth():
            return session.line("subset", "list")
        case errors.UnknownWidth(source=source):
            line = session.line("score", source, "--against", "SUBSET")
            return f"{line}, if it is a model of a subset's classes"
        case errors.ComparedInOtherOrder(source=source, fits=fits):
            return session.line("score", source, "--order", fits)
    return _ADVICE.get(type(error))
