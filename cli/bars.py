"""Progress bars by rich, one a job, on standard error; they leave when their job is done."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from imnet_data.amounts import size
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Task, TaskID


class Bars:
    """The library's Progress; the job that began last has the bar that moves."""

    def __init__(self, drawn: Progress) -> None:
        self._drawn = drawn
        self._tasks: list[TaskID] = []

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """Add a bar."""
        self._tasks.append(self._drawn.add_task(safe(what), total=total, unit=unit))

    def advance(self, n: int) -> None:
        """Move the last bar."""
        if self._tasks:
            self._drawn.advance(self._tasks[-1], n)

    def end(self) -> None:
        """Take the last bar away."""
        if self._tasks:
            self._drawn.remove_task(self._tasks.pop())

    def notice(self, sentence: str) -> None:
        """Say it above the bars."""
        self._drawn.console.print(safe(sentence))


class _Done(ProgressColumn):
    """How much is done, in the job's own unit."""

    def render(self, task: Task) -> Text:
        """`1.2 GB of 138 GB`, or `1,200 images` where nobody knows how many there are."""
        unit = str(task.fields["unit"])
        show = size if unit == "bytes" else _counted
        noun = "" if unit == "bytes" else f" {unit}"
        of = "" if task.total is None else f" of {show(int(task.total))}"
        return Text(f"{show(int(task.completed))}{of}{noun}")


class _Rate(ProgressColumn):
    """How much is done in a second, over the last seconds."""

    def render(self, task: Task) -> Text:
        """`1,204/s`, or `112 MB/s`."""
        if not task.speed:
            return Text()
        show = size if str(task.fields["unit"]) == "bytes" else _counted
        return Text(f"{show(round(task.speed))}/s")


def _counted(n: int) -> str:
    return f"{n:,}"


@contextmanager
def drawn(*, rate: bool = False) -> Iterator[Bars]:
    """Bars that stand for as long as the context lasts; with `rate` they say how fast it goes."""
    console = Console(
        stderr=True, highlight=False, markup=False, emoji=False,
        no_color=bool(os.environ.get("NO_COLOR")),
    )  # fmt: skip
    columns = (
        TextColumn(
            "{task.description}", markup=False,
            table_column=Column(no_wrap=True, overflow="ellipsis"),
        ),
        BarColumn(bar_width=20, complete_style="green", finished_style="green"),
        _Done(),
        *([_Rate()] if rate else []),
        TimeRemainingColumn(compact=True),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bars:
        yield Bars(bars)
