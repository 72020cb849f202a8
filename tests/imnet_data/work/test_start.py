"""Workers begin without the script that started them, or it is said that they cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imnet_data.errors import WorkersDie
from imnet_data.work.run import outcomes

from .units import Double

_SCRIPT = """
print("begun")
from imnet_data.work.run import outcomes
from tests.imnet_data.work.units import Double
found = [one.result for one in outcomes(map(Double, range(4)), workers=2)]
print(sorted(found))
"""


@pytest.mark.parametrize("deep", [False, True])
def test_a_script_without_a_guard_runs_once_and_its_units_too(tmp_path: Path, deep: bool) -> None:
    temporary = tmp_path / ("a job of a cluster has a deep folder " * 3 if deep else "short")
    temporary.mkdir()  # a socket's address in a deep one is too long
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT)
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, str(script)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(temporary)},
    )
    assert ran.stdout.splitlines() == ["begun", "[0, 2, 4, 6]"]


def test_workers_that_end_before_they_begin_are_told() -> None:
    with pytest.raises(WorkersDie, match="before it took any work"):
        list(outcomes(map(Double, range(9)), workers=2, imports=["no_such_module"]))
