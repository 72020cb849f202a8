"""Shards that go to a URL: put whole, gone on with from anywhere, refused in words."""

from __future__ import annotations

import pickle
import shutil
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import (
    FolderInUse,
    LoginNeeded,
    ShardNotWritten,
    ShardOptionError,
    ShardsDiffer,
)
from imnet_data.sharding import set_writer as writing
from imnet_data.sharding.check import check_shards
from imnet_data.sharding.options import ShardOptions
from imnet_data.sharding.write import write_shards
from imnet_data.work.run import outcomes
from tests.imnet_data.sharding.made import CLASSES, images, packed, write, written
from tests.s3_server import S3Server, s3

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from imnet_data.sharding.entry import Entry
    from imnet_data.sharding.report import ShardReport

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
URL = "s3://bucket/sets/made"


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    return packed(tmp_path / "a.tar", images())


@pytest.fixture(autouse=True)
def staged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where sets are staged: a machine's folder for temporary files."""
    folder = tmp_path / "staged"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    """One for all tests here: a client takes a second to begin with another."""
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    with s3("bucket", {}) as server:
        yield server


@pytest.fixture
def store(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """The server, with nothing in it and a key where botocore looks for one."""
    for name, value in {**server.environment, "HOME": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    forget(server)
    server.takes = 1 << 30
    return server


def put(url: str, entries: list[Entry], *, workers: int = 1, **options: Any) -> ShardReport:
    asked = ShardOptions(**{"shard_size_bytes": 30_000, **options})
    return write_shards(
        {"train": entries}, url, classes=CLASSES, options=asked, about={"name": "made"},
        workers=workers,
    )  # fmt: skip


def below(server: S3Server) -> dict[str, bytes]:
    prefix = URL.removeprefix("s3://bucket/") + "/"
    return {key.removeprefix(prefix): data for key, data in server.objects.items()}


def test_s3_gets_the_same_files_as_a_folder_and_the_manifest_last(
    tmp_path: Path, store: S3Server, entries: list[Entry], staged: Path
) -> None:
    write(tmp_path / "out", entries)
    report = put(URL, entries)
    assert report.folder == URL
    assert below(store) == written(tmp_path / "out")
    assert store.puts[-1].endswith("/manifest.json")
    first = next(at for at, key in enumerate(store.puts) if key.endswith("000000.tar"))
    assert store.puts[first + 2].endswith(".unfinished/train-000000.tar.json")
    assert not list(staged.iterdir())
    again = put(URL, entries)
    assert (again.written, again.kept) == (0, report.written)


def test_a_run_that_was_stopped_is_gone_on_with_from_another_machine(
    store: S3Server, entries: list[Entry], staged: Path
) -> None:
    put(URL, entries)
    whole = below(store)
    forget(store)
    store.takes = 9  # the claim, what was begun, two shards with index and record, a third without
    with pytest.raises(ShardNotWritten, match=r"train-000002\.idx cannot be written: .*QuotaExc"):
        put(URL, entries)
    assert not {"manifest.json", ".unfinished/train-000002.tar.json"} & below(store).keys()
    for one in staged.iterdir():
        shutil.rmtree(one)
    store.takes = 1 << 30
    assert put(URL, entries).kept == 2
    assert below(store) == whole


def forget(store: S3Server) -> None:
    store.objects.clear()
    store.puts.clear()


def test_a_shard_that_was_replaced_in_the_store_is_put_again(
    store: S3Server, entries: list[Entry]
) -> None:
    put(URL, entries)
    whole = below(store)
    forget(store)
    store.takes = 9
    with pytest.raises(ShardNotWritten):
        put(URL, entries)
    # Of the same size: the store's own version alone tells.
    key = "sets/made/train-000000.tar"
    store.objects[key] = store.objects[key][::-1]
    store.takes = 1 << 30
    assert put(URL, entries).kept == 1
    assert below(store) == whole
    store.objects.pop(key)
    assert put(URL, entries).written == 1
    assert below(store) == whole


def test_a_unit_says_all_that_another_process_needs_to_put_a_shard(
    store: S3Server, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(URL, entries)
    whole = below(store)
    forget(store)

    # Not in a process: those that other tests began know nothing of this one's keys.
    def sent(units: Iterable[Any], **how: Any) -> Any:
        return outcomes((pickle.loads(pickle.dumps(unit)) for unit in units), **how)

    monkeypatch.setattr(writing, "outcomes", sent)
    put(URL, entries)
    assert below(store) == whole


def test_a_store_without_a_key_that_it_takes_asks_for_one(
    store: S3Server, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOTHER")
    with pytest.raises(LoginNeeded, match="s3://bucket did not take the login"):
        put(URL, entries)


def test_a_bucket_that_is_not_there_is_named(store: S3Server, entries: list[Entry]) -> None:
    with pytest.raises(ShardNotWritten, match="there is no bucket bukcet"):
        put("s3://bukcet/made", entries)


def test_another_set_or_other_files_at_the_url_are_refused(
    entries: list[Entry], staged: Path
) -> None:
    memory = fsspec.filesystem("memory")
    try:
        put("memory://bucket/made", entries)
        with pytest.raises(ShardsDiffer, match=r"^memory://bucket/made has .*seed is 0 there"):
            put("memory://bucket/made", entries, seed=1)
        memory.pipe_file("/bucket/other/thesis.txt", b"mine")
        with pytest.raises(FolderInUse, match=r"memory://bucket/other .*thesis\.txt"):
            put("memory://bucket/other", entries)
        assert not list(staged.iterdir())
    finally:
        memory.rm("/bucket", recursive=True)


def test_a_file_url_is_a_folder(tmp_path: Path, entries: list[Entry]) -> None:
    put(f"file://{tmp_path}/out", entries)
    assert check_shards(tmp_path / "out").well


@pytest.mark.parametrize(
    ("url", "form", "told"),
    [
        ("floppy://a/b", "webdataset", "no kind of store is called floppy://"),
        ("memory://a/b", "folder", "a folder is written to a folder of this machine"),
    ],
)
def test_a_url_that_cannot_be_written_to_is_said(
    entries: list[Entry], url: str, form: str, told: str
) -> None:
    with pytest.raises(ShardOptionError, match=told):
        write_shards({"train": entries}, url, classes=CLASSES, options=ShardOptions(form))


@pytest.mark.parametrize("form", ["webdataset", "parquet", "folder", "tar"])
def test_shards_of_an_archive_in_a_store_have_the_same_bytes(
    tmp_path: Path, entries: list[Entry], form: str
) -> None:
    memory = fsspec.filesystem("memory")
    try:
        memory.pipe_file("/bucket/a.tar", (tmp_path / "a.tar").read_bytes())
        there = "memory://bucket/a.tar"
        far = [replace(one, place=replace(one.place, path=there)) for one in entries]
        for name, some in (("near", entries), ("far", far)):
            # Without digests the kernel copies what lies near.
            cut: dict[str, Any] = (
                {} if form in ("webdataset", "parquet") else {"shard_size_bytes": None}
            )
            write(tmp_path / name, some, format=form, digest=False, **cut)
        found = [{path.relative_to(tmp_path / name): path.read_bytes()
                  for path in (tmp_path / name).rglob("*") if path.is_file()}
                 for name in ("near", "far")]  # fmt: skip
        assert found[0] == found[1]
    finally:
        memory.rm("/bucket", recursive=True)
