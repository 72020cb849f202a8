"""hf:// addresses: listing, parts, gates and tokens, over huggingface_hub itself."""

from __future__ import annotations

import hashlib
import random
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import (
    AddressRefused,
    GatedDataset,
    LoginNeeded,
    SourceFailed,
    UnknownPublished,
)
from imnet_data.fetching.download import Download, Downloaded
from imnet_data.fetching.http import HttpTransport
from imnet_data.fetching.hubs import HubDataset, hub_remotes
from imnet_data.fetching.transport import Patience
from tests.fault_server import reset_after, status
from tests.hub_server import COMMIT, NAME, HubServer, hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.fetching.remote import Remote

pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")

URL = f"hf://{NAME}"
TOKEN = "hf_" + "s3cret"
TRAIN = random.Random(0).randbytes(300_000)
FILES = {
    ".gitattributes": b"*.parquet filter=lfs",
    "README.md": b"# Tiny",
    "data/train-00000-of-00002.parquet": TRAIN,
    "data/train-00001-of-00002.parquet": TRAIN[:200_000],
    "data/validation-00000-of-00001.parquet": TRAIN[:100_000],
    "data/test-00000-of-00001.parquet": b"small, and so kept in git",
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with hub(FILES) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        # Not the token of whoever runs the tests.
        monkeypatch.delenv("HF_TOKEN", raising=False)
        monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", "/nowhere/token")
        yield server


def test_the_archives_come_with_their_sizes_and_the_checksums_of_lfs(server: HubServer) -> None:
    remotes = hub_remotes(URL)
    assert [one.name.removeprefix("imagenet-tiny/data/") for one in remotes] == [
        "test-00000-of-00001.parquet",
        "train-00000-of-00002.parquet",
        "train-00001-of-00002.parquet",
        "validation-00000-of-00001.parquet",
    ]
    small, train = remotes[0], remotes[1]
    assert (train.size, train.sha256) == (len(TRAIN), hashlib.sha256(TRAIN).hexdigest())
    assert (small.size, small.sha256) == (25, None)


def test_every_address_names_the_commit_so_that_a_set_is_of_one_piece(server: HubServer) -> None:
    assert all(f"/resolve/{COMMIT}/" in one.url for one in hub_remotes(f"{URL}@main"))


@pytest.mark.parametrize(
    ("part", "files"),
    [("train", 2), ("validation", 1), ("val", 1), ("test", 1), ("Training", 2), (None, 4)],
)
def test_a_part_is_chosen_by_the_files_names(
    server: HubServer, part: str | None, files: int
) -> None:
    assert len(hub_remotes(URL, part)) == files


def test_a_part_that_no_file_belongs_to_is_refused_with_those_there_are(server: HubServer) -> None:
    with pytest.raises(UnknownPublished, match="there are test, train, val") as refused:
        hub_remotes(URL, "px160")
    assert refused.value.known == ("test", "train", "val")


def test_a_path_or_a_pattern_in_the_address_chooses_files(server: HubServer) -> None:
    assert [one.name for one in hub_remotes(f"{URL}/README.md")] == ["imagenet-tiny/README.md"]
    assert len(hub_remotes(f"{URL}/data/train-*")) == 2
    assert len(hub_remotes(f"{URL}/data")) == 4
    with pytest.raises(SourceFailed, match=r"nothing that fits data/train\.tar"):
        hub_remotes(f"{URL}/data/train.tar")


def test_checksums_that_the_listing_hides_are_asked_for_file_by_file(server: HubServer) -> None:
    server.hides_lfs = True
    sums = [one.sha256 for one in hub_remotes(URL, "train")]
    assert sums == [hashlib.sha256(TRAIN[:n]).hexdigest() for n in (300_000, 200_000)]


def test_a_gated_dataset_says_where_to_accept_its_terms_and_what_to_set(server: HubServer) -> None:
    server.gated = True
    with pytest.raises(GatedDataset) as refused:
        hub_remotes(URL)
    assert refused.value.page == f"{server.endpoint}/datasets/{NAME}"
    assert refused.value.page in str(refused.value)
    assert "HF_TOKEN" in str(refused.value)
    assert not refused.value.given


def test_a_token_of_somebody_who_accepted_nothing_is_told_apart_and_not_shown(
    server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.gated = True
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with pytest.raises(GatedDataset) as refused:
        hub_remotes(URL)
    assert refused.value.given
    assert TOKEN not in str(refused.value)


def test_a_token_opens_a_gated_dataset_and_is_bound_to_the_hub(
    server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.gated, server.tokens = True, {TOKEN}
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    (remote,) = hub_remotes(URL, "val")
    assert remote.credentials is not None
    assert remote.credentials.headers(remote.url) == {"Authorization": f"Bearer {TOKEN}"}
    assert remote.credentials.headers(server.link("data/test-00000-of-00001.parquet")) == {}
    assert TOKEN not in repr(remote) + repr(remote.credentials)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("hf://someone/else", "no such dataset, or it is private"),
        (f"{URL}@v9", "no revision v9"),
    ],
)
def test_what_the_hub_does_not_have_is_said(server: HubServer, url: str, says: str) -> None:
    with pytest.raises(SourceFailed, match=says):
        hub_remotes(url)


@pytest.mark.parametrize("url", ["hf://imagenet", f"{URL}@", "hf://a/b/c?d=e#f\n"])
def test_an_address_that_is_none_is_refused_with_how_one_is_written(url: str) -> None:
    with pytest.raises(AddressRefused, match="hf://OWNER/NAME"):
        HubDataset.of(url)


def test_a_hub_that_does_not_answer_is_said(
    server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(SourceFailed, match=f"{URL} cannot be fetched"):
        hub_remotes(URL)


@pytest.mark.parametrize(
    ("url", "dataset"),
    [
        ("hf://timm/imagenet-1k-wds", HubDataset("timm/imagenet-1k-wds")),
        ("hf://datasets/timm/imagenet-1k-wds", HubDataset("timm/imagenet-1k-wds")),
        ("hf://a/b@script/data/x.tar.gz", HubDataset("a/b", "script", "data/x.tar.gz")),
        ("hf://a/b@refs/convert/parquet/train", HubDataset("a/b", "refs/convert/parquet", "train")),
        ("hf://a/b/", HubDataset("a/b")),
    ],
)  # fmt: skip
def test_an_address_holds_owner_name_revision_and_path(url: str, dataset: HubDataset) -> None:
    assert HubDataset.of(url) == dataset


def test_a_token_that_is_no_longer_valid_is_said_and_not_shown(
    server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.revoked = {TOKEN}
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with pytest.raises(LoginNeeded, match="did not take the login") as refused:
        hub_remotes(URL)
    assert TOKEN not in str(refused.value)


# -- the downloads


def download(remote: Remote, folder: Path, transport: HttpTransport) -> Downloaded:
    return Download(remote, str(folder / remote.name), transport, connections=4).run()


def test_a_gated_set_comes_whole_and_the_token_goes_to_the_hub_alone(
    server: HubServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.gated, server.tokens = True, {TOKEN}
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with closing(HttpTransport()) as transport:
        for remote in hub_remotes(URL, "train"):
            done = download(remote, tmp_path, transport)
            assert done.sha256 == remote.sha256
    for name in ("data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"):
        assert (tmp_path / "imagenet-tiny" / name).read_bytes() == FILES[name]
    assert {token for _, _, token in server.seen} == {f"Bearer {TOKEN}"}
    assert server.store.requests
    assert not any("Authorization" in one.headers for one in server.store.requests)


def test_a_link_of_the_store_that_expires_is_asked_for_anew(
    server: HubServer, tmp_path: Path
) -> None:
    server.link_uses = 2  # one for the probe, one for a range
    server.store.faults.append(reset_after(50_000, times=5))
    (remote,) = hub_remotes(URL, "val")
    with closing(HttpTransport(Patience(first_s=0.01))) as transport:
        assert download(remote, tmp_path, transport).sha256 == remote.sha256
    assert sum(method == "GET" and "/resolve/" in path for method, path, _ in server.seen) > 1


def test_a_set_goes_on_with_the_file_where_it_stood(server: HubServer, tmp_path: Path) -> None:
    first, second = hub_remotes(URL, "train")
    with closing(HttpTransport(Patience(tries=2, first_s=0.01))) as transport:
        assert not download(first, tmp_path, transport).was_there
        server.store.faults.append(status(500, times=None))
        with pytest.raises(SourceFailed):
            download(second, tmp_path, transport)
    server.store.faults.pop()
    with closing(HttpTransport()) as transport:
        again = [download(one, tmp_path, transport) for one in hub_remotes(URL, "train")]
    assert [one.was_there for one in again] == [True, False]
    assert [one.fetched_bytes for one in again] == [0, second.size]
