"""The console script: from Python's start to the exit code, whenever Ctrl-C comes.

What all commands share, and how an error becomes a sentence, is root.py's.
"""

from __future__ import annotations

from imnet_data.cli.interrupts import INTERRUPTED, held_back

try:
    with held_back():
        import signal
        import sys
        from io import TextIOWrapper
        from typing import NoReturn

        from imnet_data.cli.root import program
except KeyboardInterrupt:  # importing takes a quarter of a second, and people change their minds
    raise SystemExit(INTERRUPTED) from None

__all__ = ["main", "program"]


def main() -> NoReturn:
    """Run `imnet-data` as a console script."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                # A terminal that cannot show a sign is shown its number, rather than a traceback.
                stream.reconfigure(errors="backslashreplace")
        code = program.main(prog_name="imnet-data", standalone_mode=False)
    except KeyboardInterrupt:  # once more, while the first was told
        code = INTERRUPTED
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # From here on Python only tidies up, and would show where it was interrupted at that.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(code)
