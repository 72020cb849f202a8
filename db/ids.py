"""Ids by the thousand in a statement: as numbers that stand in it, or as parameters in parts.

What is asked of them is selects.py's, inspections.py's and findings.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement

_A_STATEMENT = 500


def among(column: ColumnElement[int], values: Collection[int]) -> ColumnElement[bool]:
    """That a column is one of these: a statement may have fewer parameters than there are."""
    numbers = bindparam(
        None, list(values), type_=Integer(), expanding=True, literal_execute=True, unique=True
    )
    return column.in_(numbers)


def parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Ids some hundreds at a time, as many as a statement takes with room for others."""
    for start in range(0, len(ids), _A_STATEMENT):
        yield ids[start : start + _A_STATEMENT]


def marks(ids: Sequence[object]) -> str:
    """A parameter's mark for each.

    >>> marks([1, 2, 3])
    '?,?,?'
    """
    return ",".join("?" * len(ids))
