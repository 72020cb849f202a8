"""What cannot be mended is told in a sentence, and nothing of the archive is changed."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import (
    AddressRefused,
    ArchiveChanged,
    ArchiveMissing,
    ArchiveReadOnly,
    AsFetched,
    DiskFull,
    FolderUnmendable,
    ImnetDataError,
    NoRanges,
    NoSource,
    PartTaken,
    SourceDiffers,
    StillWrong,
    WhereUnknown,
)
from imnet_data.fetching.claim import Claim
from imnet_data.fetching.journal import GRAIN_BYTES
from tests.fault_server import FaultServer, described_as, only_from, whole_for_range

from .damaged import NAME, PROBE_BYTES, Case, case, members, origin_of, pictures, places, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def refusal(spoilt: Case, kind: type[ImnetDataError], **asked: object) -> str:
    """The sentence of an archive that is not mended: it is as it was, with nothing beside it."""
    before, status = spoilt.path.read_bytes(), spoilt.path.stat()
    report = spoilt.repair(**asked)
    (outcome,) = report.outcomes
    assert isinstance(outcome.error, kind), outcome.error
    assert not report.is_well
    assert spoilt.path.read_bytes() == before
    assert spoilt.path.stat().st_mtime_ns == status.st_mtime_ns
    assert spoilt.left == []
    return str(outcome.error)


def test_nothing_is_written_where_the_checksum_would_not_fit(
    spoilt: Case, server: FaultServer
) -> None:
    # The image's own stretch is fetched; of the other damage nothing tells.
    origin = origin_of(whole(), server.url(NAME), digests=False)
    spoilt.indexed(origin).spoil_picture(5).spoil(600_000).verify()
    sentence = refusal(spoilt, StillWrong)
    assert "its SHA-256 would be" in sentence
    assert spoilt.broken == [("", "archive-checksum"), ("n01440764_5", "corrupt")]


def test_a_source_with_other_bytes_is_refused_by_the_digests(
    spoilt: Case, server: FaultServer
) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    server.files[NAME] = whole()[: GRAIN_BYTES + 5] + b"x" + whole()[GRAIN_BYTES + 6 :]
    assert "are others than when it was fetched" in refusal(spoilt, SourceDiffers)


def test_a_source_of_another_size_is_refused_before_anything_comes(
    spoilt: Case, server: FaultServer
) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    server.files[NAME] = whole() + bytes(512)
    assert "in place of" in refusal(spoilt, SourceDiffers)
    assert server.sent_bytes(NAME) <= PROBE_BYTES


def test_a_source_that_is_exchanged_meanwhile_is_refused(spoilt: Case, server: FaultServer) -> None:
    origin = origin_of(whole(), server.url(NAME), digests=False, checksum=False)
    spoilt.indexed(origin).spoil_picture(5).verify()
    server.faults.append(only_from(1, described_as(ETag='"another"')))
    assert "its tag was" in refusal(spoilt, SourceDiffers)


def test_without_any_digest_another_picture_in_the_same_place_is_refused(
    spoilt: Case, server: FaultServer
) -> None:
    origin = origin_of(whole(), server.url(NAME), digests=False, checksum=False)
    spoilt.indexed(origin).spoil_picture(5).verify()
    other = bytearray(whole())
    other[places()[6].data + 900] ^= 0x10
    server.files[NAME] = bytes(other)
    assert "another picture" in refusal(spoilt, SourceDiffers)


def test_a_server_without_ranges_is_asked_for_nothing_more(
    spoilt: Case, server: FaultServer
) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    server.faults.append(whole_for_range())
    assert "no part of it" in refusal(spoilt, NoRanges)
    assert len(server.requests) == 1


def test_without_a_source_it_says_so(spoilt: Case) -> None:
    spoilt.indexed().spoil_picture(5).verify()
    refusal(spoilt, NoSource)


def test_a_checksum_alone_does_not_tell_where_the_damage_is(
    spoilt: Case, server: FaultServer
) -> None:
    origin = origin_of(whole(), server.url(NAME), digests=False)
    spoilt.indexed(origin).spoil(600_000).verify()
    assert spoilt.broken == [("", "archive-checksum")]
    refusal(spoilt, WhereUnknown)
    assert server.sent_bytes(NAME) == 0


def test_what_was_published_broken_is_left_out(tmp_path: Path, server: FaultServer) -> None:
    cut = pictures()[0].data[:5000]
    data = whole().replace(pictures()[0].data, cut.ljust(len(pictures()[0].data), b"\0"))
    server.files[NAME] = data
    with case(tmp_path, data) as published:
        published.indexed(origin_of(data, server.url(NAME))).verify()
        refusal(published, AsFetched)
        report = published.repair()
        assert report.left_out == 1
        assert report.outcomes[0].examples == ["n01440764_0"]
        assert server.sent_bytes(NAME) == 0


def test_a_file_that_was_written_to_is_not_taken_for_the_one_that_was_indexed(
    spoilt: Case, server: FaultServer
) -> None:
    origin = origin_of(whole(), server.url(NAME), digests=False, checksum=False)
    spoilt.indexed(origin).spoil_picture(5).verify()
    os.utime(spoilt.path)
    refusal(spoilt, ArchiveChanged)


def test_a_file_with_a_new_date_and_the_same_bytes_is_only_to_be_indexed(
    spoilt: Case, server: FaultServer
) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME)))
    os.utime(spoilt.path)
    spoilt.verify()
    assert "its date is new" in refusal(spoilt, ArchiveChanged)


def test_a_missing_archive_and_a_folder_are_told(spoilt: Case, tmp_path: Path) -> None:
    spoilt.indexed(origin_of(whole(), "http://127.0.0.1:1/a.tar"))
    spoilt.path.unlink()
    folder = tmp_path / "train" / "n01440764"
    folder.mkdir(parents=True)
    (folder / "n01440764_5000.JPEG").write_bytes(pictures()[0].data[:3000])
    spoilt.catalogue.index(tmp_path / "train", release="mine")
    report = spoilt.verify().repair()
    assert [type(one.error) for one in report.outcomes] == [ArchiveMissing, FolderUnmendable]
    assert report.left_out == 1


def test_another_process_at_it_is_named(spoilt: Case, server: FaultServer) -> None:
    spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    claim = Claim(f"{spoilt.path}.part.claim")
    try:
        (outcome,) = spoilt.repair().outcomes
    finally:
        claim.release()
    assert isinstance(outcome.error, PartTaken)
    assert f"process {os.getpid()}" in str(outcome.error)
    assert not spoilt.is_right


def test_an_address_is_for_one_archive(spoilt: Case, server: FaultServer) -> None:
    spoilt.indexed().spoil_picture(5).verify()
    other = spoilt.path.with_name("n01443537.tar")
    other.write_bytes(whole())
    spoilt.catalogue.index(other, release="mine")
    with pytest.raises(AddressRefused, match="one archive"):
        spoilt.repair(source=server.url(NAME))
    with pytest.raises(AddressRefused, match="an address is written"):
        spoilt.repair(paths=[spoilt.path], source="val.tar")


# -- disks


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, with room for the archive, its catalogue and little more."""
    if os.getuid() != 0:
        pytest.skip("only root may mount a disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    size = len(whole()) + GRAIN_BYTES
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("no disk may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_before_the_first_byte_and_with_room_it_goes_on(
    disk: Path, tmp_path: Path, server: FaultServer
) -> None:
    with case(tmp_path) as spoilt:
        spoilt.path = disk / NAME
        spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(0, 5, 9).verify()
        assert "are free there" in refusal(spoilt, DiskFull)
        assert server.sent_bytes(NAME) <= PROBE_BYTES
        subprocess.run(["mount", "-o", "remount,size=64M", str(disk)], check=True)
        assert spoilt.repair().is_well
        assert spoilt.is_right


def test_an_archive_that_cannot_be_written_is_told_before_anything_is_fetched(
    disk: Path, tmp_path: Path, server: FaultServer
) -> None:
    with case(tmp_path) as spoilt:
        spoilt.path = disk / NAME
        spoilt.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert "Read-only file system" in refusal(spoilt, ArchiveReadOnly)
        assert server.sent_bytes(NAME) == 0


# -- another place


def test_an_image_that_is_whole_in_another_archive_is_read_from_there(
    spoilt: Case, tmp_path: Path
) -> None:
    copy = tmp_path / "copy" / NAME
    copy.parent.mkdir()
    copy.write_bytes(whole())
    spoilt.indexed()
    spoilt.catalogue.index(copy, release="mine")
    spoilt.spoil_picture(5).verify()
    before = spoilt.catalogue.stats()
    offered = spoilt.repair(dry_run=True)
    assert [(one.name, one.target) for one in offered.swaps] == [("n01440764_5", str(copy))]
    assert spoilt.catalogue.image("n01440764_5").archive == str(spoilt.path)
    report = spoilt.repair()
    assert report.is_well
    assert spoilt.broken == []
    image = spoilt.catalogue.image("n01440764_5")
    assert image.archive == str(copy)
    assert image.read() == members()[6].data
    assert [one.archive for one in spoilt.catalogue.alternates(image)] == [str(spoilt.path)]
    after = spoilt.catalogue.stats()
    assert (after.images, after.bytes) == (before.images, before.bytes)
    assert [one.images for one in after.archives] == [11, 1]
    assert spoilt.catalogue.verify(level="decode", workers=0).looked_at == 0
