"""What each value of a recipe may be: a function a kind of value, which gives it as it is kept.

Whether a recipe suits a catalogue is classes.py's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from imnet_data.errors import ExpressionError
from imnet_data.splits import Split
from imnet_data.taxonomy.expression import Name, Node, parse
from imnet_data.verification.codes import CODES, Severity

LARGEST: Final = 2**63 - 1  # TOML's own limit, and SQLite's

_NAME: Final = re.compile(r"[^\W_][\w.+-]{0,99}\Z")
# A merged class's name becomes a line in classes.txt and may become a folder.
_CLASS_NAME: Final = re.compile(r"[^/\\\x00-\x1f\x7f-\x9f\u2028\u2029]{1,100}\Z")


def text(value: object) -> str:
    """Any text that can be stored.

    Raises:
        ValueError: it is none; so in all of these, with what is allowed as the reason.
    """
    if not isinstance(value, str):
        raise ValueError(f"a text is wanted, not {shown(value)}")  # noqa: TRY004 - one kind for all
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{value!a} holds signs that no file can") from error
    return value


def name(value: object) -> str:
    """The name of a subset, as it is typed on a command line and stands in files' names."""
    if not _NAME.match(text(value)):
        raise ValueError(
            f"{shown(value)} is no name: up to 100 letters, digits and signs of '._+-', "
            "a letter or digit first"
        )
    return text(value)


def release(value: object) -> str:
    """The name of a release."""
    found = text(value)
    if not found.strip() or found == "*":
        raise ValueError(f"{shown(value)} is no release: name one, such as 'ilsvrc2012'")
    return found


def releases(value: object) -> tuple[str, ...]:
    """Releases to try one after the other."""
    found = texts(value, "a release, or a list of them, is wanted")
    _once(found)
    return tuple(map(release, found))


def classes(value: object) -> str | tuple[str, ...]:
    """A class expression, or names of classes."""
    if isinstance(value, str):
        return expression(value)
    names = texts(value, "an expression, or a list of classes' names, is wanted")
    if not names:
        raise ValueError("a list of classes names one at least")
    _once(names)
    return names


def expression(value: object) -> str:
    """A class expression that parses."""
    try:
        parse(text(value))
    except ExpressionError as error:
        raise ValueError(str(error)) from error
    return text(value)


def order(value: object) -> str:
    """An order of classes."""
    return one_of(value, ("wnid", "list"))


def splits(value: object) -> tuple[str, ...]:
    """Splits, as catalogues name them."""
    found = texts(value, "a list of splits is wanted, such as ['train', 'val']")
    labels = tuple(Split.of(split).label for split in found)
    _once(labels)
    return labels


def codes(value: object) -> tuple[str, ...]:
    """Codes of findings of images, or severities."""
    found = texts(value, "a list of codes is wanted, such as ['broken']")
    known = [*Severity, *(code.name for code in CODES.values() if code.subject == "image")]
    for code in found:
        one_of(code, known)
    _once(found)
    return found


def count(value: object) -> int:
    """A whole number from 1."""
    return _whole(value, 1)


def seed(value: object) -> int:
    """A whole number from 0."""
    return _whole(value, 0)


def share(value: object) -> float:
    """A part of a whole: more than 0, less than 1."""
    found = _number(value)
    if not 0 < found < 1:
        raise ValueError(f"a number between 0 and 1 is wanted, not {shown(value)}")
    return found


def fraction(value: object) -> float:
    """A part of a whole, or the whole."""
    return 1.0 if value in (1, 1.0) and not isinstance(value, bool) else share(value)


def merge(value: object) -> dict[str, str]:
    """Class expressions by the names of the classes that they make."""
    if not isinstance(value, Mapping):
        raise ValueError(f"a table of names and expressions is wanted, not {shown(value)}")  # noqa: TRY004
    found: dict[str, str] = {}
    for key, written in value.items():
        if not _CLASS_NAME.match(text(key)) or key != key.strip() or key.startswith("."):
            raise ValueError(
                f"{shown(key)} is no name of a class: up to 100 signs, without '/' and '\\', "
                "no white space at its ends and no '.' first"
            )
        try:
            found[key] = expression(written)
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error
    return found


def texts(value: object, wanted: str) -> tuple[str, ...]:
    """A list of texts."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ValueError(f"{wanted}, not {shown(value)}")  # noqa: TRY004
    return tuple(map(text, value))


def one_of(value: object, known: Sequence[str]) -> str:
    """One of some words."""
    if value not in known:
        raise ValueError(f"{shown(value)} is none of {', '.join(known)}")
    return str(value)


def optional(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same check of a value that may be missing."""
    return lambda value: None if value is None else check(value)


def class_lists_in(written: str) -> tuple[str, ...]:
    """The names of the class lists in an expression, each once, as they come.

    >>> class_lists_in("(dog | @Imagenette) - @imagewoof")
    ('imagenette', 'imagewoof')
    """
    found: dict[str, None] = {}
    todo: list[Node] = [parse(written)]
    while todo:
        node = todo.pop()
        if isinstance(node, Name):
            if node.text.startswith("@"):
                found[node.text[1:].strip().lower()] = None
        else:
            todo += reversed([node.first, *(operand for _, operand in node.rest)])
    return tuple(found)


def shown(value: object) -> str:
    """A value as a message says it, however long it is."""
    written = repr(value)
    return written if len(written) <= 60 else f"{written[:57]}…"


def _once(found: Sequence[str]) -> None:
    seen: set[str] = set()
    for one in found:
        if one in seen:
            raise ValueError(f"{shown(one)} stands there twice")
        seen.add(one)


def _whole(value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LARGEST:
        raise ValueError(f"a whole number from {least} up is wanted, not {shown(value)}")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"a number is wanted, not {shown(value)}")
    return float(value)
