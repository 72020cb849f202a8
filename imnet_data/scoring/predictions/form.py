"""What each column of a file of predictions is, from its titles and its first rows.

The rows themselves are read by rows.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.members import is_image
from imnet_data.errors import NotPredictions
from imnet_data.layouts.image_names import read_name
from imnet_data.scoring.predictions import titles as words
from imnet_data.scoring.predictions.batch import Kind, rows_at_once
from imnet_data.scoring.predictions.fields import (
    is_blank,
    is_number,
    is_packed,
    number,
    values_in,
    without_boxes,
)
from imnet_data.wnid import is_wnid

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = Sequence[Any]

SAMPLE: Final = 50
"""So many first rows tell the form."""
LONGEST_RANKING: Final = 100
"""A longer list of whole numbers, all different, is one of scores."""
# A column of timm's tables of results, a model a row.
_FIGURES: Final = "top1_err"


@dataclass(frozen=True, slots=True)
class Form:
    """The columns of a table of predictions.

    `name_at` is the column of the images' names, or None; `counts_at` that of a mere count of the
    rows. `answers` are the columns of the classes or scores, in their order; `packed` says that
    the one there is holds several values. `size` is how many ranks or scores a row has. `columns`
    are the wnids that head the scores, where they do. `fields` is how many fields a row has.
    """

    kind: Kind
    name_at: int | None
    counts_at: int | None
    answers: tuple[int, ...]
    packed: bool
    boxes: bool
    by_name: bool
    size: int
    fields: int
    columns: tuple[str, ...] | None = None

    @property
    def rows_at_once(self) -> int:
        """How many rows a batch has."""
        return rows_at_once(self.size * 8 if self.kind is Kind.SCORES else 0)


def has_titles(rows: Sequence[Row]) -> bool:
    """Whether the first row is one of titles.

    >>> has_titles([["img", "guess"], ["a.jpg", "65"]]), has_titles([["a.jpg", "65"]])
    (True, False)
    """
    first = [words.plain(value) for value in rows[0]]
    if any(map(words.is_known, first)) or words.looks_counted(first):
        return True
    if len(rows) < 2 or any(is_number(value) for value in rows[0]):
        return False
    pairs = list(zip(rows[0], rows[1], strict=False))
    if any(is_number(below) and not is_number(value) for value, below in pairs):
        return True
    return any(_is_image_name(below) and not _is_image_name(value) for value, below in pairs)


def form_of(titles: Sequence[str] | None, rows: Sequence[Row]) -> Form | None:
    """The form of a table, from up to some dozens of its first rows; None where it has no answers.

    A column's title decides what it holds, where it has one that is known; the values decide
    otherwise. Numbers that are whole and all different in a row are classes, others scores.
    """
    heads = None if titles is None else [words.plain(title) for title in titles]
    width = len(rows[0])
    names = words.place_of_names(heads) if heads else None
    if names is None and width > 1:
        names = _names_by_content(heads, rows)
    counts = names if names is not None and _counts(rows, names) else None
    names = None if counts is not None else names
    taken = names if names is not None else counts
    answers, kind = _answers(heads, rows, taken)
    if not answers:
        return None
    return _form(heads, rows, answers, kind, names=names, counts=counts)


def formed(titles: Sequence[str] | None, rows: Sequence[Row], source: str) -> Form:
    """The form of a table in a file, `source`.

    Raises:
        NotPredictions: it has no answers, or a model's figures instead of them.
    """
    # An object of them reads as rows of a name and an answer.
    heads = titles if titles is not None else [row[0] for row in rows if row]
    if _FIGURES in map(words.plain, heads):
        reason = "it has the figures of models, as timm's validate.py writes, and no answers"
        raise NotPredictions(source, reason)
    form = form_of(titles, rows) if rows[0] else None
    if form is None:
        raise NotPredictions(source, "it has names of images and no classes")
    return form


def _form(
    heads: list[str] | None,
    rows: Sequence[Row],
    answers: list[int],
    kind: Kind | None,
    *,
    names: int | None,
    counts: int | None,
) -> Form:
    boxes = heads is not None and heads[answers[0]] == words.BOXES
    filled = [row[answers[0]] for row in rows if not is_blank(row[answers[0]])]
    packed = len(answers) == 1 and any(map(is_packed, filled))
    values = [answers_in(row, answers, packed=packed, boxes=boxes) for row in rows]
    by_name = kind is not Kind.SCORES and not all(
        is_number(value) or is_blank(value) for row in values for value in row
    )
    size = max(map(len, values))
    if kind is None:
        kind = Kind.RANKED if by_name or _are_rankings(values) else Kind.SCORES
    if kind is Kind.RANKED and size <= 1:
        kind, size = Kind.CLASS, 1
    columns = None
    if kind is Kind.SCORES and heads and all(is_wnid(heads[i]) for i in answers):
        columns = tuple(heads[i] for i in answers)
    return Form(
        kind, names, counts, tuple(answers), packed, boxes, by_name, size, len(rows[0]), columns
    )


def _answers(
    heads: list[str] | None, rows: Sequence[Row], taken: int | None
) -> tuple[list[int], Kind | None]:
    """The columns of the classes or scores, and which of both they are, if titles tell."""
    rest = [i for i in range(len(rows[0])) if i != taken]
    if heads is None:
        return rest, None
    classes = _classes(heads, rows, taken)
    scores = [i for i in words.columns_of_scores(heads) if i != taken]
    # A score a rank, beside the ranks, as timm's inference.py writes them.
    if scores and _size(rows, scores) > (_size(rows, classes) if classes else 0):
        alone = _size(rows, scores) == 1
        return (rest, None) if alone else (scores, Kind.SCORES)
    if classes:
        return classes, Kind.RANKED
    return rest, None


def _classes(heads: list[str], rows: Sequence[Row], taken: int | None) -> list[int]:
    """The columns that are called as classes are; a mere count of the rows only if all else is."""
    counting: list[int] = []
    for stem in words.CLASSES:
        found = [i for i in words.columns_called(heads, [stem]) if i != taken]
        if len(found) == 1 and len(rows) > 2 and _counts(rows, found[0]):
            counting = counting or found
        elif found:
            return found
    return counting


def _size(rows: Sequence[Row], columns: list[int]) -> int:
    """How many values a row has in some columns."""
    if len(columns) > 1:
        return len(columns)
    return max(len(values_in(row[columns[0]])) for row in rows)


def answers_in(row: Row, answers: Sequence[int], *, packed: bool, boxes: bool) -> list[Any]:
    """The classes or scores of a row, as they are written; the columns as in a `Form`."""
    if not packed:
        return [row[i] for i in answers]
    values = values_in(row[answers[0]])
    return without_boxes(values) if boxes else values


def _are_rankings(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether rows of numbers are of class numbers: whole, and none of them twice in a row."""
    for row in rows:
        numbers = [number(value) for value in row if not is_blank(value)]
        if len(numbers) > LONGEST_RANKING or len(set(numbers)) != len(numbers):
            return False
        if any(one != one // 1 for one in numbers):
            return False
    return True


def _names_by_content(heads: list[str] | None, rows: Sequence[Row]) -> int | None:
    """The first column, where it holds names of images, or a count beneath an empty title."""
    first = [row[0] for row in rows]
    if heads and heads[0] in ("", "unnamed:_0") and _counts(rows, 0):
        return 0
    if heads and words.is_known(heads[0]):
        return None
    if all(isinstance(value, str) for value in first):
        texts = [value.strip() for value in first]
        if any(is_number(text) or is_wnid(text) or is_packed(text) for text in texts):
            return None
        return 0
    return None


def _counts(rows: Sequence[Row], at: int) -> bool:
    """Whether a column only counts the rows, from 0 or 1."""
    if not all(is_number(row[at]) for row in rows):
        return False
    found = [number(row[at]) for row in rows]
    return found[0] in (0, 1) and found == [found[0] + i for i in range(len(found))]


def _is_image_name(value: object) -> bool:
    base = str(value).strip().replace("\\", "/").rpartition("/")[2]
    return is_image(base) or read_name(base) is not None
