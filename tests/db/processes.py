"""Other processes for the tests: one without root's rights, and one that can be talked to."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.children import library

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534

PREAMBLE = """\
import os, sys, time
from imnet_data.db import engine, errors, writer
from imnet_data.db.engine import open_storage, reading, writing
path = sys.argv[1]
def releases(storage):
    with reading(storage) as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM release").scalar()
"""

# Root writes through file modes, so its rights are dropped; what is imported later would be
# looked for without them, so a catalogue of its own is opened before.
DROP = f"""\
import tempfile
with tempfile.TemporaryDirectory() as folder:
    storage = open_storage(folder + "/warm.db", create=True)
    releases(storage)
    storage.close()
if os.getuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
"""


@contextmanager
def process(
    script: str, *args: object, unprivileged: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """A Python process running a script after the preamble; killed when the context ends."""
    code = PREAMBLE + (DROP if unprivileged else "") + script
    # Not under coverage: its data file could not be written without root's rights, nor by a
    # process that is killed.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    env["PYTHONPATH"] = library()
    with subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def outcome(script: str, *args: object, unprivileged: bool = False) -> str:
    """What such a process printed by its end."""
    with process(script, *args, unprivileged=unprivileged) as started:
        printed, complaints = started.communicate(timeout=60)
    assert started.returncode == 0, complaints
    return printed.strip()


def heard(started: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert started.stdout is not None
    line = started.stdout.readline()
    if not line:
        assert started.stderr is not None
        raise AssertionError(started.stderr.read())
    return line.strip()


def tell(started: subprocess.Popen[str], line: str = "") -> None:
    """Send a line to a process."""
    assert started.stdin is not None
    started.stdin.write(f"{line}\n")
    started.stdin.flush()


@contextmanager
def public_folder() -> Iterator[Path]:
    """A folder that every account can reach; pytest's own are for one account only."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)
