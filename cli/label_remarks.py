"""What an indexing run has to say of the label numbers of shards.

Of all archives together, since a data set has a thousand of them; the rest is index_view.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.indexing.report import ArchiveReport
    from imnet_data.layouts.placement import LabelNotes


def about_labels(archives: Sequence[ArchiveReport]) -> Iterator[str]:
    """What is wrong with label numbers, in sentences; a data set has a thousand shards."""
    noted = [(one.path, one.notes.labels) for one in archives if one.notes.labels is not None]
    unknown = [(path, labels.without_order) for path, labels in noted if labels.without_order]
    if unknown:
        yield (
            f"{_of(unknown)} {_have(unknown)} a label number, and nothing says which classes it "
            "counts; kept without a label. Index again with --labels LIST, the name of a packaged "
            "list (imnet-data classes) or a file with one class a line"
        )
    for order in sorted({labels.order for _, labels in noted if labels.order}):
        of_order = [(path, labels) for path, labels in noted if labels.order == order]
        yield from _about_order(order, of_order)


def _about_order(order: str, noted: Sequence[tuple[str, LabelNotes]]) -> Iterator[str]:
    beyond = [(path, labels.beyond) for path, labels in noted if labels.beyond]
    if beyond:
        yield (
            f"{_of(beyond)} {_have(beyond)} a label number beyond the classes of {safe(order)}; "
            "kept without a label"
        )
    other = [(path, labels.disagreeing) for path, labels in noted if labels.disagreeing]
    examples = [labels.example for _, labels in noted if labels.example]
    if other:
        name, by_name, by_label = examples[0]
        yield (
            f"labels disagree with names: {_of(other)} {_have(other)} a label of another class "
            f"than the name, counted by {safe(order)} ({safe(name)}: {_class(by_name)} by name, "
            f"{_class(by_label)} by label). The names were followed; if the numbers count "
            "otherwise, index again with --labels LIST"
        )


def _class(synset: int) -> str:
    return f"n{synset:08d}"


def _of(counted: Sequence[tuple[str, int]]) -> str:
    """How many images, and where."""
    images = count(sum(n for _, n in counted), "image")
    path, more = counted[0][0], len(counted) - 1
    others = f" and {count(more, 'further archive')}" if more else ""
    return f"{images} in {safe(path)}{others}"


def _have(counted: Sequence[tuple[str, int]]) -> str:
    return "has" if sum(n for _, n in counted) == 1 else "have"


def as_json(labels: LabelNotes | None) -> dict[str, Any] | None:
    """The same of one archive for other programs."""
    if labels is None:
        return None
    return {
        "order": labels.order,
        "without_order": labels.without_order,
        "beyond": labels.beyond,
        "disagreeing": labels.disagreeing,
    }
