"""A download in a process of its own, to be killed, limited or interrupted."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import imnet_data

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCRIPT = """\
import sys
from imnet_data.errors import FetchError
from imnet_data.fetching.download import Download
from imnet_data.fetching.http import HttpTransport
from imnet_data.fetching.remote import Remote

url, target, sha256, connections, limit = sys.argv[1:]
if limit != "0":
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
print("begun", flush=True)
try:
    remote = Remote(url, "a.tar", sha256=sha256 or None)
    done = Download(remote, target, HttpTransport(), connections=int(connections)).run()
except FetchError as error:
    sys.exit(f"{type(error).__name__}: {error}")
except KeyboardInterrupt:
    sys.exit("interrupted")
print("done", done.fetched_bytes)
"""


@contextmanager
def client(
    url: str, target: Path, *, sha256: str = "", connections: int = 4, file_limit: int = 0
) -> Iterator[subprocess.Popen[str]]:
    """A process that fetches a URL and is past its imports; killed when the context ends."""
    # Not under coverage: a killed process writes no data file.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    env["PYTHONPATH"] = str(Path(imnet_data.__file__).parent.parent)
    arguments = [url, str(target), sha256, str(connections), str(file_limit)]
    with subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield process
        finally:
            process.kill()
