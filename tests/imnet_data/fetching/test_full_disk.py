"""A full disk is an error in plain words; with room again, the download goes on."""

from __future__ import annotations

import os
import random
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import DiskFull, NotWritten
from imnet_data.fetching import partial
from imnet_data.fetching.download import Download
from imnet_data.fetching.http import HttpTransport
from imnet_data.fetching.journal import GRAIN_BYTES
from imnet_data.fetching.remote import Remote
from tests.fault_server import FaultServer, serving

from .client import client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = random.Random(6).randbytes(6 * GRAIN_BYTES)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with serving({"a.tar": DATA}) as server:
        yield server


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for four of the six megabytes."""
    if os.getuid() != 0:
        pytest.skip("only root may mount a disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={4 * GRAIN_BYTES}", "none", str(tmp_path)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("no disk may be mounted here")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def fetch(server: FaultServer, target: Path) -> None:
    with closing(HttpTransport()) as transport:
        Download(Remote(server.url("a.tar"), "a.tar"), str(target), transport).run()


def test_a_limit_on_files_is_told_before_the_first_byte(
    server: FaultServer, tmp_path: Path
) -> None:
    target = tmp_path / "a.tar"
    with client(server.url("a.tar"), target, file_limit=3 * GRAIN_BYTES) as one:
        _, errors = one.communicate(timeout=60)
    assert errors == (
        f"DiskFull: {target}.part cannot be written: File too large; "
        "6,291,456 bytes are still to come\n"
    )
    assert len(server.requests) == 1
    fetch(server, target)
    assert target.read_bytes() == DATA


def test_a_small_disk_is_told_before_the_first_byte(server: FaultServer, small_disk: Path) -> None:
    with pytest.raises(DiskFull, match="No space left on device"):
        fetch(server, small_disk / "a.tar")
    assert len(server.requests) == 1
    assert os.statvfs(small_disk).f_bavail * 4096 > 3 * GRAIN_BYTES  # what was taken is given back


def test_a_disk_that_fills_up_on_the_way_ends_it_and_with_room_it_goes_on(
    server: FaultServer, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on a file system that cannot reserve room, or on one where others write meanwhile.
    monkeypatch.setattr(partial, "_allocate", lambda _fd, _size: None)
    target = small_disk / "a.tar"
    with pytest.raises(DiskFull, match="No space left on device") as caught:
        fetch(server, target)
    assert caught.value.needed < len(DATA)
    assert not target.exists()
    subprocess.run(["mount", "-o", f"remount,size={8 * GRAIN_BYTES}", str(small_disk)], check=True)
    before = server.sent_bytes("a.tar")
    fetch(server, target)
    assert target.read_bytes() == DATA
    assert server.sent_bytes("a.tar") - before < len(DATA)
    assert os.listdir(small_disk) == ["a.tar"]


def test_a_folder_that_cannot_be_written_is_told(server: FaultServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotWritten, match=r"Not a directory|File exists"):
        fetch(server, tmp_path / "file" / "a.tar")
