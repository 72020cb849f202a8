"""A repair in a process of its own that kills itself at a moment of its choosing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import imnet_data

_SCRIPT = """\
import os, signal, sys
import imnet_data
from imnet_data.progress import Silent

catalogue, what, n = sys.argv[1], sys.argv[2], int(sys.argv[3])

class Killing(Silent):
    left = None
    def begin(self, what_now, total, unit):
        self.left = n if what and what in what_now else None
        self.advance(0)
    def advance(self, done):
        if self.left is not None:
            self.left -= done
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

with imnet_data.open(catalogue) as opened:
    report = opened.repair(workers=0, connections=1, progress=Killing())
# Not getrusage(): that starts with what the process had that this one was made by.
with open("/proc/self/status") as status:
    peak = next(line for line in status if line.startswith("VmHWM:"))
print(report.is_well, peak.split()[1])
"""


def repair_in_a_process(catalogue: str, what: str = "", n: int = 0) -> tuple[bool, int]:
    """Repair, to the end or up to the n-th unit of a job that is called so.

    Gives whether all is well, and the most memory that it took, in KiB.
    """
    # Not under coverage: a killed process writes no data file.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    env["PYTHONPATH"] = str(Path(imnet_data.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, catalogue, what, str(n)],
        capture_output=True,
        text=True,
        check=False,
        env=env,
        timeout=120,
    )
    if what:
        assert done.returncode == -signal.SIGKILL, done.stderr
        return False, 0
    assert done.returncode == 0, done.stderr
    well, kib = done.stdout.split()
    return well == "True", int(kib)
