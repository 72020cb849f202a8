"""Words and numbers as people read them, and names that came from elsewhere made safe to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNITS = ("kB", "MB", "GB", "TB", "PB")


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


def count(n: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> count(1, "class", "classes"), count(1281167, "image")
    ('1 class', '1,281,167 images')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def size(size_bytes: int) -> str:
    """Bytes in the unit that suits them, decimal as disks are sold.

    >>> size(999), size(137_970_000_000)
    ('999 B', '138 GB')
    """
    if size_bytes < 1000:
        return f"{size_bytes} B"
    value = float(size_bytes)
    for unit in _UNITS:
        value /= 1000
        if value < 999.5 or unit == _UNITS[-1]:
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"
    raise AssertionError(size_bytes)


def duration(seconds: float) -> str:
    """Seconds as precisely as anyone cares for.

    >>> duration(0.0412), duration(7.26), duration(312)
    ('0.04 s', '7.3 s', '312 s')
    """
    decimals = 2 if seconds < 1 else 1 if seconds < 100 else 0
    return f"{seconds:,.{decimals}f} s"


def words(lemmas: Iterable[str]) -> str:
    """Lemmas as one reads them.

    >>> words(("dog", "domestic_dog"))
    'dog, domestic dog'
    """
    return ", ".join(lemma.replace("_", " ") for lemma in lemmas)
