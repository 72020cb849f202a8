"""Object stores: listing and reading by ranges, over fsspec's own file systems and s3fs."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import (
    AddressRefused,
    LoginNeeded,
    RemoteChanged,
    SourceFailed,
    UnknownPublished,
)
from imnet_data.fetching.download import Download
from imnet_data.fetching.object_stores import FsspecTransport, object_remotes
from imnet_data.fetching.remote import Remote
from imnet_data.fetching.transport import Patience, read_range
from tests.s3_server import S3Server, s3

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")

DATA = random.Random(0).randbytes(3_000_000)
FILES = {
    "imagenet/README.md": b"what this is",
    "imagenet/train-0000.tar": DATA,
    "imagenet/train-0001.tar": DATA[:10_000],
    "imagenet/val/0000.tar": DATA[:20_000],
}


@pytest.fixture
def bucket() -> Iterator[str]:
    """A store in memory with a miniature set; fsspec's own."""
    memory = fsspec.filesystem("memory")
    for name, data in FILES.items():
        memory.pipe_file(f"/bucket/{name}", data)
    yield "memory://bucket"
    memory.rm("/bucket", recursive=True)


def names(remotes: list[Remote]) -> list[str]:
    return [one.name for one in remotes]


def test_an_object_is_called_by_its_last_name_and_has_its_size(bucket: str) -> None:
    (remote,) = object_remotes(f"{bucket}/imagenet/train-0000.tar")
    assert (remote.name, remote.size) == ("train-0000.tar", len(DATA))


def test_below_a_folder_the_archives_are_taken_and_keep_their_places(bucket: str) -> None:
    remotes = object_remotes(f"{bucket}/imagenet/")
    assert names(remotes) == [
        "imagenet/train-0000.tar",
        "imagenet/train-0001.tar",
        "imagenet/val/0000.tar",
    ]
    assert FsspecTransport().probe(remotes[2]).size == 20_000
    assert names(object_remotes(f"{bucket}/imagenet/", "validation")) == ["imagenet/val/0000.tar"]


def test_a_pattern_takes_what_it_fits(bucket: str) -> None:
    assert names(object_remotes(f"{bucket}/imagenet/train-*.tar")) == [
        "imagenet/train-0000.tar",
        "imagenet/train-0001.tar",
    ]
    assert names(object_remotes(f"{bucket}/imagenet/*.md")) == ["imagenet/README.md"]


@pytest.mark.parametrize(
    ("path", "part", "error"),
    [
        ("imagenet/none.tar", None, SourceFailed),
        ("nothing/", None, SourceFailed),
        ("imagenet/*.zip", None, SourceFailed),
        ("imagenet/", "px160", UnknownPublished),
    ],
)
def test_what_is_not_there_is_said(
    bucket: str, path: str, part: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        object_remotes(f"{bucket}/{path}", part)


def test_a_kind_of_store_that_fsspec_does_not_know_is_said() -> None:
    with pytest.raises(AddressRefused, match="no kind of store is called floppy://"):
        object_remotes("floppy://a/train.tar")


@pytest.mark.parametrize(("start", "stop"), [(0, 3_000_000), (1, 2), (999_999, 2_500_001), (7, 7)])
def test_a_range_comes_exactly(bucket: str, start: int, stop: int) -> None:
    transport = FsspecTransport()
    (remote,) = object_remotes(f"{bucket}/imagenet/train-0000.tar")
    probe = transport.probe(remote)
    assert (probe.size, probe.ranges) == (len(DATA), True)
    assert read_range(transport, remote, probe, start, stop) == DATA[start:stop]


def test_pieces_are_no_larger_than_what_may_be_lost(bucket: str) -> None:
    transport = FsspecTransport()
    (remote,) = object_remotes(f"{bucket}/imagenet/train-0000.tar")
    pieces = list(transport.stream(remote, transport.probe(remote), 0, len(DATA)))
    assert max(map(len, pieces)) <= 1 << 20


def test_an_object_that_was_replaced_meanwhile_is_told_from_the_one_that_was_begun(
    bucket: str,
) -> None:
    transport = FsspecTransport()
    (remote,) = object_remotes(f"{bucket}/imagenet/train-0000.tar")
    probe = transport.probe(remote)
    fsspec.filesystem("memory").pipe_file("/bucket/imagenet/train-0000.tar", DATA[::-1])
    with pytest.raises(RemoteChanged, match="etag"):
        read_range(transport, remote, probe, 0, 100)


def test_an_object_that_is_gone_is_not_asked_for_again_and_again(bucket: str) -> None:
    transport = FsspecTransport(Patience(first_s=60))  # which a second try would take
    (remote,) = object_remotes(f"{bucket}/imagenet/train-0000.tar")
    probe = transport.probe(remote)
    fsspec.filesystem("memory").rm("/bucket/imagenet/train-0000.tar")
    with pytest.raises(SourceFailed, match="nothing of that name"):
        read_range(transport, remote, probe, 0, 100)


def test_what_broke_is_tried_again_and_counted(bucket: str) -> None:
    class Flaky(fsspec.get_filesystem_class("memory")):  # type: ignore[misc]
        protocol = "flaky"
        failures = 2

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            stripped: str = super()._strip_protocol(path.removeprefix("flaky://"))
            return stripped

        def cat_file(self, *args: object, **options: object) -> bytes:
            if Flaky.failures:
                Flaky.failures -= 1
                raise ConnectionResetError("reset by peer")
            data: bytes = super().cat_file(*args, **options)
            return data

    fsspec.register_implementation("flaky", Flaky, clobber=True)
    transport = FsspecTransport(Patience(tries=3, first_s=0.01))
    remote = Remote("flaky://bucket/imagenet/train-0000.tar", "train-0000.tar")
    probe = transport.probe(remote)
    assert read_range(transport, remote, probe, 0, 100) == DATA[:100]
    assert transport.retries == 2
    Flaky.failures = 3
    with pytest.raises(SourceFailed, match="reset by peer, 3 times in a row"):
        read_range(transport, remote, probe, 0, 100)


# -- S3, by s3fs


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    """One for all tests here: a client takes a second to begin with another."""
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    with s3("bucket", {}) as server:
        yield server


@pytest.fixture
def store(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """A bucket with a miniature set, and its key where botocore looks for one."""
    # Not the keys of whoever runs the tests.
    for name, value in {**server.environment, "HOME": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    server.objects = dict(FILES)
    server.failures = 0
    return server


def test_s3_is_listed_and_read_by_ranges(store: S3Server) -> None:
    transport = FsspecTransport()
    remote = object_remotes("s3://bucket/imagenet/", "train")[0]
    assert (remote.url, remote.size) == ("s3://bucket/imagenet/train-0000.tar", len(DATA))
    probe = transport.probe(remote)
    assert probe.etag
    assert read_range(transport, remote, probe, 5, 2_000_000) == DATA[5:2_000_000]


def test_a_set_in_s3_comes_whole_over_several_connections(store: S3Server, tmp_path: Path) -> None:
    with closing(FsspecTransport()) as transport:
        for remote in object_remotes("s3://bucket/imagenet/"):
            target = tmp_path / remote.name
            done = Download(remote, str(target), transport, connections=4).run()
            assert done.whole
            assert target.read_bytes() == FILES[remote.name]


def test_an_s3_object_that_was_replaced_is_known_by_its_etag(store: S3Server) -> None:
    transport = FsspecTransport()
    (remote,) = object_remotes("s3://bucket/imagenet/train-0000.tar")
    probe = transport.probe(remote)
    store.objects["imagenet/train-0000.tar"] = DATA[::-1]
    with pytest.raises(RemoteChanged, match="etag"):
        read_range(transport, remote, probe, 0, 100)


def test_a_request_to_s3_that_broke_is_made_again(store: S3Server) -> None:
    transport = FsspecTransport(Patience(first_s=0.01))
    (remote,) = object_remotes("s3://bucket/imagenet/train-0000.tar")
    probe = transport.probe(remote)
    store.failures = 3
    assert read_range(transport, remote, probe, 0, 2_000_000) == DATA[:2_000_000]


@pytest.mark.parametrize(
    ("key", "says"), [(None, "wants a login"), ("AKIDOTHER", "did not take the login")]
)
def test_s3_without_a_key_that_it_takes_asks_for_one(
    store: S3Server, monkeypatch: pytest.MonkeyPatch, key: str | None, says: str
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    if key is not None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    with pytest.raises(LoginNeeded, match=f"s3://bucket {says}"):
        object_remotes("s3://bucket/imagenet/train-0000.tar")
