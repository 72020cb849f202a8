"""A Dask scheduler and workers on loopback, each a process of its own, as on several machines.

with dask_cluster(workers=2) as dask:
    ... Cluster(dask.address) ...
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import imnet_data

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOON_S = 60.0
# Where the tests themselves were killed, and end nothing any more.
_ALONE = ("--idle-timeout", "3 minutes")
# What a unit's class is found in, by whoever runs it.
_PATHS = (Path(imnet_data.__file__).parents[1], Path(__file__).parents[1])


class DaskCluster:
    """A scheduler at `address`, and what was started for it, by pid."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._folder = folder
        self._settings = settings
        self.address = ""
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", *_ALONE)
        self.nannies: list[subprocess.Popen[bytes]] = []
        self.address = self._wait_for_address()

    def add_worker(self, *options: str, **more: str) -> subprocess.Popen[bytes]:
        """A worker of one thread under a nanny, which starts it anew when it dies."""
        words = (
            "--nthreads",
            "1",
            "--host",
            "127.0.0.1",
            "--memory-limit",
            "0",
            "--death-timeout",
            "10",
        )
        started = self._start("worker", self.address, *words, *options, **more)
        self.nannies.append(started)
        return started

    def end(self) -> None:
        """End everything, by pid."""
        for process in (*self.nannies, self.scheduler):
            end(process)

    def _start(self, program: str, *words: str, **more: str) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join([*map(str, _PATHS), os.environ.get("PYTHONPATH", "")])
        command = [sys.executable, "-P", "-m", f"distributed.cli.dask_{program}", *words]
        with (self._folder / f"{program}.log").open("ab") as log:
            return subprocess.Popen(
                [*command, "--no-dashboard"],
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": paths, **self._settings, **more},
                stderr=log,
                stdout=log,
                start_new_session=True,
            )

    def _wait_for_address(self) -> str:
        log, until = self._folder / "scheduler.log", time.monotonic() + _SOON_S
        while time.monotonic() < until and self.scheduler.poll() is None:
            for line in log.read_text("utf-8").splitlines():
                if "Scheduler at:" in line:
                    return line.partition("Scheduler at:")[2].strip()
            time.sleep(0.02)
        end(self.scheduler)
        raise RuntimeError(f"no Dask scheduler started: {log.read_text('utf-8')}")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it has started: nobody waits for it to part from the others."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def dask_cluster(
    *, workers: int = 2, worker_ttl: str = "2s", allowed_failures: int = 1
) -> Iterator[DaskCluster]:
    """A scheduler with so many workers, which may not be there yet; skips where Dask is not."""
    if find_spec("distributed") is None:
        pytest.skip("distributed is not installed")
    settings = {
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": worker_ttl,
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures),
        "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    }
    with tempfile.TemporaryDirectory(prefix="dask-", ignore_cleanup_errors=True) as folder:
        running = DaskCluster(Path(folder), settings)
        try:
            for _ in range(workers):
                running.add_worker()
            yield running
        finally:
            running.end()
