"""A score as text: the figure in words, what it is of, the orders, the mistakes, the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.cli.fields import write_prose
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe
from imnet_data.scoring import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.cli.screen import Screen
    from imnet_data.scoring.figures import ClassFigures, GroupFigures
    from imnet_data.scoring.scored import Score
    from imnet_data.sharding.entry import ClassLabel
    from imnet_data.subsets.recipe_parts import Superclasses

_CONFUSIONS = 10
_ORDERS = 5


def as_json(score: Score, cut: Superclasses | None) -> dict[str, Any]:
    """A score for other programs, with the superclasses asked for."""
    answer = score.as_json()
    if cut is not None:
        answer["superclasses"] = [one.as_json() for one in score.by_cut(cut)]
    return answer


def write(screen: Screen, score: Score, *, by: str | None, cut: Superclasses | None) -> None:
    """Write a score for people."""
    if score.ordered.how == "found":
        write_prose(screen, sentences.found(score))
    write_prose(screen, safe(sentences.headline(score)), "bold")
    if score.top5 is not None:
        write_prose(screen, sentences.figure(score.top5, "top-5"))
    wrong = sentences.fault(score)
    if wrong is not None:
        screen.line()
        write_prose(screen, safe(wrong), "red")
    _write_orders(screen, score)
    if score.compared is not None:
        write_prose(screen, safe(sentences.comparison(score.compared, score.compared_to)))
    for sentence in sentences.remarks(score):
        write_prose(screen, safe(sentence), "dim")
    if wrong is None:  # of answers in a wrong order nothing more can be told
        _write_further(screen, score, by, cut)


def _write_further(screen: Screen, score: Score, by: str | None, cut: Superclasses | None) -> None:
    for further in (sentences.severity(score), sentences.calibration(score)):
        if further is not None:
            write_prose(screen, further)
    if by == "class":
        _write_classes(screen, score.classes)
    elif by == "superclass" or cut is not None:
        _write_groups(screen, score.superclasses if cut is None else score.by_cut(cut))
    else:
        _write_confusions(screen, score)


def _write_orders(screen: Screen, score: Score) -> None:
    tried = score.ordered.tried
    if not tried or score.ordered.how == "found":
        return
    columns = (
        Column("order"),
        Column("top-1", number=True),
        Column("what it is", cut="end", least=20),
    )
    shown = [one for at, one in enumerate(tried) if at < _ORDERS or one.order == score.order]
    rows = [[one.order, one.top1.percent(), one.words] for one in shown]
    screen.line()
    write_table(screen, columns, rows)
    if len(tried) > len(shown):
        screen.line((f"… and {len(tried) - len(shown)} more that give no more", "dim"))
    screen.line()


def _write_confusions(screen: Screen, score: Score) -> None:
    found = score.confusions(_CONFUSIONS)
    if not found:
        return
    columns = (
        Column("most confused", cut="end", least=22),
        Column("taken for", cut="end", least=22),
        Column("images", number=True),
    )
    screen.line()
    write_table(
        screen,
        columns,
        [[_named(one.truth), _named(one.answer), f"{one.images} of {one.of}"] for one in found],
    )


def _write_groups(screen: Screen, groups: Sequence[GroupFigures]) -> None:
    columns = (
        Column("superclass", cut="end", least=16),
        Column("classes", number=True),
        Column("images", number=True),
        Column("top-1", number=True),
        Column("within it", number=True),
    )
    screen.line()
    ordered = sorted(groups, key=lambda one: one.top1.accuracy or 0.0)
    write_table(
        screen,
        columns,
        [
            [
                one.group.name, f"{len(one.group.classes):,}", f"{one.top1.total:,}",
                one.top1.percent(), one.within.percent(),
            ]
            for one in ordered
        ],
    )  # fmt: skip


def _write_classes(screen: Screen, classes: Sequence[ClassFigures]) -> None:
    has_five = bool(classes) and classes[0].top5 is not None
    columns = (
        Column("class", cut="end", least=16),
        Column("wnid"),
        Column("images", number=True),
        Column("top-1", number=True),
        *([Column("top-5", number=True)] if has_five else []),
        Column("answered", number=True),
    )
    screen.line()
    ordered = sorted(classes, key=lambda one: (one.top1.accuracy or 0.0, one.label.index))
    write_table(screen, columns, [_class_row(one) for one in ordered])


def _class_row(one: ClassFigures) -> list[str]:
    five = [] if one.top5 is None else [one.top5.percent()]
    return [
        safe(one.label.name), one.label.wnid or "", f"{one.top1.total:,}", one.top1.percent(),
        *five, f"{one.predicted:,}",
    ]  # fmt: skip


def _named(label: ClassLabel) -> str:
    return safe(label.name if label.wnid is None else f"{label.wnid} {label.name}")
