"""How long a user waits before anything happens: `--help`, `import imnet_data`, a first answer.

    python -m benchmarks.startup

The peers are what the same Python cannot do without: an empty program, and `import numpy`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

JOBS = {
    "python -c pass": ["-c", "pass"],
    "import imnet_data": ["-c", "import imnet_data"],
    "import numpy": ["-c", "import numpy"],
    "import sqlalchemy": ["-c", "import sqlalchemy"],
    "imnet-data --help": ["-m", "imnet_data.cli", "--help"],
    "imnet-data --version": ["-m", "imnet_data.cli", "--version"],
    "imnet-data search 'hunting dog'": ["-m", "imnet_data.cli", "search", "hunting dog"],
    "imnet-data show dog": ["-m", "imnet_data.cli", "show", "dog"],
}
RUNS = 11


def main() -> None:
    empty = 0.0
    print(f"{'best of ' + str(RUNS):34}{'ms':>8}{'over python':>14}")
    with tempfile.TemporaryDirectory() as folder:
        for name, command in JOBS.items():
            best = float("inf")
            for _ in range(RUNS):
                start = time.perf_counter()
                subprocess.run(
                    [sys.executable, *command],
                    check=True,
                    cwd=folder,
                    env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                best = min(best, (time.perf_counter() - start) * 1e3)
            empty = empty or best
            print(f"{name:34}{best:>8.0f}{best - empty:>14.0f}")


if __name__ == "__main__":
    main()
