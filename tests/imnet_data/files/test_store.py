"""Objects in a store: looked at, listed, put and read by ranges, with S3 over loopback."""

from __future__ import annotations

import multiprocessing
import os
import threading
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import (
    ImnetDataError,
    LoginNeeded,
    ObjectChanged,
    ObjectMissing,
    ObjectThere,
    StoreFailed,
    StoreRefused,
)
from imnet_data.files import store
from imnet_data.files.address import absolute, base_name, is_url, join
from imnet_data.files.opened import open_file, read_whole
from imnet_data.files.reads import FsspecReads, reads_of
from imnet_data.files.s3_reads import S3Reads
from imnet_data.files.status import exists, status
from imnet_data.files.tries import Tries
from tests.s3_server import S3Server, s3

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
DATA = bytes(range(256)) * 40
URL = "s3://bucket/folder/a.tar"


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    """One for all tests here: a client takes a second to begin with another."""
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    with s3("bucket", {}) as server:
        yield server


@pytest.fixture
def bucket(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    for name, value in {**server.environment, "HOME": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    server.objects = {"folder/a.tar": DATA, "folder/below/b.tar": b"b"}
    server.failures = 0
    return server


@pytest.fixture
def memory() -> Iterator[str]:
    fsspec.filesystem("memory").pipe_file("/bucket/set/first", b"")
    yield "memory://bucket/set"
    fsspec.filesystem("memory").rm("/bucket", recursive=True)


@pytest.mark.parametrize(
    ("path", "is_one", "whole"),
    [
        ("s3a://bucket/set/", True, "s3://bucket/set"),
        ("/data/a.tar", False, "/data/a.tar"),
        ("file:///data/a%20b.tar", False, "/data/a b.tar"),
        ("./a://b", False, f"{os.getcwd()}/a:/b"),
    ],
)
def test_an_address_is_a_path_or_a_url(path: str, is_one: bool, whole: str) -> None:
    assert (is_url(path), absolute(path)) == (is_one, whole)


def test_a_file_here_and_an_object_are_asked_and_read_alike(
    bucket: S3Server, tmp_path: Path
) -> None:
    here = join(tmp_path, "a.tar")
    (tmp_path / "a.tar").write_bytes(DATA)
    wanted = [(0, 1), (255, 3), (len(DATA) - 2, 9), (len(DATA) + 5, 9)]
    for path in (here, URL):
        assert (base_name(path), exists(path), status(path).size) == ("a.tar", True, len(DATA))
        file = open_file(path)
        assert (file.fd is None, file.size) == (is_url(path), len(DATA))
        assert file.version == status(path).version
        assert file.read_ranges(wanted) == [DATA[at : at + size] for at, size in wanted]
        file.close()
        file.close()
        assert read_whole(path) == DATA
        with pytest.raises(FileNotFoundError):
            status(f"{path}.none")
        assert not exists(f"{path}.none")


def test_s3_is_read_by_obstore_but_for_keys_that_it_takes_for_others(bucket: S3Server) -> None:
    assert isinstance(reads_of(URL), S3Reads)
    assert isinstance(reads_of("s3://bucket/odd//name"), FsspecReads)
    for key in ("odd//name", "a::b", "é [x]*?%20#.tar"):
        store.put_bytes(f"s3://bucket/{key}", b"odd")
        assert bucket.objects[key] == b"odd"
        assert read_whole(f"s3://bucket/{key}") == b"odd"


def test_an_object_that_was_replaced_is_not_read_as_the_one_that_was_opened(
    bucket: S3Server,
) -> None:
    file = open_file(URL)
    bucket.objects["folder/a.tar"] = DATA[::-1]
    with pytest.raises(ObjectChanged, match="was replaced while it was read"):
        file.read_at(10, 0)


def test_what_breaks_is_asked_for_again(bucket: S3Server) -> None:
    file = open_file(URL)
    bucket.failures = 2
    assert file.read_at(10, 0) == DATA[:10]


def test_patience_ends_soon_with_who_never_answered_and_late_with_who_did() -> None:
    waits: list[float] = []

    def failing() -> None:
        raise StoreFailed(URL, "it does not answer", passing=True)

    url = "s3://a-bucket-of-its-own/a.tar"
    tries = Tries(url, waits.append)
    with pytest.raises(StoreFailed, match="it does not answer, 5 times in a row"):
        tries.of(failing)
    assert sum(waits) < 2
    assert tries.of(lambda: 1) == 1
    waits.clear()
    with pytest.raises(StoreFailed, match="11 times in a row"):
        Tries(url, waits.append).of(failing)  # whoever asks: the store has answered
    assert sum(waits) > 15


def _child(url: str, told: multiprocessing.SimpleQueue[bytes]) -> None:
    told.put(read_whole(url))


# From 3.12 on Python warns of what this test is about.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_reads_what_its_parent_has_read(bucket: S3Server) -> None:
    assert read_whole(URL) == DATA  # obstore's threads run here, and not in the child
    context = multiprocessing.get_context("fork")
    told: multiprocessing.SimpleQueue[bytes] = context.SimpleQueue()
    child = context.Process(target=_child, args=(URL, told))
    child.start()
    child.join(20)
    assert child.exitcode == 0
    assert told.get() == DATA


def test_a_listing_has_sizes_versions_and_names_below(bucket: S3Server) -> None:
    found = store.listing("s3://bucket/folder/")
    assert [(one.name, one.size) for one in found] == [("a.tar", len(DATA)), ("below/b.tar", 1)]
    assert found[0].url == URL
    assert found[0].version == status(URL).version
    assert [one.name for one in store.listing("s3://bucket/folder", "*/b*")] == ["below/b.tar"]
    assert store.names("s3://bucket/folder") == ["a.tar", "below"]
    assert not store.listing("s3://bucket/none")
    assert not store.names("s3://bucket/none")


@pytest.mark.parametrize("where", ["s3://bucket/new", "memory://bucket/set/new"])
def test_what_is_to_be_new_is_put_where_nothing_is_or_the_same(
    bucket: S3Server, memory: str, tmp_path: Path, where: str
) -> None:
    (tmp_path / "other").write_bytes(b"other")
    put = store.put_bytes(where, b"mine", new_only=True)
    # As after an answer that was lost.
    assert store.put_bytes(where, b"mine", new_only=True) == put
    with pytest.raises(ObjectThere, match="is there already"):
        store.put_bytes(where, b"theirs", new_only=True)
    with pytest.raises(ObjectThere):
        store.put_file(where, str(tmp_path / "other"), new_only=True)
    assert store.read(where) == b"mine"
    assert store.put_file(where, str(tmp_path / "other")).size == 5
    store.delete(where)
    store.delete(where)
    assert not exists(where)


def test_of_many_that_make_one_object_one_does(bucket: S3Server) -> None:
    won: list[int] = []

    def put(number: int) -> None:
        try:
            store.put_bytes("s3://bucket/claim", str(number).encode(), new_only=True)
            won.append(number)
        except ObjectThere:
            pass

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert store.read("s3://bucket/claim") == str(won[0]).encode()


@pytest.mark.parametrize(
    ("url", "error", "told"),
    [
        ("s3://bucket/none", ObjectMissing, "there is no s3://bucket/none"),
        ("s3://none/a", ObjectMissing, "there is no s3://none/a"),
        ("s3://bucket/a::b", ObjectMissing, "there is no s3://bucket/a::b"),
        ("floppy://a/b", StoreRefused, "no kind of store is called floppy://"),
        ("s3://", StoreRefused, "it names no bucket"),
    ],
)
def test_what_cannot_be_opened_is_said(
    bucket: S3Server, url: str, error: type[ImnetDataError], told: str
) -> None:
    with pytest.raises(error, match=told):
        open_file(url)


@pytest.mark.parametrize(
    ("key", "told"), [(None, "wants a login"), ("AKIDOTHER", "did not take the login")]
)
def test_keys_that_are_missing_or_refused_are_asked_for(
    bucket: S3Server, monkeypatch: pytest.MonkeyPatch, key: str | None, told: str
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    if key is not None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    for do in (status, store.names, store.delete_below):
        with pytest.raises(LoginNeeded, match=f"s3://bucket {told}"):
            do(URL)


def test_a_profile_has_keys_and_an_endpoint(
    bucket: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in bucket.environment:
        monkeypatch.delenv(name)
    (tmp_path / "config").write_text(
        f"[profile lab]\nregion = eu-west-1\nendpoint_url = {bucket.endpoint}\n"
        "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = s3cret\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "lab")
    assert isinstance(reads_of(URL), S3Reads)
    assert read_whole(URL) == DATA
    assert store.names("s3://bucket/folder") == ["a.tar", "below"]


def test_a_store_that_nobody_answers_for_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, bucket: S3Server
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(StoreFailed, match="it does not answer, 5 times in a row"):
        status(URL)
    with pytest.raises(StoreFailed, match="it does not answer, 5 times in a row"):
        store.put_bytes(URL, b"")
