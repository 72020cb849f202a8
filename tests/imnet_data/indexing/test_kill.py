"""The indexer is killed at random: what it leaves is consistent, and it goes on to the same end."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import imnet_data
from imnet_data.facts.class_lists import class_list
from imnet_data.indexing import load
from imnet_data.progress import Silent

from .trees import TENCH, flat_tar, train_tar, tree

# Commits as often as it can, so that kills land between commits as well as in the middle of them.
_INDEXER = """
import sys
from imnet_data.indexing import load
load._COMMIT_S = float(sys.argv[1])
import imnet_data
with imnet_data.open(sys.argv[2], create=True) as catalogue:
    catalogue.index(sys.argv[3:])
"""


def start(catalogue: Path, *paths: Path, commit_s: float = 0.002) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _INDEXER, str(commit_s), str(catalogue), *map(str, paths)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[3])


def contents(path: Path) -> set[tuple[object, ...]]:
    with imnet_data.open(path) as catalogue:
        return {
            (
                one.release,
                one.split,
                one.name,
                one.wnid,
                one.archive,
                one.member,
                one.place.offset,
                one.size,
            )
            for one in catalogue.images(release="*")
        }


def check_consistent(path: Path) -> int:
    """A catalogue that a kill left: readable, its counts those of its rows, every row readable."""
    with imnet_data.open(path) as catalogue:
        stats = catalogue.stats()
        images = list(catalogue.images(release="*"))
        assert stats.images == len(images) == sum(one.images for one in stats.archives)
        assert stats.bytes == sum(one.size for one in images)
        if images:
            one = random.Random(len(images)).choice(images)
            assert one.read() == f"{one.name}\n".encode() * 20
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("SELECT count(*) FROM image WHERE archive < 0").fetchone() == (0,)
    return len(images)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("archives")
    wnids = class_list("ilsvrc2012").wnids
    train = train_tar(folder / "train.tar", {wnid: list(range(1, 31)) for wnid in wnids[:100]})
    more = tree(
        folder / "pets", {f"{name}/{n}.jpg": None for name in ("rex", "tom") for n in range(40)}
    )
    return [train, more]


def test_killed_at_random_it_goes_on_to_the_catalogue_of_an_undisturbed_run(
    archives: list[Path], tmp_path: Path
) -> None:
    undisturbed, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    began = time.monotonic()
    assert start(undisturbed, *archives).wait() == 0
    took = time.monotonic() - began
    draw = random.Random(20261122)
    grown = []
    for _ in range(2):
        process = start(killed, *archives)
        # Most of a run is starting Python: aim behind that.
        time.sleep(took * draw.uniform(0.35, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if killed.exists() and killed.stat().st_size:
            grown.append(check_consistent(killed))
    assert start(killed, *archives).wait() == 0
    check_consistent(killed)
    assert contents(killed) == contents(undisturbed)
    # What was committed stays: no kill threw the work of an earlier run away.
    assert grown == sorted(grown)


def test_killed_while_replacing_a_changed_archive_it_shows_the_old_one_or_the_new(
    tmp_path: Path,
) -> None:
    path = tmp_path / "train.tar"
    wnids = class_list("ilsvrc2012").wnids[:40]
    catalogue = tmp_path / "imagenet.db"
    train_tar(path, {wnid: list(range(30)) for wnid in wnids})
    began = time.monotonic()
    assert start(catalogue, path).wait() == 0
    took = time.monotonic() - began
    old = contents(catalogue)
    train_tar(path, {wnid: list(range(10, 45)) for wnid in wnids})
    draw = random.Random(7)
    for _ in range(2):
        process = start(catalogue, path)
        time.sleep(took * draw.uniform(0.5, 1.0))
        process.kill()
        process.wait()
        with sqlite3.connect(catalogue) as plain:
            assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        now = contents(catalogue)
        assert now == old or len(now) == 1400
    assert start(catalogue, path).wait() == 0
    assert len(contents(catalogue)) == 1400
    check_consistent(catalogue)


class _Interrupts(Silent):
    """Presses Ctrl-C after so many steps; remembers them all."""

    def __init__(self, after: int | None = None) -> None:
        self.steps: list[int] = []
        self._after = after

    def advance(self, n: int) -> None:
        self.steps.append(n)
        if self._after is not None and len(self.steps) > self._after:
            raise KeyboardInterrupt


def test_an_interrupted_run_goes_on_where_it_stood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "_COMMIT_S", 0.0)
    wnids = class_list("ilsvrc2012").wnids[:50]
    path = train_tar(tmp_path / "train.tar", {wnid: list(range(20)) for wnid in wnids})
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        first = _Interrupts(after=20)
        with pytest.raises(KeyboardInterrupt):
            catalogue.index(path, progress=first)
        (archive,) = catalogue.archives()
        assert archive.is_loading
        assert 0 < catalogue.images().count() < 1000
        second = _Interrupts()
        (report,) = catalogue.index(path, progress=second).archives
        assert report.outcome == "resumed"
        assert (report.images, report.classes, report.splits) == (1000, 50, ["train"])
        # It began where the first run had committed, 20 classes in, and walked the rest alone.
        assert second.steps[0] > path.stat().st_size // 3
        assert len(second.steps) <= 31
        assert catalogue.images().count() == 1000


@pytest.mark.usefixtures("_only_in_a_file")
def test_a_full_disk_is_one_sentence_and_leaves_the_catalogue_whole(tmp_path: Path) -> None:
    path = train_tar(tmp_path / "train.tar", {TENCH: list(range(3000))})
    more = tmp_path / "more.tar"
    more.write_bytes(flat_tar({f"n01443537/n01443537_{n}.JPEG": b"" for n in range(10_000)}))
    catalogue = tmp_path / "imagenet.db"
    with imnet_data.open(catalogue, create=True) as opened:
        opened.index(path)
        before = len(contents(catalogue))
        # SQLite's own limit on pages gives the error that a full disk gives.
        from sqlalchemy import event

        def limit(connection: object, _: object) -> None:
            connection.execute("PRAGMA max_page_count = 110")  # type: ignore[attr-defined]

        opened._storage.engine.dispose()
        event.listen(opened._storage.engine, "connect", limit)
        with pytest.raises(imnet_data.ImnetDataError, match="full"):
            opened.index(more)
    with imnet_data.open(catalogue) as opened:
        assert opened.images().count() == before
        assert opened.index(more).well
        assert opened.images().count() == before + 10_000
