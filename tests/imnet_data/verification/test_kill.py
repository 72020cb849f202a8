"""Killed at random, a verification goes on to what an undisturbed one finds, and leaves nobody."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import imnet_data
from tests.imnet_data.indexing.trees import TENCH
from tests.imnet_data.verification.making import jpeg
from tests.imnet_data.verification.planted import files, pack_tar

# Writes down as often as it can, so that kills land between writes as well as in their middle.
_VERIFIER = """
import sys, time
from imnet_data.progress import Silent
from imnet_data.verification import recording, walk
from imnet_data.verification.levels import Level
recording._FLUSH_S = 0.0
walk._IMAGES[Level.DECODE] = 2
import imnet_data
class Slow(Silent):
    def advance(self, n):
        time.sleep(0.005)
with imnet_data.open(sys.argv[1]) as catalogue:
    catalogue.verify(level="decode", workers=int(sys.argv[2]), progress=Slow())
"""
_MARK = "IMNET_DATA_TEST_KILL"


def start(catalogue: Path, mark: str, *, workers: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _VERIFIER, str(catalogue), str(workers)],
        cwd=Path(__file__).parents[3],
        env={**os.environ, _MARK: mark},
        stderr=subprocess.DEVNULL,
    )


def looked_at(path: Path) -> int:
    plain = sqlite3.connect(path)
    try:
        return int(plain.execute("SELECT count(*) FROM inspection").fetchone()[0])
    finally:
        plain.close()


def learnt(path: Path) -> tuple[set[object], set[object]]:
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = set(plain.execute("SELECT * FROM inspection"))
        found = set(plain.execute("SELECT code, image, archive, synset, detail FROM finding"))
    plain.close()
    return rows, found


def left_behind(mark: str) -> list[int]:
    """The processes that a killed run has left, and that have not ended by themselves."""
    wanted = f"{_MARK}={mark}".encode()
    until = time.monotonic() + 10
    while True:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
def test_killed_at_random_it_goes_on_to_what_an_undisturbed_run_finds(tmp_path: Path) -> None:
    members = files() | {f"{TENCH}/{TENCH}_{n}.JPEG": jpeg(n) for n in range(100, 260)}
    whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    with imnet_data.open(whole, create=True) as catalogue:
        catalogue.index(pack_tar(tmp_path, members))
    shutil.copy(whole, killed)
    with imnet_data.open(whole) as catalogue:
        catalogue.verify(level="decode", workers=0)
    draw = random.Random(5)
    known = 0
    for workers in (0, 1):
        mark = f"{tmp_path}-{workers}"
        process = start(killed, mark, workers=workers)
        until = time.monotonic() + 60
        wanted = known + draw.randrange(1, 50)
        while looked_at(killed) < wanted and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert left_behind(mark) == []
        rows, found = learnt(killed)
        assert known < len(rows) < 176
        assert rows <= learnt(whole)[0]
        assert found <= learnt(whole)[1]
        known = len(rows)
    with imnet_data.open(killed) as catalogue:
        report = catalogue.verify(level="decode", workers=0)
    assert (report.unchanged, report.looked_at) == (known, 176 - known)
    assert learnt(killed) == learnt(whole)
