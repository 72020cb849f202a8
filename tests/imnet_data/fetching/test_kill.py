"""Killed at random moments, a download ends bit-exact, and has fetched hardly anything twice."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from typing import TYPE_CHECKING

from imnet_data.fetching.answers import SNIFF_BYTES
from imnet_data.fetching.journal import GRAIN_BYTES
from tests.fault_server import FaultServer, serving

from .client import client

if TYPE_CHECKING:
    from pathlib import Path

CONNECTIONS = 4
SIZE = 20 * GRAIN_BYTES + 12_345


def kill_and_finish(server: FaultServer, target: Path, data: bytes, *, kills: int) -> int:
    """Kill a client so many times on its way, then let it end; gives the kills that hit."""
    sha256 = hashlib.sha256(data).hexdigest()
    hit = 0
    for _ in range(kills):
        with client(server.url("a.tar"), target, sha256=sha256, connections=CONNECTIONS) as one:
            before = server.sent_bytes("a.tar")
            while server.sent_bytes("a.tar") <= before + SNIFF_BYTES and one.poll() is None:
                time.sleep(0.002)
            time.sleep(random.uniform(0.0, 0.15))
            one.kill()
            one.communicate()
            hit += one.returncode == -signal.SIGKILL
        if target.exists():
            break
    with client(server.url("a.tar"), target, sha256=sha256, connections=CONNECTIONS) as last:
        out, errors = last.communicate(timeout=60)
        assert last.returncode == 0, errors
        assert out.startswith("done")
    return hit


def test_the_file_is_exact_and_less_than_a_chunk_a_connection_a_kill_came_twice(
    tmp_path: Path,
) -> None:
    data = random.randbytes(SIZE)
    with serving({"a.tar": data}) as server:
        server.bytes_per_s = 12_000_000
        hit = kill_and_finish(server, tmp_path / "a.tar", data, kills=2)
        assert (tmp_path / "a.tar").read_bytes() == data
        assert os.listdir(tmp_path) == ["a.tar"]
        probes = (hit + 1) * SNIFF_BYTES
        twice = server.sent_bytes("a.tar") - SIZE - probes
        assert twice <= hit * CONNECTIONS * GRAIN_BYTES
    assert hit


def test_an_interrupted_download_ends_at_once_and_goes_on_where_it_was(tmp_path: Path) -> None:
    data = random.randbytes(SIZE)
    target = tmp_path / "a.tar"
    with serving({"a.tar": data}) as server:
        server.bytes_per_s = 4_000_000
        with client(server.url("a.tar"), target) as one:
            while server.sent_bytes("a.tar") < SIZE // 3:
                time.sleep(0.01)
            one.send_signal(signal.SIGINT)
            _, errors = one.communicate(timeout=60)
            assert errors.strip() == "interrupted"
        assert sorted(os.listdir(tmp_path)) == ["a.tar.part", "a.tar.part.journal"]
        server.bytes_per_s = 0
        with client(server.url("a.tar"), target) as one:
            out, errors = one.communicate(timeout=60)
        assert out.startswith("done"), errors
        assert int(out.split()[1]) <= SIZE - SIZE // 3 + CONNECTIONS * GRAIN_BYTES
    assert target.read_bytes() == data
