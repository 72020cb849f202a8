from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from imnet_data.archives.containers import kind_of
from imnet_data.errors import ArchiveMissing, NotAnArchive
from tests.factory import CHECKSUM, flat, patched

from .scanning import scan

if TYPE_CHECKING:
    from pathlib import Path


def test_a_tar_and_a_folder_are_told_apart_by_what_they_are(tmp_path: Path) -> None:
    odd = tmp_path / "images.bin"
    odd.write_bytes(flat(["a.jpg"]))
    folder = tmp_path / "folder.tar"
    folder.mkdir()
    assert (kind_of(str(odd)), kind_of(str(folder))) == ("tar", "folder")


@pytest.mark.parametrize("zeros", [512, 10240])
def test_an_empty_tar_is_a_tar(at: Path, zeros: int) -> None:
    at.write_bytes(bytes(zeros))
    assert kind_of(str(at)) == "tar"
    found = scan(at)
    assert (found.images, found.faults) == ([], [])


def test_a_tar_may_begin_with_a_wrong_checksum(at: Path) -> None:
    at.write_bytes(patched(flat(["a.jpg"]), CHECKSUM, b"000001\0 ", resum=False))
    assert kind_of(str(at)) == "tar"
    assert scan(at).names == ["a.jpg"]


def test_a_path_where_nothing_is_is_missing(at: Path) -> None:
    with pytest.raises(ArchiveMissing) as raised:
        kind_of(str(at))
    assert raised.value.path == str(at)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(flat(["a.jpg"]), mtime=0), "gunzip --keep"),
        (b"PK\x03\x04" + bytes(600), "the download is not complete"),
        (b"  <!DOCTYPE html><html>Please log in" + b" " * 600, "login page"),
        (b"", "empty"),
        (b"\0" * 100, "tar header"),
        (flat(["a.jpg"])[:300], "tar header"),
        (b"\xff\xd8\xff\xe0" + b"jpeg" * 300, "tar header"),
    ],
)
def test_what_cannot_be_indexed_is_refused_with_the_reason(
    at: Path, content: bytes, reason: str
) -> None:
    at.write_bytes(content)
    with pytest.raises(NotAnArchive, match=reason):
        kind_of(str(at))
