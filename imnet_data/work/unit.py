"""A unit of work, and what became of it.

Who runs units is run.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Unit(Protocol[R_co]):
    """A small picklable record that says everything its work needs.

    It may run twice, or be cut off: it gives the same result every time, and what it writes
    appears whole or not at all.
    """

    def run(self) -> R_co:
        """Do the work; what it gives back is pickled, and so is an error that it raises."""
        ...


@runtime_checkable
class Retried(Protocol):
    """A unit that knows what to do once it took its process with it."""

    def after(self, how: str) -> Unit[Any] | None:
        """What to run in its place; None where that would end the same way."""
        ...


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """A unit came to its end."""

    unit: Unit[R]
    result: R


@dataclass(frozen=True, slots=True)
class Failed(Generic[R]):
    """A unit raised an error."""

    unit: Unit[R]
    error: Exception


@dataclass(frozen=True, slots=True)
class Lost(Generic[R]):
    """A unit took its process with it: it crashed, took too much memory, or came to no end.

    `how` goes on from "the process": "was ended by SIGSEGV", "came to no end in 60 s".
    """

    unit: Unit[R]
    how: str


Outcome: TypeAlias = "Done[R] | Failed[R] | Lost[R]"
