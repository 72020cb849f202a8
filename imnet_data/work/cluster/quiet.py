"""Dask's own log kept off the terminal while a cluster is used: what matters is an error."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF: Final = ("distributed", "tornado")


@contextmanager
def quiet() -> Iterator[None]:
    """Levels are as they were when it ends; a program that uses Dask itself may have set some."""
    import distributed  # noqa: F401, PLC0415 - it sets levels as it is imported

    known = list(logging.root.manager.loggerDict)
    loggers = [logging.getLogger(name) for name in known if name.partition(".")[0] in _OF]
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in before:
            logger.setLevel(level)
