"""What the columns, keys and arrays of prediction files are called.

Whether a file's first row is one of titles is form.py's question.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from imnet_data.wnid import is_wnid

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES: Final = (
    "name", "names", "image", "images", "filename", "filenames", "file_name", "file_names", "file",
    "files", "fname", "path", "paths", "filepath", "file_path", "image_path", "img_path",
    "image_id", "imageid", "image_ids", "image_name", "image_names", "img", "img_name", "key",
    "keys", "id", "ids",
)  # fmt: skip
BOXES: Final = "predictionstring"
# The likeliest first: where there is a prediction, a label is the truth.
CLASSES: Final = (
    BOXES, "prediction", "predictions", "pred", "preds", "predicted", "predicted_class",
    "predicted_label", "pred_class", "pred_label", "pred_idx", "y_pred", "topk", "top", "rank",
    "ranked", "index", "indices", "class_index", "class_idx", "class_id", "classid", "classes",
    "class", "label", "labels", "category", "wnid", "synset",
)  # fmt: skip
SCORES: Final = (
    "logits", "logit", "probs", "prob", "probabilities", "probability", "scores", "score",
    "outputs", "output", "softmax", "confidence",
)  # fmt: skip
_NUMBERED: Final = re.compile(r"(?P<stem>.*?[a-z])[ _]?(?P<number>[0-9]+)\Z")
# So many wnids, or numbers from 0, head columns of scores; fewer may be answers.
_COLUMNS: Final = 10


def plain(title: object) -> str:
    """A title as it is compared: `Image ID` and `image-id` are `image_id`."""
    return str(title).strip().lower().replace(" ", "_").replace("-", "_")


def stem_of(title: str) -> str:
    """A title without the number behind it: `prob_0` and `top5` are `prob` and `top`."""
    match = _NUMBERED.match(title)
    return match["stem"] if match else title


def is_known(title: str) -> bool:
    """Whether a column is called so.

    >>> is_known("imageid"), is_known("top5"), is_known("n01440764_18")
    (True, True, False)
    """
    return title in NAMES or stem_of(title) in CLASSES or stem_of(title) in SCORES


def place_of_names(titles: Sequence[str]) -> int | None:
    """The column of the images' names, by its title."""
    return next((titles.index(name) for name in NAMES if name in titles), None)


def columns_called(titles: Sequence[str], stems: Sequence[str]) -> list[int]:
    """The columns of the first of some stems that there are any of, by their numbers."""
    for stem in stems:
        numbers = {i: _number(title) for i, title in enumerate(titles) if stem_of(title) == stem}
        if numbers:
            return sorted(numbers, key=lambda i: (numbers[i], i))
    return []


def _number(title: str) -> int:
    match = _NUMBERED.match(title)
    return int(match["number"]) if match else -1


def columns_of_scores(titles: Sequence[str]) -> list[int]:
    """The columns of scores: called so, or headed by wnids or by 0, 1, 2 and so on."""
    called = columns_called(titles, SCORES)
    wnids = [i for i, title in enumerate(titles) if is_wnid(title)]
    if len(wnids) >= min(_COLUMNS, len(titles) - 1) and len(wnids) > max(1, len(called)):
        return wnids
    counted = [i for i, title in enumerate(titles) if title.isdecimal()]
    numbers = [int(titles[i]) for i in counted]
    if len(numbers) > max(1, len(called)) and numbers == list(range(len(numbers))):
        return counted
    return called


def looks_counted(titles: Sequence[str]) -> bool:
    """Whether a row of numbers is one of titles, 0, 1, 2, …, as pandas heads its columns."""
    rest = list(titles[1:]) if titles and not titles[0].isdecimal() else list(titles)
    blank = bool(titles) and titles[0] in ("", "unnamed:_0")
    counted = rest == [str(i) for i in range(len(rest))]
    return counted and len(rest) >= (2 if blank else _COLUMNS)
