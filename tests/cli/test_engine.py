"""Commands whose work is done on a Dask cluster: what is typed, answered, and left behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("distributed")

from imnet_data.work.cluster import connecting
from tests.cli.conftest import child, command_line, environment, run
from tests.imnet_data.indexing.trees import TENCH
from tests.imnet_data.verification.making import jpeg
from tests.imnet_data.verification.planted import pack_tar
from tests.imnet_data.verification.test_kill import _MARK, left_behind

if TYPE_CHECKING:
    from imnet_data.demo.build import Demo


def test_a_local_cluster_answers_as_processes_do_and_says_nothing_of_its_own(
    demo: Demo, tmp_path: Path
) -> None:
    assert run("index", demo.folder, catalogue=tmp_path / "here.db").exit_code == 0
    shutil.copy(tmp_path / "here.db", tmp_path / "there.db")
    words = "verify", "--level", "decode", "--workers", 1
    here = run(*words, catalogue=tmp_path / "here.db")
    there = child("-c", tmp_path / "there.db", *words, "--engine", "dask")
    assert (there.returncode, there.stderr) == (here.exit_code, b"")
    assert _plain(there.stdout.decode(), "there") == _plain(here.stdout, "here")


def _plain(text: str, name: str) -> str:
    return re.sub(r"[\d.]+ s\b", "S", text).replace(f"{name}.db", "DB")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
def test_ctrl_c_ends_all_of_it_and_what_was_verified_is_kept(tmp_path: Path) -> None:
    picture = jpeg()
    names = [f"{TENCH}/{TENCH}_{number}.JPEG" for number in range(20_000)]
    catalogue = tmp_path / "imagenet.db"
    packed = pack_tar(tmp_path, dict.fromkeys(names, picture))
    assert run("index", packed, catalogue=catalogue).exit_code == 0
    words = "-c", catalogue, "verify", "--level", "decode", "--cluster", "local", "--workers", 1
    with subprocess.Popen(
        command_line(*words),
        env=environment(**{_MARK: str(tmp_path)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a terminal sends it to all who stand before it
    ) as process:
        wal = catalogue.with_name("imagenet.db-wal")
        while process.poll() is None and not (wal.exists() and wal.stat().st_size > 50_000):
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert said.splitlines() == [
        "what was verified so far is kept; the same command goes on from there"
    ]
    assert left_behind(str(tmp_path)) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--engine", "local", "--cluster", "local"), "--cluster is for --engine dask"),
        (("--scheduler", "tcp://a:1", "--cluster", "local"), "leave --cluster out"),
        (("--scheduler", "tcp://a:1", "--workers", 2), "the workers that it has"),
        (("--cluster", "slurm"), "--workers N: how many to start"),
        (("--engine", "dask", "--workers", 0), "this process alone"),
    ],
)
def test_options_that_do_not_go_together_are_usage_errors_before_a_catalogue_is_opened(
    words: tuple[object, ...], said: str
) -> None:
    done = run("verify", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_where_nobody_answers_one_sentence_says_so_and_how_to_start_one(
    catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "_CONNECT_S", 0.3)
    nobody = "tcp://127.0.0.1:9"
    done = run("verify", "--level", "decode", "--scheduler", nobody, catalogue=catalogue)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"imnet-data: no Dask scheduler is reached at {nobody}: nothing answered within 0.3 s",
        "try: dask scheduler --port 9, where it is to run",
    ]
