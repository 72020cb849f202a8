"""What takes seconds to make is made once a run, by whichever worker asks first, for all of them.

Only for what nobody writes to: the workers read one and the same folder.
"""

from __future__ import annotations

import os
from fcntl import LOCK_EX, flock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder that `make` writes into the place it is given; it is there whole or not at all."""
    base = factory.getbasetemp()
    # A worker's own folder lies in that of the run.
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = root / f"shared-{name}"
    with open(root / f"shared-{name}.lock", "w", encoding="utf-8") as lock:
        flock(lock, LOCK_EX)
        if not folder.exists():
            begun = root / f"shared-{name}.begun"
            make(begun)
            begun.rename(folder)
    return folder
