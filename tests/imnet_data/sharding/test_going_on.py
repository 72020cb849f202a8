"""Stopped and begun again, checked, refused: what a folder of shards goes through."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import (
    FolderInUse,
    ManifestUnreadable,
    NoRoomForShards,
    NoShards,
    NothingToShard,
    ShardOptionError,
    ShardsDiffer,
    ShardsTaken,
    ShardsUnfinished,
)
from imnet_data.sharding import set_writer as writing
from imnet_data.sharding.check import check_shards
from imnet_data.sharding.options import ShardOptions
from tests.imnet_data.sharding.made import images, packed, write, written

if TYPE_CHECKING:
    from imnet_data.sharding.entry import Entry

# Writes and is killed, at the call of that number to one of the system's.
_WRITER = """
import os, signal, sys
from pathlib import Path
from types import SimpleNamespace
from tests.imnet_data.sharding import made
call, number, tar, to = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
entries = made.packed(tar, made.images())
real = getattr(os, call)
left = [number]
def counted(*args, **more):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **more)
setattr(os, call, counted)
made.write(to, entries)
"""


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    return packed(tmp_path / "a.tar", images())


def killed(tmp_path: Path, to: Path, call: str, number: int) -> int:
    """The exit code of a run that is killed somewhere, or that came to its end before."""
    command = [sys.executable, "-c", _WRITER, call, str(number), str(tmp_path / "a.tar"), str(to)]
    done = subprocess.run(command, check=False, cwd=Path(__file__).parents[3], env=environment())
    return done.returncode


def environment() -> dict[str, str]:
    paths = [path for path in sys.path if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


@pytest.mark.parametrize(
    ("call", "number"),
    # In the first shard, between its files, before its record, among the files about the whole.
    [("write", 1), ("replace", 3), ("replace", 4), ("replace", 19)],
)
def test_a_killed_run_leaves_no_half_file_and_goes_on_to_the_same_bytes(
    tmp_path: Path, entries: list[Entry], call: str, number: int
) -> None:
    write(tmp_path / "undisturbed", entries)
    whole = written(tmp_path / "undisturbed")
    to = tmp_path / "killed"
    assert killed(tmp_path, to, call, number) == -signal.SIGKILL
    left = {path.name: path.read_bytes() for path in to.iterdir() if path.is_file()}
    assert all(whole[name] == data for name, data in left.items())
    with pytest.raises(ShardsUnfinished if "manifest.json" not in left else ZeroDivisionError):
        check_shards(to)
    report = write(to, entries)
    assert report.kept == sum(path.name.endswith(".tar") for path in to.iterdir()) - report.written
    assert written(to) == whole  # and with it no work folder


def test_finished_shards_are_not_written_again(tmp_path: Path, entries: list[Entry]) -> None:
    to = tmp_path / "out"
    shards = write(to, entries).written
    before = {path: path.stat().st_mtime_ns for path in to.iterdir()}
    again = write(to, entries)
    assert (again.written, again.kept) == (0, shards)
    assert {path: path.stat().st_mtime_ns for path in to.iterdir()} == before


def test_a_shard_that_was_lost_is_written_again_alone(tmp_path: Path, entries: list[Entry]) -> None:
    to = tmp_path / "out"
    write(to, entries)
    whole = written(to)
    (to / "train-000001.tar").unlink()
    (to / "train-000002.tar").write_bytes(b"cut")
    assert not check_shards(to).well
    assert write(to, entries).written == 2
    assert written(to) == whole


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"order": "class"}, "order is shuffled there, and class here"),
        ({"seed": 5}, "seed is 0 there, and 5 here"),
        ({"name": "cats"}, "subset is made there, and cats here"),
        ({"part": "val"}, "parts is train there, and val here"),
        ({"digest": False}, "digest is on there, and off here"),
        ({"per_shard": 9}, "per shard is unset there, and 9 here"),
    ],
)
@pytest.mark.parametrize("finished", [True, False])
def test_a_folder_of_other_shards_is_refused_with_what_differs(
    tmp_path: Path, entries: list[Entry], other: dict[str, object], told: str, finished: bool
) -> None:
    to = tmp_path / "out"
    write(to, entries)
    if not finished:
        begin_again(to)
    before = written(to) if finished else None
    with pytest.raises(ShardsDiffer, match=told):
        write(to, entries, **other)  # type: ignore[arg-type]
    assert before is None or written(to) == before


def begin_again(to: Path) -> None:
    """A folder as it is while its first shard is written."""
    found = json.loads((to / "manifest.json").read_text())
    asked = {key: found[key] for key in ("subset", "options", "classes")}
    work = to / ".unfinished"
    work.mkdir()
    (work / "begun").write_text(json.dumps({**asked, "parts": list(found["parts"])}))
    for path in to.iterdir():
        if path.is_file():
            path.unlink()


def test_other_images_under_the_same_name_are_refused(tmp_path: Path, entries: list[Entry]) -> None:
    to = tmp_path / "out"
    write(to, entries)
    with pytest.raises(ShardsDiffer, match="what is in train-"):
        write(to, entries[:-1])


def test_a_folder_with_files_of_the_users_own_is_refused(
    tmp_path: Path, entries: list[Entry]
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FolderInUse, match=r"a\.tar|thesis"):
        write(tmp_path, entries)
    assert not (tmp_path / ".unfinished").exists()


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path, entries: list[Entry]) -> None:
    work = tmp_path / "out" / ".unfinished"
    work.mkdir(parents=True)
    with (work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ShardsTaken):
            write(tmp_path / "out", entries)
        assert (work / "lock").exists()  # who has it may not have begun anything yet
    write(tmp_path / "out", entries)


def test_a_disk_without_room_is_told_before_the_first_shard(
    tmp_path: Path, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "disk_usage", lambda _: SimpleNamespace(free=100_000))
    with pytest.raises(NoRoomForShards) as caught:
        write(tmp_path / "out", entries)
    assert caught.value.missing == caught.value.needed - 100_000
    monkeypatch.undo()
    assert write(tmp_path / "out", entries).kept == 0


def test_a_disk_that_fills_up_leaves_whole_shards_alone(
    tmp_path: Path, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As where another process takes the room meanwhile.
    write(tmp_path / "undisturbed", entries)
    real, left = os.write, [3]

    def full(fd: int, data: bytes) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(fd, data)

    to = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(NoRoomForShards, match="are missing"):
            write(to, entries)
    assert sorted(path.name for path in to.glob("*.tar")) == [
        f"train-00000{at}.tar" for at in range(3)
    ]
    assert not list(to.glob(".unfinished/*.tmp"))
    assert write(to, entries).kept == 3
    assert written(to) == written(tmp_path / "undisturbed")


def test_nothing_to_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(NothingToShard):
        write(tmp_path / "out", [])
    assert not list(tmp_path.glob("out/*.tar"))


@pytest.mark.parametrize(
    "options",
    [
        {"per_shard": 0}, {"shard_size_bytes": 10}, {"per_shard": 1, "shard_size_bytes": 1 << 20},
        {"order": "sorted"}, {"format": "zip"},
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ShardOptionError):
        ShardOptions(**options)  # type: ignore[arg-type]


# -- checking


def test_a_check_finds_what_is_missing_changed_or_too_many(
    tmp_path: Path, entries: list[Entry]
) -> None:
    to = tmp_path / "out"
    write(to, entries)
    assert check_shards(to).well
    (to / "train-000000.tar").unlink()
    flipped = bytearray((to / "train-000001.tar").read_bytes())
    flipped[2000] ^= 1
    (to / "train-000001.tar").write_bytes(flipped)
    (to / "train-000002.tar").write_bytes(b"short")
    (to / "_info.json").unlink()
    (to / "train-000099.tar").write_bytes(b"other")
    (to / "README").write_text("mine")
    found = check_shards(to, workers=1)
    assert [(one.name, one.kind) for one in found.differences] == [
        ("train-000000.tar", "missing"),
        ("train-000001.tar", "sha256"),
        ("train-000002.tar", "size"),
        ("_info.json", "missing"),
        ("train-000099.tar", "surplus"),
    ]


def test_without_digests_a_check_says_that_it_saw_sizes_alone(
    tmp_path: Path, entries: list[Entry]
) -> None:
    to = tmp_path / "out"
    write(to, entries, digest=False)
    flipped = bytearray((to / "train-000001.tar").read_bytes())
    flipped[2000] ^= 1
    (to / "train-000001.tar").write_bytes(flipped)
    found = check_shards(to)
    assert found.well
    assert not found.digests


def test_a_manifest_that_names_files_elsewhere_is_refused(
    tmp_path: Path, entries: list[Entry]
) -> None:
    to = tmp_path / "out"
    write(to, entries)
    text = (to / "manifest.json").read_text()
    (to / "manifest.json").write_text(text.replace('"train-000000.tar"', '"../a.tar"'))
    with pytest.raises(ManifestUnreadable, match="no name of a file"):
        check_shards(to)
    with pytest.raises(NoShards):
        check_shards(tmp_path)
