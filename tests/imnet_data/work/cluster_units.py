"""Units that do to a cluster's workers what happens to them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imnet_data.errors import ArchiveMissing
from imnet_data.work.scratch import scratch

if TYPE_CHECKING:
    from pathlib import Path


def worker_pid() -> int:
    """Of the Dask worker whose child this process is."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    assert parent.pid is not None
    return parent.pid


@dataclass(frozen=True)
class WhichWorker:
    """Tells which worker it is run by."""

    def run(self) -> int:
        return worker_pid()


@dataclass(frozen=True)
class Once:
    """Sends its worker a signal when it is run first, and is done when it is run again."""

    mark: Path
    signal: signal.Signals

    def run(self) -> int:
        if not self.mark.exists():
            self.mark.touch()
            os.kill(worker_pid(), self.signal)
            time.sleep(1000)
        return -1


@dataclass(frozen=True)
class Poison:
    """Ends its worker whenever it is run."""

    def run(self) -> int:
        os.kill(worker_pid(), signal.SIGKILL)
        time.sleep(1000)
        return 0


@dataclass(frozen=True)
class Reads:
    """Reads what lies at a path."""

    path: str

    def run(self) -> int:
        if not os.path.exists(self.path):
            raise ArchiveMissing(self.path)
        return os.path.getsize(self.path)


@dataclass(frozen=True)
class LeavesBehind:
    """Dies with a file half written where such files belong."""

    def run(self) -> list[str]:
        with open(os.path.join(str(scratch()), "half"), "w", encoding="ascii"):
            os._exit(3)


@dataclass(frozen=True)
class Begun:
    """Says what lies there as it begins."""

    def run(self) -> list[str]:
        return os.listdir(str(scratch()))


def left_in(dask_worker: Any = None) -> list[str]:
    """What lies in a worker's own folder."""
    return os.listdir(dask_worker.local_directory)
