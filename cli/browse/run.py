"""Running the browser on this terminal: the first paint, then textual, then what came out of it.

The command is commands/browse.py.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from imnet_data.cli.browse import first_paint, seat
from imnet_data.cli.browse.reading import Reading

if TYPE_CHECKING:
    from imnet_data.cli.session import Session


class Crashed(Exception):
    """textual ended with an error, and has written it; `code` is its exit code."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"the browser ended with exit code {code}")


def run(session: Session, synset: str | None) -> str:
    """Browse until the user quits; gives the class expression of what is marked, '' for nothing.

    Raises:
        KeyboardInterrupt: the user quit by Ctrl+C.
        ImnetDataError: the catalogue cannot be read, or no class is called so.
        Crashed: the browser itself failed.
    """
    reading = Reading(session, synset, seat.drawn_on())
    drawn = seat.stream()
    # Looking for garbage among what is just being loaded takes a tenth of the time until it draws.
    gc.disable()
    first_paint.draw(drawn, reading.title(None), seat.size())
    try:
        from imnet_data.cli.browse.app import Browser  # noqa: PLC0415 - textual, 0.3 s
        from imnet_data.cli.browse.driver import TerminalDriver  # noqa: PLC0415 - likewise

        browser = Browser(reading, driver_class=TerminalDriver)
    except BaseException:
        drawn.write(first_paint.LEAVE)
        raise
    try:
        expression = browser.run()
    finally:
        reading.close()
    if reading.failure is not None:
        raise reading.failure
    if browser.return_code:
        raise Crashed(browser.return_code)
    if expression is None:
        raise KeyboardInterrupt
    return expression
