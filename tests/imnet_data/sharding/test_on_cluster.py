"""Shards written on a cluster: the same bytes; and none is harmed by a worker that was given up."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.errors import WorkersSeeNot
from imnet_data.sharding import set_writer
from imnet_data.sharding.check import check_shards
from imnet_data.sharding.packed import packed as packed_unit
from imnet_data.work.run import outcomes
from tests.imnet_data.sharding.frozen import Frozen, frozen
from tests.imnet_data.sharding.made import images, loose, packed, write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imnet_data.sharding.entry import Entry
    from imnet_data.work.cluster.connecting import Cluster

UNCUT: dict[str, Any] = {"shard_size_bytes": None}
# Writes shards on a cluster, and is killed when the first is finished.
_WRITER = """
import os, signal, sys
from pathlib import Path
from imnet_data.progress import Silent
from imnet_data.sharding.options import ShardOptions
from imnet_data.sharding.write import write_shards
from imnet_data.work.cluster.connecting import Cluster
from tests.imnet_data.sharding.made import CLASSES, images, loose, packed
class Killing(Silent):
    def advance(self, amount):
        if os.path.exists(sys.argv[3]) and any(Path(sys.argv[3]).glob("*.tar")):
            os.kill(os.getpid(), signal.SIGKILL)
with Cluster(sys.argv[1]) as cluster:
    entries = packed(Path(sys.argv[2]), images())
    options = ShardOptions(shard_size_bytes=30_000)
    write_shards({"train": entries}, sys.argv[3], classes=CLASSES, options=options,
                 about={"name": "made"}, workers=cluster, progress=Killing())
"""


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    return packed(tmp_path_factory.mktemp("images") / "a.tar", images())


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones as well."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.parametrize("form", ["webdataset", "tar", "folder"])
def test_a_cluster_writes_what_one_process_writes(
    cluster: Cluster, entries: list[Entry], tmp_path: Path, form: str
) -> None:
    options = {"format": form, **({} if form == "webdataset" else UNCUT)}
    write(tmp_path / "here", entries, **options)
    report = write(tmp_path / "there", entries, workers=cluster, **options)
    assert report.written > 0
    assert files(tmp_path / "there") == files(tmp_path / "here")


def test_files_of_a_folder_are_written_as_well(cluster: Cluster, tmp_path: Path) -> None:
    entries = loose(tmp_path / "loose", images())
    write(tmp_path / "here", entries)
    write(tmp_path / "there", entries, workers=cluster)
    assert files(tmp_path / "there") == files(tmp_path / "here")


def test_who_kills_the_parent_and_begins_again_has_the_same_shards(
    cluster: Cluster, entries: list[Entry], tmp_path: Path
) -> None:
    archive, there = tmp_path / "a.tar", tmp_path / "there"
    script = [sys.executable, "-c", _WRITER, cluster.address, str(archive), str(there)]
    ended = subprocess.run(script, cwd=Path(__file__).parents[3], check=False)
    assert ended.returncode == -signal.SIGKILL
    begun = len(list(there.glob("*.tar")))
    entries = packed(archive, images())
    report = write(there, entries, workers=cluster)
    write(tmp_path / "here", entries)
    assert files(there) == files(tmp_path / "here")
    assert report.kept >= begun > 0


def test_a_folder_that_a_worker_does_not_see_is_told_before_anything_is_written(
    cluster: Cluster, entries: list[Entry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # by this name each process sees the folder that it is in
    with pytest.raises(WorkersSeeNot, match="/proc/self/cwd/there"):
        write(Path("/proc/self/cwd/there"), entries, workers=cluster)
    assert not (tmp_path / "there").exists()


def test_archives_that_a_worker_does_not_see_are_told(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    entries = packed(Path("/proc/self/cwd/a.tar"), images())
    with pytest.raises(WorkersSeeNot, match=r"a\.tar"):
        write(tmp_path / "there", entries, workers=cluster)


def test_a_unit_that_goes_to_a_store_brings_all_that_it_reads_of_the_plan(
    entries: list[Entry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = loose(tmp_path / "loose", {f"{name}x": data for name, data in images(6).items()})
    pickled: list[bytes] = []

    def sent(units: Iterable[Any], **_: object) -> Any:
        for unit in units:
            pickled.append(pickle.dumps(packed_unit(unit)))
            yield from outcomes([unit], workers=0)

    monkeypatch.setattr(set_writer, "outcomes", sent)
    write(tmp_path / "here", [*entries, *more])
    there = tmp_path / "there"
    (there / ".unfinished").mkdir(parents=True)
    for unit in pickled:  # the plan is gone by now
        pickle.loads(unit).unpacked(str(there)).run()
    whole = {name: data for name, data in files(tmp_path / "here").items() if "train-" in name}
    assert {name: files(there)[name] for name in whole} == whole


WHILE_WRITTEN, WHEN_WHOLE = "while the set is written", "when it is whole"


@pytest.mark.parametrize(
    ("form", "call", "number", "wakes"),
    [
        ("webdataset", "write", 1, WHEN_WHOLE),  # in the middle of the tar
        ("webdataset", "replace", 1, WHEN_WHOLE),  # before it has its name
        ("webdataset", "replace", 2, WHILE_WRITTEN),  # before its index has its own
        ("tar", "write", 1, WHEN_WHOLE),
        ("tar", "rename", 1, WHILE_WRITTEN),
        ("folder", "rename", 1, WHILE_WRITTEN),
        ("folder", "rename", 1, WHEN_WHOLE),
    ],
)
def test_a_worker_that_froze_and_wakes_harms_no_shard(  # noqa: PLR0917 - what it is, and when
    entries: list[Entry],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    call: str,
    number: int,
    wakes: str,
) -> None:
    options = {"format": form, **({} if form == "webdataset" else UNCUT)}
    write(tmp_path / "here", entries, **options)
    with ExitStack() as running:
        sleeping: list[Frozen] = []

        def sent(units: Iterable[Any], **_: object) -> Any:
            for unit in units:
                of_pieces = form == "tar" and call == "write"
                if not sleeping and hasattr(unit, "stretches") == of_pieces:
                    sleeping.append(running.enter_context(frozen(unit, call, number)))
                yield from outcomes([unit], workers=0)
                if sleeping and wakes == WHILE_WRITTEN:
                    sleeping[0].wake()

        monkeypatch.setattr(set_writer, "outcomes", sent)
        write(tmp_path / "there", entries, **options)
        sleeping[0].wake()
    assert files(tmp_path / "there") == files(tmp_path / "here")
    assert check_shards(tmp_path / "there").well
