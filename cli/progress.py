"""The library's progress: bars on standard error where that is a terminal, else its notices."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imnet_data.cli.failure import say
from imnet_data.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.progress import Progress


class _Told(Silent):
    """Without a terminal: notices as lines, no bars."""

    def notice(self, sentence: str) -> None:
        """Say it."""
        say(f"imnet-data: {sentence}")


@contextmanager
def progress(*, rate: bool = False) -> Iterator[Progress]:
    """Something to hand to the library, drawn for as long as the context lasts.

    With `rate`, how many a second are done is drawn too.
    """
    if not sys.stderr.isatty():
        yield _Told()
        return
    from imnet_data.cli.bars import drawn  # noqa: PLC0415 - rich, only where it is drawn

    with drawn(rate=rate) as bars:
        yield bars
