"""A cluster of one's own begins quickly, says nothing, and ends with who started it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from imnet_data.errors import ClusterNotStarted
from imnet_data.work.cluster.connecting import Cluster
from tests.imnet_data.verification.test_kill import _MARK, left_behind

_SCRIPT = """
import sys
from pathlib import Path
import imnet_data
from imnet_data.work.run import outcomes
from tests.imnet_data.work.units import Mark
with imnet_data.Cluster(workers=1) as cluster:
    list(outcomes([Mark(Path(sys.argv[1]))], workers=cluster))
"""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
def test_nobody_is_left_where_who_started_it_is_killed(tmp_path: Path) -> None:
    script, marks, temporary = (tmp_path / name for name in ("script.py", "marks", "temporary"))
    script.write_text(_SCRIPT)  # without a guard: no worker runs it again
    marks.mkdir()
    temporary.mkdir()
    paths = os.pathsep.join([str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")])
    env = {_MARK: str(tmp_path), "TMPDIR": str(temporary), "PYTHONPATH": paths}
    with subprocess.Popen(
        [sys.executable, "-W", "error", str(script), str(marks)],
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        while not list(marks.iterdir()) and process.poll() is None:
            time.sleep(0.05)
        process.kill()
        assert process.stdout is not None
        assert process.stdout.read() == b""
    assert left_behind(str(tmp_path)) == []
    assert not [path for path in temporary.iterdir() if "imnet-data" in path.name]


@pytest.mark.skipif(find_spec("dask_kubernetes") is not None, reason="it is installed")
def test_a_kind_that_cannot_be_started_is_told_with_what_it_needs() -> None:
    with pytest.raises(ClusterNotStarted, match="pip install dask-kubernetes"):
        Cluster(kind="kubernetes", workers=1).__enter__()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"kind": "mesos"}, "local, slurm, kubernetes"),
        ({"kind": "slurm"}, "how many workers"),
        ({"workers": 0}, "1 worker or more"),
        ({"scheduler": "tcp://head:8786", "workers": 2}, "the workers that it has"),
    ],
)
def test_what_no_cluster_can_be_is_refused_before_anything_is_started(
    words: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        Cluster(**words)  # type: ignore[arg-type]
