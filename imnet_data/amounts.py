"""Numbers with their nouns and units, as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNITS = ("kB", "MB", "GB", "TB", "PB")


def count(n: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> count(1, "class", "classes"), count(1281167, "image")
    ('1 class', '1,281,167 images')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def some(names: Sequence[str], of: int) -> str:
    """The first of several names, and how many more there are.

    >>> some(["tench", "goldfish"], of=5), some(["tench"], of=1)
    ('tench, goldfish and 3 more', 'tench')
    """
    shown, more = ", ".join(names), of - len(names)
    return f"{shown} and {more:,} more" if more else shown


def size(size_bytes: int) -> str:
    """Bytes in the unit that suits them, decimal as disks are sold.

    >>> size(999), size(64_000_000), size(147_897_477_120)
    ('999 B', '64 MB', '148 GB')
    """
    value, unit = float(size_bytes), "B"
    for larger in _UNITS:
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    return f"{value:.1f} {unit}" if unit != "B" and value < 9.95 else f"{value:.0f} {unit}"


def duration(seconds: float) -> str:
    """Seconds as precisely as anyone cares for.

    >>> duration(0.0412), duration(7.26), duration(312)
    ('0.04 s', '7.3 s', '312 s')
    """
    decimals = 2 if seconds < 1 else 1 if seconds < 100 else 0
    return f"{seconds:,.{decimals}f} s"


def time_span(seconds: float) -> str:
    """How long something takes that may take days, as one would say it.

    >>> time_span(8.4), time_span(754), time_span(11_580), time_span(200_000)
    ('8 s', '13 min', '3 h 13 min', '2 d 7 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"
