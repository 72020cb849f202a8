"""One field of a row: a number, a class by its name, or several of them in one.

What the numbers and names mean is for others to say.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

_SEPARATORS: Final = re.compile(r"[\s,;|]+")
_QUOTED: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_NUMBERS: Final = re.compile(
    r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+|nan|inf|infinity)(?:e[-+]?[0-9]+)?\Z", re.IGNORECASE
)
_WNIDS: Final = re.compile(r"n[0-9]{8}\Z")
MOST: Final = 2**31 - 1
"""What every greater class number is read as: no order has it."""


def is_number(value: object) -> bool:
    """Whether a field is a number: of JSON or Parquet, or a text that reads as one.

    >>> is_number("65"), is_number(" 6.5e-1"), is_number("nan"), is_number("n01440764")
    (True, True, True, False)
    """
    if isinstance(value, str):
        return _NUMBERS.match(_bare(value)) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(value: Any) -> float:
    """The number that a field is.

    Raises:
        ValueError, TypeError: it is none.
    """
    return float(_bare(value)) if isinstance(value, str) else float(value)


def _bare(text: str) -> str:
    # A list without quotes is cut at its commas: `[65`, ` 62`, ` 390]`. LABEL_65 is what Hugging
    # Face's models call class 65 where their config has no words for it.
    return text.strip(" []\t\r\n").removeprefix("LABEL_")


def is_blank(value: object) -> bool:
    """Whether a field holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_packed(value: object) -> bool:
    """Whether a field holds several values: a list, or a text of numbers or wnids.

    >>> [is_packed(text) for text in ("65 62 390", "[.1, .9]", "n01440764;n01443537", "sea snake")]
    [True, True, True, False]
    """
    if not isinstance(value, str):
        return isinstance(value, list | tuple)
    text = value.strip()
    if text.startswith("[") and text.endswith("]"):
        return True
    parts = _SEPARATORS.split(text)
    return len(parts) > 1 and all(is_number(part) or _WNIDS.match(part) for part in parts)


def values_in(value: Any) -> list[Any]:
    r"""The values of a field that holds several, or the one that it is.

    >>> values_in("[ 65  62\n 390]"), values_in('["sea snake", "eel"]'), values_in("['a b' 'c']")
    (['65', '62', '390'], ['sea snake', 'eel'], ['a b', 'c'])
    """
    if not isinstance(value, str):
        return list(value) if isinstance(value, list | tuple) else [value]
    if not is_packed(value):
        return [value]
    text = value.strip()
    if "'" in text or '"' in text:
        return _quoted(text)
    inner = text.removeprefix("[").removesuffix("]").strip()
    return _SEPARATORS.split(inner) if inner else []


def _quoted(text: str) -> list[Any]:
    try:
        return list(json.loads(text))
    except (ValueError, RecursionError):
        # As numpy prints an array of texts, which is what timm's inference.py writes.
        return [one or other for one, other in _QUOTED.findall(text)]


def class_number(value: Any) -> int | None:
    """A class number: 65, "65" or "65.0"; -1 where the field is blank or negative; None for none.

    >>> [class_number(text) for text in ("65", "65.0", "LABEL_65", "", "1e99", "6.5", "tench")]
    [65, 65, 65, -1, 2147483647, None, None]
    """
    if is_blank(value):
        return -1
    if not is_number(value):
        return None
    found = number(value)
    if math.isnan(found):
        return -1
    if math.isfinite(found) and found != int(found):
        return None
    return int(max(-1.0, min(found, float(MOST))))


def without_boxes(values: list[Any]) -> list[Any]:
    """The classes of Kaggle's PredictionString: each is followed by the four sides of a box.

    >>> without_boxes("n03995372 85 1 499 272 n03995372 0 0 9 9 n01440764 1 1 2 2".split())
    ['n03995372', 'n01440764']
    >>> without_boxes("n03995372 n01440764 n01443537 n01484850 n01491361".split())[-1]
    'n01491361'
    """
    boxed = len(values) % 5 == 0 and bool(values) and all(map(is_number, values[1:5]))
    return list(dict.fromkeys(values[::5] if boxed else values))
