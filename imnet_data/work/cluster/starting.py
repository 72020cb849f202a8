"""A cluster of one's own, for as long as it is needed: in a process that ends with this one.

Not in this process: its scheduler would take turns with what writes results down, Ctrl-C would
come to its workers too, and nobody would end it once this process was killed. What that process
does is host.py's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.cores import usable_cores
from imnet_data.errors import ClusterNotStarted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.work.cluster.names import Kind

# -c, and not -m, which would look for modules in the folder that the user stands in.
_MAIN: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[3]); "
    "from imnet_data.work.cluster.host import main; main(sys.argv[1], int(sys.argv[2]))"
)
_END_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Started:
    """A cluster that was started: its scheduler's address, and how many workers it is to have."""

    address: str
    workers: int


@contextmanager
def started(kind: Kind, workers: int | None) -> Iterator[Started]:
    """A cluster of that kind, with so many workers; by default one a core.

    Raises:
        ClusterNotStarted: it does not start.
    """
    count = workers or usable_cores()
    command = [sys.executable, "-P", "-c", _MAIN, kind, str(count), json.dumps(sys.path)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is this process's to hear
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Started(_address(kind, process.stdout.readline()), count)
        finally:
            process.stdin.close()  # by which it knows; so it does where this process is killed
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(kind: Kind, line: bytes) -> str:
    told = json.loads(line) if line else {"error": "its process ended"}
    if "error" in told:
        raise ClusterNotStarted(kind, told["error"])
    return str(told["address"])
