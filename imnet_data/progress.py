"""How the library reports progress, without knowing a terminal.

The command line draws it with rich; the default says nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Progress(Protocol):
    """What a long job tells while it runs; calls may come from its innermost loop."""

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """A job starts: its name, how many units it has (None where unknown), and the unit."""
        ...

    def advance(self, n: int) -> None:
        """So many more units are done."""
        ...

    def end(self) -> None:
        """The job that began last is done."""
        ...

    def notice(self, sentence: str) -> None:
        """Something that the user should hear now."""
        ...


class Silent:
    """The default: says nothing."""

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """Say nothing."""

    def advance(self, n: int) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""

    def notice(self, sentence: str) -> None:
        """Say nothing."""


class Through:
    """Passes all on to another progress; who wants to hear of each step, too, overrides `beat`."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def beat(self) -> None:
        """Something was done just now."""

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """A job starts."""
        self._progress.begin(what, total, unit)

    def advance(self, n: int) -> None:
        """So many more are done."""
        self.beat()
        self._progress.advance(n)

    def end(self) -> None:
        """The job is done."""
        self._progress.end()

    def notice(self, sentence: str) -> None:
        """Pass it on."""
        self._progress.notice(sentence)


@contextmanager
def job(progress: Progress, what: str, total: int | None, unit: str) -> Iterator[None]:
    """One job, which ends however its block does."""
    progress.begin(what, total, unit)
    try:
        yield
    finally:
        progress.end()
