from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.doctor.examine import examine
from tests.imnet_data.indexing.trees import GOLDFISH, TENCH, train_tar
from tests.s3_server import KEY, S3Server, s3

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("s3fs")

URL = "s3://bucket/ILSVRC2012_img_train.tar"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A bucket with an archive, which c.db in the test's folder has indexed."""
    train_tar(tmp_path / "train.tar", {TENCH: [1, 2], GOLDFISH: [1]})
    data = (tmp_path / "train.tar").read_bytes()
    with s3("bucket", {"ILSVRC2012_img_train.tar": data}) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        with imnet_data.open(tmp_path / "c.db", create=True) as catalogue:
            assert catalogue.index(URL).well
        yield server


def archives(tmp_path: Path) -> dict[str, tuple[str, str]]:
    found = examine(str(tmp_path), catalogue_path=str(tmp_path / "c.db"))
    return {one.what: (one.state, one.found) for one in found if one.section == "archives"}


def test_an_archive_in_a_store_is_there_changed_or_missing_as_a_file_is(
    store: S3Server, tmp_path: Path
) -> None:
    assert archives(tmp_path)["archives"][0] == "well"
    store.objects["ILSVRC2012_img_train.tar"] += bytes(512)
    assert archives(tmp_path)[URL][1].startswith("was changed since it was indexed")
    del store.objects["ILSVRC2012_img_train.tar"]
    assert archives(tmp_path)[URL] == ("trouble", "is missing")


def test_a_store_that_refuses_our_keys_is_told_and_no_archive_is_said_to_be_missing(
    store: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody else's")
    state, found = archives(tmp_path)[URL]
    assert (state, found.startswith("cannot be read: ")) == ("trouble", True)
