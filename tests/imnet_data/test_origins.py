"""Where an archive was fetched from, and what its bytes were, as the catalogue keeps it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.errors import UnknownArchive
from imnet_data.origins import ChunkDigests, Origin
from tests.factory import flat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.catalogue import Catalogue

ORIGIN = Origin(
    "https://host.example.org/a/val.tar",
    "sha256:" + "ab" * 32,
    ChunkDigests(1 << 20, bytes(range(48))),
)


@pytest.fixture
def val(tmp_path: Path) -> Path:
    path = tmp_path / "val.tar"
    path.write_bytes(flat(["ILSVRC2012_val_00000001.JPEG"]))
    return path


@pytest.fixture
def catalogue(tmp_path: Path, val: Path) -> Iterator[Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as made:
        made.index(val)
        yield made


def digest_rows(catalogue: Catalogue) -> int:
    with closing(sqlite3.connect(catalogue.path)) as database:
        return int(database.execute("SELECT count(*) FROM chunk_digests").fetchone()[0])


def test_what_was_noted_comes_back_and_is_shown_with_the_archive(
    catalogue: Catalogue, val: Path
) -> None:
    assert catalogue.origin(val) is None
    catalogue.note_origin(val, ORIGIN)
    assert catalogue.origin(val) == ORIGIN
    (archive,) = catalogue.archives()
    assert (archive.source, archive.checksum) == (ORIGIN.source, ORIGIN.checksum)


def test_the_last_note_stands_alone(catalogue: Catalogue, val: Path) -> None:
    catalogue.note_origin(val, ORIGIN)
    catalogue.note_origin(val, Origin("https://mirror.example.org/val.tar"))
    assert catalogue.origin(val) == Origin("https://mirror.example.org/val.tar")
    assert digest_rows(catalogue) == 0


def test_neither_login_nor_signature_reaches_the_file(catalogue: Catalogue, val: Path) -> None:
    address = "https://me:hunter2@host.example.org/a/val.tar?X-Amz-Signature=5ecre7&x=1#t0ken"
    catalogue.note_origin(val, Origin(address))
    found = catalogue.origin(val)
    assert found is not None
    assert found.source == ORIGIN.source
    catalogue.close()
    for file in Path(catalogue.path).parent.glob("imagenet.db*"):
        held = file.read_bytes()
        assert not any(secret in held for secret in (b"hunter2", b"5ecre7", b"t0ken"))


def test_it_is_kept_when_the_same_file_is_indexed_again_and_forgotten_for_another(
    catalogue: Catalogue, val: Path
) -> None:
    catalogue.note_origin(val, ORIGIN)
    catalogue.index(val)
    catalogue.index(val, release="mine")
    assert catalogue.origin(val) == ORIGIN
    val.write_bytes(flat(["ILSVRC2012_val_00000002.JPEG"], size=900))
    catalogue.index(val)
    assert catalogue.origin(val) is None
    assert digest_rows(catalogue) == 0


def test_removing_an_archive_removes_its_digests(catalogue: Catalogue, val: Path) -> None:
    catalogue.note_origin(val, ORIGIN)
    catalogue.remove_archive(val)
    assert digest_rows(catalogue) == 0
    with pytest.raises(UnknownArchive):
        catalogue.origin(val)


def test_an_archive_that_is_not_indexed_has_no_place_for_it(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    with pytest.raises(UnknownArchive):
        catalogue.note_origin(tmp_path / "other.tar", ORIGIN)
