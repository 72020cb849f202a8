"""What is typed after an option and is no word: a rate, a size, a checksum."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_UNITS: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_BINARY: Final = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
_FORM: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)(i?)b?(?:/s)?", re.IGNORECASE)


def rate(text: str) -> int:
    """Bytes a second, as in `5M`, `500kB/s`, `1.5 MiB/s`; without an `i` units are decimal.

    >>> rate("5M"), rate("1.5 MiB/s")
    (5000000, 1572864)
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(f"{text!r} is no rate; write 5M for 5 MB a second, or 500k")
    number, unit, binary = found.groups()
    value = round(float(number) * (_BINARY if binary else _UNITS)[unit.lower()])
    if value < 1:
        raise click.BadParameter("with no byte a second it would never end")
    return value


def byte_count(text: str) -> int:
    """A size in bytes, as in `256MB`, `1GiB`, `200k`; without an `i` units are decimal.

    >>> byte_count("256MB"), byte_count("1 GiB")
    (256000000, 1073741824)
    """
    found = None if text.strip().endswith("/s") else _FORM.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(f"{text!r} is no size; write 256MB, 1GB or 512MiB")
    number, unit, binary = found.groups()
    return round(float(number) * (_BINARY if binary else _UNITS)[unit.lower()])


def hexadecimal(digits: int) -> Callable[[str], str]:
    """A checksum of so many digits: one that is cut short would be told after the last byte."""

    def checksum(text: str) -> str:
        if not re.fullmatch(rf"[0-9a-f]{{{digits}}}", text.strip(), re.IGNORECASE):
            raise click.BadParameter(f"it is to have {digits} hexadecimal digits")
        return text.strip().lower()

    return checksum


def share(text: str) -> float:
    """A part of the whole, as in `0.1%` or `0.001`.

    >>> share("0.1%"), share("0.25")
    (0.001, 0.25)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", text.strip())
    if found is None:
        raise click.BadParameter(f"{text!r} is no share; write 0.1% or 0.001")
    value = float(found[1]) / (100 if found[2] else 1)
    if value > 1:
        meant = "" if found[2] else f"; write {text}% if that was meant"
        raise click.BadParameter(f"{text} is more than all{meant}")
    return value
