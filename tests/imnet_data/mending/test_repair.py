"""Damaged parts are fetched again, checked, and take the place of the old bytes."""

from __future__ import annotations

import gzip
import hashlib
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import UnknownArchive
from imnet_data.fetching.journal import GRAIN_BYTES
from tests.fault_server import FaultServer, needs

from .damaged import NAME, PROBE_BYTES, Case, case, origin_of, pictures, places, whole

if TYPE_CHECKING:
    from pathlib import Path


def test_the_damaged_part_alone_is_fetched_and_nothing_else_is_looked_at_again(
    spoilt: Case, server: FaultServer
) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    before = spoilt.path.stat()
    assert spoilt.broken == [("", "archive-checksum"), ("n01440764_5", "corrupt")]
    report = spoilt.repair()
    assert report.is_well
    assert spoilt.is_right
    assert spoilt.broken == []
    assert spoilt.left == []
    assert server.sent_bytes(NAME) == GRAIN_BYTES + PROBE_BYTES
    (outcome,) = report.outcomes
    assert outcome.item.checks == ("parts", "sha256")
    assert 0 < outcome.looked_at < len(pictures()) / 2
    assert spoilt.path.stat().st_mtime_ns == before.st_mtime_ns
    assert spoilt.catalogue.index(spoilt.path).archives[0].outcome == "unchanged"
    assert spoilt.catalogue.verify(level="decode", workers=0).looked_at == 0


def test_parts_far_apart_are_each_fetched_and_what_lies_between_is_not(
    spoilt: Case, server: FaultServer
) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(0, 9).verify()
    assert len(spoilt.outcome().item.ranges) == 2
    assert spoilt.is_right
    assert server.sent_bytes(NAME) == 2 * GRAIN_BYTES + PROBE_BYTES


def test_damage_between_images_is_found_by_digests_and_mended(
    spoilt: Case, server: FaultServer
) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil(600_000).verify("digest")
    assert spoilt.broken == [("", "archive-checksum")]
    assert spoilt.repair().is_well
    assert spoilt.is_right


def test_without_digests_the_bytes_of_the_broken_image_are_fetched(
    spoilt: Case, server: FaultServer
) -> None:
    origin = origin_of(whole(), server.url(NAME), digests=False)
    spoilt.indexed(origin).spoil_picture(5).verify()
    outcome = spoilt.outcome()
    assert outcome.item.checks == ("sha256",)
    assert spoilt.is_right
    assert server.sent_bytes(NAME) == GRAIN_BYTES + PROBE_BYTES
    assert spoilt.broken == []


def test_with_neither_digest_nor_checksum_the_images_decide(
    spoilt: Case, server: FaultServer
) -> None:
    origin = origin_of(whole(), server.url(NAME), digests=False, checksum=False)
    spoilt.indexed(origin).spoil_picture(5).verify()
    assert spoilt.outcome().item.checks == ("images",)
    assert spoilt.is_right
    assert spoilt.broken == []


def test_a_header_that_was_overwritten_comes_back(spoilt: Case, server: FaultServer) -> None:
    origin = origin_of(whole(), server.url(NAME), digests=False)
    spoilt.indexed(origin).spoil(places()[7].start, size=512).verify("digest")
    assert ("n01440764_7", "moved") in spoilt.broken
    assert spoilt.repair().is_well
    assert spoilt.is_right


def test_a_published_file_is_known_by_its_name_and_size(
    spoilt: Case, server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(server, tmp_path, monkeypatch)
    spoilt.indexed().spoil_picture(4).verify()
    outcome = spoilt.outcome()
    assert outcome.state == "mended", outcome.error
    assert outcome.item.checks == ("md5",)
    assert spoilt.is_right


def publish(server: FaultServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the archive under its name, size and MD5."""
    md5 = hashlib.md5(whole(), usedforsecurity=False).hexdigest()
    text = f'[mine.train]\nurl = "{server.url(NAME)}"\nbytes = {len(whole())}\nmd5 = "{md5}"\n'
    (folder / "own.toml").write_text(text)
    monkeypatch.setenv("IMNET_DATA_REGISTRY", str(folder / "own.toml"))


def test_the_address_may_be_said(spoilt: Case, server: FaultServer) -> None:
    origin = origin_of(whole(), "http://127.0.0.1:1/gone.tar")
    spoilt.indexed(origin).spoil_picture(4).verify()
    report = spoilt.repair(paths=[spoilt.path], source=server.url(NAME))
    assert report.is_well
    assert spoilt.is_right


def test_what_a_cut_off_archive_lacks_is_fetched(spoilt: Case, server: FaultServer) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME))).verify()
    spoilt.cut(2 * GRAIN_BYTES + 700).verify()
    assert spoilt.broken == [("", "archive-truncated")]
    report = spoilt.repair()
    assert report.is_well
    assert spoilt.is_right
    lacking = len(whole()) - 2 * GRAIN_BYTES
    assert server.sent_bytes(NAME) <= lacking + GRAIN_BYTES + PROBE_BYTES
    assert spoilt.broken == []
    assert spoilt.catalogue.index(spoilt.path).archives[0].outcome == "unchanged"


def test_one_that_was_cut_off_when_it_was_indexed_gets_its_images(
    spoilt: Case, server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(server, tmp_path, monkeypatch)
    half = len(whole()) // 2
    spoilt.indexed(data=whole()[:half]).verify()
    assert ("", "archive-truncated") in spoilt.broken
    had = spoilt.catalogue.stats().images
    assert spoilt.repair().is_well
    assert spoilt.is_right
    assert had < spoilt.catalogue.stats().images == len(pictures())
    origin = spoilt.catalogue.origin(spoilt.path)
    assert origin is not None
    assert origin.source == server.url(NAME)


def test_a_cut_off_archive_goes_on_only_with_a_file_that_begins_as_it_does(
    spoilt: Case, server: FaultServer
) -> None:
    origin = origin_of(whole(), server.url(NAME), digests=False, checksum=False)
    spoilt.indexed(origin).cut(2 * GRAIN_BYTES + 100_000).verify("quick")
    server.files[NAME] = bytes(reversed(whole()))
    refused = spoilt.outcome()
    assert "its bytes before the break are others" in str(refused.error)
    assert spoilt.path.read_bytes() == whole()[: 2 * GRAIN_BYTES + 100_000]
    server.files[NAME] = whole()
    assert spoilt.repair().is_well
    assert spoilt.is_right


def test_a_compressed_tar_is_mended_by_the_digests_of_its_parts(
    tmp_path: Path, server: FaultServer
) -> None:
    data = gzip.compress(whole(), 1)
    server.files["val.tar.gz"] = data
    with case(tmp_path, data, "val.tar.gz") as packed:
        packed.indexed(origin_of(data, server.url("val.tar.gz")))
        packed.spoil(GRAIN_BYTES + 5000).verify("digest")
        assert ("", "archive-checksum") in packed.broken
        outcome = packed.outcome()
        assert outcome.state == "mended", outcome.error
        assert packed.is_right
        assert packed.broken == []
        assert server.sent_bytes("val.tar.gz") == GRAIN_BYTES + PROBE_BYTES


def test_a_compressed_tar_without_digests_is_to_be_fetched_anew(
    tmp_path: Path, server: FaultServer
) -> None:
    data = gzip.compress(whole(), 1)
    server.files["val.tar.gz"] = data
    with case(tmp_path, data, "val.tar.gz") as packed:
        packed.indexed(origin_of(data, server.url("val.tar.gz"), digests=False))
        packed.spoil(GRAIN_BYTES + 5000).verify("digest")
        outcome = packed.outcome()
        assert "it is compressed as a whole" in str(outcome.error)
        assert server.sent_bytes("val.tar.gz") == 0


def test_an_image_in_a_deflated_zip_is_fetched_by_its_place(
    tmp_path: Path, server: FaultServer
) -> None:
    path = tmp_path / "n01440764.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for member in pictures():
            packed.writestr(member.name, member.data)
        at = packed.getinfo("n01440764_9.JPEG").header_offset
    data = path.read_bytes()
    server.files[path.name] = data
    with case(tmp_path, data, path.name) as zipped:
        zipped.indexed(origin_of(data, server.url(path.name), digests=False))
        zipped.spoil(at + 4000).verify()
        assert zipped.broken[-1] == ("n01440764_9", "unreadable")
        assert zipped.repair().is_well
        assert zipped.is_right
        assert server.sent_bytes(path.name) <= 2 * GRAIN_BYTES + PROBE_BYTES


def test_a_dry_run_writes_nothing_and_says_what_would_come(
    spoilt: Case, server: FaultServer
) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    before, names = spoilt.path.read_bytes(), sorted(os.listdir(spoilt.path.parent))
    report = spoilt.repair(dry_run=True)
    assert [one.state for one in report.outcomes] == ["to mend"]
    assert report.bytes_to_fetch == GRAIN_BYTES
    assert report.is_well
    assert spoilt.path.read_bytes() == before
    assert sorted(os.listdir(spoilt.path.parent)) == names
    assert server.sent_bytes(NAME) <= PROBE_BYTES
    assert spoilt.broken != []


@pytest.mark.parametrize("is_hub", [False, True], ids=["login", "hub"])
def test_a_login_that_is_set_is_sent(
    spoilt: Case, server: FaultServer, monkeypatch: pytest.MonkeyPatch, *, is_hub: bool
) -> None:
    host = server.url("").removesuffix("/")
    server.faults.append(needs("Authorization", "Bearer t0ken"))
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    monkeypatch.setenv("HF_ENDPOINT", host if is_hub else "https://hub.example.org")
    assert "wants a login" in str(spoilt.outcome().error)
    monkeypatch.setenv("HF_TOKEN", "t0ken")
    if not is_hub:
        assert "wants a login" in str(spoilt.outcome().error)
        monkeypatch.setenv("IMNET_DATA_TOKEN", f"{host}=t0ken")
    assert spoilt.repair().is_well
    assert spoilt.is_right


def test_only_the_archives_that_are_named_are_mended(spoilt: Case, server: FaultServer) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    other = spoilt.path.with_name("other.tar")
    other.write_bytes(whole()[:1024] + bytes(1024))
    spoilt.catalogue.index(other, release="other")
    assert spoilt.repair(paths=[other]).outcomes == []
    assert not spoilt.is_right
    with pytest.raises(UnknownArchive):
        spoilt.repair(paths=["nowhere.tar"])
