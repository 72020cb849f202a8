"""Requirement lines such as `pyarrow>=17; extra == "parquet"`, as far as imnet-data has them.

Not all of the packaging standard: `packaging` is no dependency of ours. What is not understood
counts as met, so that nobody is told to mend what is well.
"""

from __future__ import annotations

import operator
import os
import platform
import re
import sys
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE = re.compile(
    r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^]]*\])?\s*\(?([^;)]*)\)?\s*(?:;(.*))?", re.DOTALL
)
_CLAUSE = re.compile(r"(>=|<=|==|!=|~=|>|<)\s*([\w.*+!-]+)")
_CONDITION = re.compile(r"\(?\s*(\w+)\s*(>=|<=|==|!=|>|<)\s*['\"]([^'\"]*)['\"]\s*\)?")

_COMPARE: Final[dict[str, Callable[[int, int], bool]]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package, the versions of it that do (`>=17`), and the extra that it belongs to, if any."""

    name: str
    versions: str
    extra: str | None
    applies_here: bool = True

    def takes(self, version: str) -> bool:
        """Whether a version does.

        >>> Requirement("a", ">=2.10,<3", None).takes("2.9"), Requirement("a", "", None).takes("1")
        (False, True)
        """
        return all(_holds(version, sign, wanted) for sign, wanted in _CLAUSE.findall(self.versions))


def read(line: str) -> Requirement | None:
    """The requirement of a line, None where it is none.

    >>> read("PyArrow >=17 ; extra == 'parquet'")
    Requirement(name='pyarrow', versions='>=17', extra='parquet', applies_here=True)
    """
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    extra, applies = None, True
    marker = found[3] or ""
    for name, sign, value in _CONDITION.findall(marker):
        if name == "extra":
            extra = _normal(value)
        elif " or " not in marker:
            applies &= _is_so(name, sign, value)
    return Requirement(_normal(found[1]), found[2].replace(" ", ""), extra, applies)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_so(name: str, sign: str, value: str) -> bool:
    """Whether a condition on the machine or on Python holds."""
    here = {
        "python_version": platform.python_version(),
        "python_full_version": platform.python_version(),
        "sys_platform": sys.platform,
        "platform_system": platform.system(),
        "platform_machine": platform.machine(),
        "os_name": os.name,
    }.get(name)
    if here is None:
        return True
    if name == "python_version":
        here = ".".join(here.split(".")[:2])
    if name.startswith("python"):
        return _holds(here, sign, value)
    return (here == value) == (sign == "==") if sign in ("==", "!=") else True


def _holds(version: str, sign: str, wanted: str) -> bool:
    if "*" in wanted:
        return True
    have, want = _release(version), _release(wanted)
    if sign == "~=":
        return have >= want and have[: len(want) - 1] == want[:-1]
    pairs = list(zip_longest(have, want, fillvalue=0))
    compare = _COMPARE[sign]
    different = next(((one, other) for one, other in pairs if one != other), (0, 0))
    return compare(*different)


def _release(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with; what follows (rc1, +cu121) decides nothing here."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(map(int, found[1].split("."))) if found else ()
