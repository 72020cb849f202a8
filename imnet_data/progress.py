"""How the library reports progress, without knowing a terminal.

The command line draws it with rich; the default says nothing.
"""

from __future__ import annotations

from typing import Protocol


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
