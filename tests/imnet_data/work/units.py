"""Units that end in every way a unit can end."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Double:
    number: int

    def run(self) -> int:
        return 2 * self.number


@dataclass(frozen=True)
class Raise:
    def run(self) -> int:
        raise LookupError("nothing there")


@dataclass(frozen=True)
class Crash:
    def run(self) -> int:
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(10)
        return 0


@dataclass(frozen=True)
class Leave:
    def run(self) -> int:
        os._exit(3)


@dataclass(frozen=True)
class Hang:
    def run(self) -> int:
        time.sleep(1000)
        return 0


@dataclass(frozen=True)
class Swell:
    def run(self) -> int:
        return len(bytearray(4 << 30))


@dataclass(frozen=True)
class Variable:
    name: str

    def run(self) -> str | None:
        return os.environ.get(self.name)


@dataclass(frozen=True)
class Mark:
    """Writes its process's number into a folder, and waits."""

    folder: Path

    def run(self) -> int:
        (self.folder / str(os.getpid())).touch()
        time.sleep(1000)
        return 0
