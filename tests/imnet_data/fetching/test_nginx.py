"""A download from nginx: whole, checked, and over several connections at once."""

from __future__ import annotations

import hashlib
import random
import time
from typing import TYPE_CHECKING

import pytest

from imnet_data.fetching.download import Download
from imnet_data.fetching.http import HttpTransport
from imnet_data.fetching.remote import Remote
from tests.nginx_server import LIMITED_BYTES_PER_S, nginx, nginx_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(nginx_path() is None, reason="nginx is not installed")

DATA = random.Random(0).randbytes(12_000_001)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "a.tar").write_bytes(DATA)
    with nginx(folder) as url:
        yield url


def fetch(url: str, target: Path, *, connections: int) -> float:
    """Seconds that it took, once what came is known to be what was served."""
    transport = HttpTransport()
    sha256 = hashlib.sha256(DATA).hexdigest()
    start = time.monotonic()
    try:
        done = Download(
            Remote(url, "a.tar", sha256=sha256), str(target), transport, connections=connections
        ).run()
    finally:
        transport.close()
    assert (done.sha256, done.size) == (sha256, len(DATA))
    assert target.read_bytes() == DATA
    return time.monotonic() - start


@pytest.mark.parametrize("connections", [1, 8])
def test_a_file_comes_whole_from_nginx(url: str, tmp_path: Path, connections: int) -> None:
    fetch(f"{url}/whole/a.tar", tmp_path / "a.tar", connections=connections)


def test_connections_that_are_limited_each_come_together_faster(url: str, tmp_path: Path) -> None:
    alone_s = len(DATA) / LIMITED_BYTES_PER_S
    assert fetch(f"{url}/limited/a.tar", tmp_path / "a.tar", connections=8) < alone_s * 0.8
