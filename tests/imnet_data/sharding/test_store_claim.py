"""Two writers of one set in a store: one at a time, and who is gone is followed by another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.errors import FolderInUse, ShardsTaken
from imnet_data.files import store
from imnet_data.sharding.options import ShardOptions
from imnet_data.sharding.store import Store
from imnet_data.sharding.store_claim import Holder, StoreClaim
from imnet_data.sharding.write import write_shards
from tests.imnet_data.sharding.made import CLASSES, images, packed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.sharding.entry import Entry

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
URL = "memory://claims/set"
CLAIM = f"{URL}/.unfinished/claim"


@pytest.fixture(autouse=True)
def _memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield
    memory = fsspec.filesystem("memory")
    if memory.exists("/claims"):
        memory.rm("/claims", recursive=True)


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    return packed(tmp_path / "a.tar", images())


def written(entries: list[Entry], told: list[str] | None = None) -> int:
    class Told:
        def begin(self, *_: object) -> None: ...
        def advance(self, *_: object) -> None: ...
        def end(self) -> None: ...
        def notice(self, sentence: str) -> None:
            if told is not None:
                told.append(sentence)

    options = ShardOptions(shard_size_bytes=30_000)
    return write_shards(
        {"train": entries}, URL, classes=CLASSES, options=options, progress=Told()
    ).written


def held(**otherwise: Any) -> None:
    """A claim of somebody else's."""
    now = time.time()
    said = {
        "user": "alice", "host": "node7", "space": "pid:[1]", "process": 123, "began": now - 900,
        "renewed": now - 190, "token": "theirs",
    }  # fmt: skip
    store.put_bytes(CLAIM, json.dumps({**said, **otherwise}).encode())


def test_a_set_that_another_machine_writes_is_left_alone(entries: list[Entry]) -> None:
    held()
    with pytest.raises(ShardsTaken, match=r"alice on node7 \(process 123\) since .*, last heard o"):
        written(entries)
    assert [one.name for one in store.listing(URL)] == [".unfinished/claim"]


def test_of_one_that_is_gone_the_set_is_taken_over_and_that_is_said(entries: list[Entry]) -> None:
    held(renewed=time.time() - 3600)
    told: list[str] = []
    assert written(entries, told) > 1
    (sentence,) = told
    assert sentence.startswith(f"{URL} was being written by alice on node7, process 123, which is")
    assert not store.exists(CLAIM)


def test_a_process_of_this_machine_that_was_killed_need_not_be_waited_for(
    entries: list[Entry],
) -> None:
    """Its claim is fresh, and its number is no process's any more."""
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    space = os.readlink("/proc/self/ns/pid")
    held(host=os.uname().nodename, space=space, process=killed.pid, renewed=time.time())
    assert written(entries) > 1


@pytest.mark.parametrize("said", [b"", b"[]", b'{"user": 1}'])
def test_a_claim_that_does_not_read_holds_nobody_up(entries: list[Entry], said: bytes) -> None:
    store.put_bytes(CLAIM, said)
    assert written(entries) > 1


def test_who_was_taken_for_gone_writes_no_further(tmp_path: Path) -> None:
    target = Store(URL)
    os.makedirs(os.path.join(target.folder, ".unfinished"))
    target.begin()
    held(renewed=time.time())
    (tmp_path / os.path.basename(target.folder) / "classes.txt").write_text("dog\n")
    target._claim.renew()  # as its thread does every minute
    with pytest.raises(ShardsTaken):
        target.send("classes.txt")
    target.leave()
    assert store.exists(CLAIM)  # the other's


def test_a_claim_is_renewed_while_it_is_held() -> None:
    claim = StoreClaim(CLAIM, URL)
    assert claim.take() is None
    before = Holder(**json.loads(store.read(CLAIM)))
    claim.renew()
    after = Holder(**json.loads(store.read(CLAIM)))
    assert after.renewed > before.renewed
    assert (after.token, after.began, claim.lost) == (before.token, before.began, False)
    claim.release()
    assert not store.exists(CLAIM)


def test_what_came_there_since_the_set_was_begun_is_not_written_over(
    entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Store.begin

    def then_another(target: Store) -> None:
        begin(target)
        store.put_bytes(f"{URL}/train-000000.tar", b"theirs")

    monkeypatch.setattr(Store, "begin", then_another)
    with pytest.raises(FolderInUse, match=r"such as train-000000\.tar"):
        written(entries)
    assert store.read(f"{URL}/train-000000.tar") == b"theirs"
