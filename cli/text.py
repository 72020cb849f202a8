"""Words as people read them, and names that came from elsewhere made safe to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def safe(text: str) -> str:
    r"""A text with everything that is not plainly printable written as an escape.

    Names inside archives are data: one may hold a newline, a terminal's control sequence, a sign
    that turns the writing direction, or bytes that are no text.

    >>> safe("a\x1b[31mb\n")
    'a\\x1b[31mb\\n'
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in text)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")


def words(lemmas: Iterable[str]) -> str:
    """Lemmas as one reads them.

    >>> words(("dog", "domestic_dog"))
    'dog, domestic dog'
    """
    return ", ".join(lemma.replace("_", " ") for lemma in lemmas)
