"""How textual draws on the terminal that is there, though standard output may be piped on.

What terminal that is, is seat.py's.
"""

from __future__ import annotations

import os
import select
import signal
from threading import Thread
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from imnet_data.cli.browse import seat


class TerminalDriver(LinuxDriver):
    """Draws on standard error, or where that is no terminal on standard output.

    So `imnet-data images "$(imnet-data browse)"` has a screen, and gets the expression alone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file = seat.stream()  # type: ignore[assignment]

    def start_application_mode(self) -> None:
        """Begin to draw and to read keys, and watch for the terminal's end."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        Thread(target=_end_with, args=(self.fileno,), name="terminal", daemon=True).start()

    def _get_terminal_size(self) -> tuple[int, int]:
        # textual asks standard output, which tells 80 by 24 of every pipe.
        return seat.size()


def _end_with(terminal: int) -> None:
    """End this process when its terminal is gone, as the signal for that would.

    Not every terminal sends SIGHUP to all that run on it, and some processes are told to pass over
    it. textual would then read an empty text again and again, and wait for ever to draw.
    """
    watched = select.poll()
    watched.register(terminal, 0)  # of nothing but its end: keys are read elsewhere
    if any(event & select.POLLHUP for _, event in watched.poll()):
        os._exit(128 + signal.SIGHUP)
