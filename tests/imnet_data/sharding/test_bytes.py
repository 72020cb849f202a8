"""The same images give the same bytes, and another picture never slips in under a label."""

from __future__ import annotations

import gzip
import tarfile
from typing import TYPE_CHECKING

import pytest

from imnet_data.archives import kinds
from imnet_data.errors import ArchiveChanged, ArchiveMissing, NameTwice
from imnet_data.progress import Silent
from imnet_data.sharding import ordering, payload
from imnet_data.sharding.ordering import Ordered
from tests.imnet_data.sharding.made import entry, images, loose, packed, picture, write, written

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.sharding.entry import Entry


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    return packed(tmp_path / "a.tar", images())


def test_any_number_of_workers_and_any_packing_write_the_same(
    tmp_path: Path, entries: list[Entry]
) -> None:
    write(tmp_path / "one", entries)
    write(tmp_path / "two", entries, workers=2)
    write(tmp_path / "loose", loose(tmp_path / "files", images()))
    write(tmp_path / "backwards", entries[::-1])
    first = written(tmp_path / "one")
    assert sum(name.endswith(".tar") for name in first) > 3
    assert written(tmp_path / "two") == first
    assert written(tmp_path / "loose") == first
    assert written(tmp_path / "backwards") == first


def test_shards_copied_by_the_kernel_are_the_same_as_those_read_and_hashed(tmp_path: Path) -> None:
    entries = packed(tmp_path / "a.tar", images(6, size=70_000))
    write(tmp_path / "hashed", entries, shard_size_bytes=200_000)
    copied: list[str] = []
    for at in range(len(payload._ways)):
        ways, payload._ways[:] = payload._ways[:], payload._ways[at:]
        try:
            write(tmp_path / f"copied-{at}", entries, shard_size_bytes=200_000, digest=False)
        finally:
            payload._ways[:] = ways
        copied.append(f"copied-{at}")
    for folder in copied:
        for tar in (tmp_path / "hashed").glob("*.tar"):
            assert (tmp_path / folder / tar.name).read_bytes() == tar.read_bytes()


def test_an_image_larger_than_a_shard_has_one_of_its_own(tmp_path: Path) -> None:
    made = images(4) | {"n01440764_99": picture("large", 1_500_000)}
    report = write(tmp_path / "out", packed(tmp_path / "a.tar", made), shard_size_bytes=20_000)
    assert report.samples == 5
    assert max(path.stat().st_size for path in (tmp_path / "out").iterdir()) > 1_500_000


def test_class_order_keeps_classes_and_names_together(tmp_path: Path, entries: list[Entry]) -> None:
    write(tmp_path / "out", entries, order="class", per_shard=7)
    names = []
    for tar in sorted((tmp_path / "out").glob("*.tar")):
        with tarfile.open(tar) as opened:
            names += [one.name[:-4] for one in opened if one.name.endswith(".jpg")]
    assert names == [one.name for one in entries]


def test_another_seed_shuffles_in_another_way(tmp_path: Path, entries: list[Entry]) -> None:
    write(tmp_path / "one", entries)
    write(tmp_path / "two", entries, seed=1)
    assert written(tmp_path / "one").keys() & written(tmp_path / "two").keys()
    first = [written(tmp_path / name)["train-000000.tar"] for name in ("one", "two")]
    assert first[0] != first[1]


def test_the_order_is_one_however_little_is_held_at_once(
    tmp_path: Path, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "_STEP", 2)
    found = []
    for at_once in (1000, 7, 2):
        ordered = Ordered("train", str(tmp_path), order="shuffled", seed=3, at_once=at_once)
        ordered.take(entries, Silent())
        found.append([name for block in ordered.blocks() for name in block.names()])
    assert found[0] == found[1] == found[2]
    assert sorted(found[0]) == sorted(one.name.encode() for one in entries)


def test_two_images_of_one_name_are_refused(tmp_path: Path, entries: list[Entry]) -> None:
    with pytest.raises(NameTwice, match="n01440764_3"):
        write(tmp_path / "out", [*entries, entries[3]])
    assert not (tmp_path / "out").exists() or written_names(tmp_path / "out") == []


def written_names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if not path.name.startswith(".")]


@pytest.mark.parametrize("digest", [True, False])
def test_a_tar_written_anew_at_the_same_size_is_an_error_and_no_other_picture(
    tmp_path: Path, digest: bool
) -> None:
    made = images(6, size=70_000)
    entries = packed(tmp_path / "a.tar", made)
    others = {f"n01440764_{at + 100}": data for at, data in enumerate(made.values())}
    assert len(packed(tmp_path / "b.tar", others)) == len(entries)
    whole = (tmp_path / "b.tar").read_bytes()
    (tmp_path / "a.tar").write_bytes(whole[: (tmp_path / "a.tar").stat().st_size])
    with pytest.raises(ArchiveChanged, match=r"a\.tar"):
        write(tmp_path / "out", entries, digest=digest)
    assert written_names(tmp_path / "out") == []


@pytest.mark.parametrize(("digest", "workers"), [(True, 2), (False, 1)])
def test_a_missing_archive_is_named(tmp_path: Path, digest: bool, workers: int) -> None:
    entries = packed(tmp_path / "a.tar", images())
    (tmp_path / "a.tar").rename(tmp_path / "b.tar")
    with pytest.raises(ArchiveMissing, match=r"a\.tar"):
        write(tmp_path / "out", entries, digest=digest, workers=workers)
    (tmp_path / "b.tar").rename(tmp_path / "a.tar")
    assert write(tmp_path / "out", entries, digest=digest).samples == len(entries)


def test_a_compressed_tar_is_decoded_into_the_same_shards(tmp_path: Path) -> None:
    import imnet_data

    write(tmp_path / "plain", packed(tmp_path / "a.tar", images()))
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress((tmp_path / "a.tar").read_bytes()))
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index(tmp_path / "a.tar.gz", release="made")
        entries = [entry(one.name, one.place) for one in catalogue.images()]
    assert {one.place.container for one in entries} == {kinds.TAR_GZIP}
    write(tmp_path / "decoded", entries)
    assert written(tmp_path / "decoded") == written(tmp_path / "plain")
