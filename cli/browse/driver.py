"""How textual draws on the terminal that is there, though standard output may be piped on.

What terminal that is, is seat.py's.
"""

from __future__ import annotations

import os
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from imnet_data.cli.browse.seat import stream


class TerminalDriver(LinuxDriver):
    """Draws on standard error, or where that is no terminal on standard output.

    So `imnet-data images "$(imnet-data browse)"` has a screen, and gets the expression alone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stream = stream()
        self._file = self._stream  # type: ignore[assignment]

    def _get_terminal_size(self) -> tuple[int, int]:
        # textual asks standard output, which tells 80 by 24 of every pipe.
        try:
            width, height = os.get_terminal_size(self._stream.fileno())
        except OSError:
            return super()._get_terminal_size()
        return width, height
