"""How a command ends that cannot do what was asked: a sentence, what to type next, an exit code."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import IO, Any

import click

from imnet_data.cli.text import safe


class Failed(click.ClickException):
    """The command failed; shown as `imnet-data: SENTENCE` and, below it, `try: ADVICE`."""

    def __init__(self, sentence: str, *, advice: str | None = None, code: int = 1) -> None:
        super().__init__(sentence)
        self.advice = advice
        self.code = code

    def show(self, file: IO[Any] | None = None) -> None:
        """Write both lines to standard error."""
        say(f"imnet-data: {self.message}", file)
        if self.advice is not None:
            say(f"try: {self.advice}", file)


def say(text: str, file: IO[Any] | None = None) -> None:
    """Write lines to standard error, on a terminal broken between words.

    Names from archives may be in them, so they are made safe.
    """
    for line in map(safe, text.split("\n")):
        for part in _broken(line) if file is None and sys.stderr.isatty() else [line]:
            click.echo(part, file=file, err=file is None)


def _broken(line: str) -> list[str]:
    # What is indented is laid out, as the caret below an expression is: it stays as it is.
    if not line or line.startswith(" "):
        return [line]
    width = shutil.get_terminal_size().columns
    return textwrap.wrap(
        line, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
