"""The program over a real S3 server, Ceph's: conditions, parts, ranges, keys, and its main path."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.errors import LoginNeeded, ObjectChanged, ObjectThere, ShardsTaken
from imnet_data.files import store
from imnet_data.files.opened import open_file
from imnet_data.files.reads import reads_of
from imnet_data.files.s3_reads import S3Reads
from imnet_data.files.system import system_of
from imnet_data.sharding.store_claim import StoreClaim
from tests.cli.conftest import answer, run
from tests.radosgw_server import Radosgw, radosgw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.demo.build import Demo

pytest.importorskip("s3fs", reason="s3fs is not installed")
BUCKET = "s3://imagenet"
# Larger than one part.
LARGE = os.urandom(35 << 20)


@pytest.fixture(scope="module")
def server() -> Iterator[Radosgw]:
    with radosgw() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in {**server.environment, "HOME": "/nowhere"}.items():
            patch.setenv(name, value)
        system_of(f"{BUCKET}/x")[0].call_s3("create_bucket", Bucket="imagenet")
        yield server


@pytest.fixture(autouse=True)
def _reached(server: Radosgw, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {**server.environment, "HOME": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture(scope="module")
def raw(server: Radosgw, miniature: Demo) -> str:
    """The miniature ImageNet in the bucket."""
    for path in (miniature.train, miniature.val, miniature.test):
        store.put_file(f"{BUCKET}/raw/{path.name}", str(path))
    return f"{BUCKET}/raw"


def test_conditions_are_the_stores_own() -> None:
    url = f"{BUCKET}/conditions"
    first = store.put_bytes(url, b"mine", new_only=True)
    with pytest.raises(ObjectThere):
        store.put_bytes(url, b"theirs", new_only=True)
    file = open_file(url)
    assert file.version == first.version
    assert isinstance(reads_of(url), S3Reads)
    store.put_bytes(url, b"other")
    with pytest.raises(ObjectChanged):
        file.read_at(4, 0)


def test_a_large_file_comes_in_parts_and_none_is_left(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(LARGE)
    url = f"{BUCKET}/large/file"
    assert store.put_file(url, str(tmp_path / "large"), new_only=True).size == len(LARGE)
    assert store.put_file(url, str(tmp_path / "large"), new_only=True).size == len(LARGE)
    with (tmp_path / "large").open("r+b") as file:
        file.write(b"other")
    with pytest.raises(ObjectThere):
        store.put_file(url, str(tmp_path / "large"), new_only=True)
    far = open_file(url)
    wanted = [(at, 1000) for at in range(0, len(LARGE), 1 << 20)]
    assert far.read_ranges(wanted) == [LARGE[at : at + size] for at, size in wanted]
    system, _ = system_of(url)
    # As a process that was killed leaves it.
    begun = system.call_s3("create_multipart_upload", Bucket="imagenet", Key="large/killed")
    system.call_s3(
        "upload_part", Bucket="imagenet", Key="large/killed", UploadId=begun["UploadId"],
        PartNumber=1, Body=LARGE[: 5 << 20],
    )  # fmt: skip
    assert store.abandon_uploads(f"{BUCKET}/large") == 1
    assert store.abandon_uploads(f"{BUCKET}/large") == 0
    assert store.names(f"{BUCKET}/large") == ["file"]


def test_a_wrong_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    for do in (store.status, store.names, lambda url: store.put_bytes(url, b"")):
        with pytest.raises(LoginNeeded, match="did not take the login"):
            do(f"{BUCKET}/raw")


def test_a_claim_is_one_machines_until_it_is_gone() -> None:
    url = f"{BUCKET}/claimed/.unfinished/claim"
    held = StoreClaim(url, "the set")
    held.take()
    with pytest.raises(ShardsTaken, match="is being written by"):
        StoreClaim(url, "the set").take()
    # Nobody renewed it for years, on another machine.
    said = json.loads(store.read(url))
    store.put_bytes(url, json.dumps({**said, "renewed": 1, "host": "node7"}).encode())
    after = StoreClaim(url, "the set")
    assert after.take() is not None
    held.renew()
    assert held.lost
    after.release()
    held.release()
    assert not store.exists(url)


def test_archives_are_fetched_indexed_verified_sharded_and_made_tensors_of(
    raw: str, miniature: Demo, tmp_path: Path
) -> None:
    run("fetch", f"{raw}/ILSVRC2012_img_val.tar", "--to", "fetched", catalogue=None)
    assert (tmp_path / "fetched" / miniature.val.name).read_bytes() == miniature.val.read_bytes()
    here, far = tmp_path / "here.db", tmp_path / "far.db"
    run("index", miniature.folder, catalogue=here)
    run("index", f"{raw}/", catalogue=far)
    # A broken picture makes the exit code 1, so not by answer().
    for catalogue in (here, far):
        assert run("verify", "--level", "decode", catalogue=catalogue).exit_code == 1
    assert _stats(far) == _stats(here)
    for catalogue, to in ((here, "sets"), (far, f"{BUCKET}/sets")):
        answer("shard", "imagenette", "--to", to, "--per-shard", 5, catalogue=catalogue)
        answer("shard", "check", to)
    _same(tmp_path / "sets", f"{BUCKET}/sets")
    again = answer("shard", "imagenette", "--to", f"{BUCKET}/sets", "--per-shard", 5, catalogue=far)
    assert again["written"] == 0
    crop = ("--crop", 32, "--engine", "pillow", "--device", "cpu")
    for catalogue, to in ((here, "tensors"), (far, f"{BUCKET}/tensors")):
        answer("preprocess", "imagenette", "--to", to, *crop, catalogue=catalogue)
        answer("preprocess", "check", to)
    names = [one for one in store.names(f"{BUCKET}/tensors") if one.endswith(".safetensors")]
    assert len(names) == 2
    assert not store.abandon_uploads(BUCKET)


def _stats(catalogue: Path) -> dict[str, Any]:
    found: dict[str, Any] = answer("stats", catalogue=catalogue)
    return {key: found[key] for key in ("images", "bytes", "synsets", "unlabelled", "releases")}


def _same(folder: Path, url: str) -> None:
    assert store.names(url) == sorted(path.name for path in folder.iterdir())
    for path in folder.iterdir():
        assert store.read(f"{url}/{path.name}") == path.read_bytes(), path.name
