"""Indexing a tar of tars that was fetched in part, and the whole file after it."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.fetching.outer_members import MemberList, OuterWalk
from tests.imnet_data.fetching.tars_of_tars import DOGS, IMAGES, WNIDS, TarOfTars, tar_of_tars

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from imnet_data.catalogue import Catalogue
    from imnet_data.indexing.report import ArchiveReport

NAME = "ILSVRC2012_img_train.tar"
GRAIN = 1 << 20


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as made:
        yield made


@pytest.fixture(scope="module")
def train() -> TarOfTars:
    return tar_of_tars()


def fetched_in_part(
    folder: Path, train: TarOfTars, wnids: Collection[str], *, walked: int = len(WNIDS) + 1
) -> Path:
    """`NAME.part` as a fetch of some classes leaves it: whole chunks of 1 MiB, holes between."""
    part = folder / f"{NAME}.part"
    with part.open("r+b" if part.exists() else "wb") as file:
        file.truncate(len(train.data))
        for wnid in wnids:
            span = train.inner(wnid)
            start, stop = span.data // GRAIN * GRAIN, -(-span.end // GRAIN) * GRAIN
            file.seek(start)
            file.write(train.data[start:stop])
    (folder / f"{NAME}.part.journal").touch()
    here = {train.inner(wnid).data for wnid in wnids}
    with closing(MemberList(str(part), "v1")) as kept:
        walk = OuterWalk(lambda a, b: train.data[a:b], "it", len(train.data), kept)
        for _, _ in zip(range(walked), walk.members(), strict=False):
            pass
        kept.note_whole(one for one in kept.members.listed if one.data in here)
    return part


def completed(part: Path, train: TarOfTars) -> Path:
    """The whole file under its finished name, as a download leaves it."""
    part.write_bytes(train.data)
    for beside in part.parent.glob(f"{part.name}.*"):
        beside.unlink()
    return part.rename(part.with_suffix(""))


def index(catalogue: Catalogue, path: Path) -> ArchiveReport:
    report = catalogue.index(path)
    assert not report.refused
    assert report.well
    return report.archives[0]


def ids(catalogue: Catalogue) -> dict[str, int]:
    return {image.name: image.id for image in catalogue.images()}


def test_only_the_images_that_were_fetched_are_indexed_and_each_reads(
    tmp_path: Path, train: TarOfTars, catalogue: Catalogue
) -> None:
    report = index(catalogue, fetched_in_part(tmp_path, train, DOGS))
    assert (report.images, report.classes, report.absent) == (2 * IMAGES, 2, 4)
    assert (report.release, report.layout) == ("ilsvrc2012", "ilsvrc-train")
    found = list(catalogue.images("dog", split="train"))
    assert len(found) == 2 * IMAGES
    assert all(train.data[i.place.offset :][: i.size] == i.read() for i in found)


def test_the_catalogue_says_that_it_is_partial_and_how_much_is_here(
    tmp_path: Path, train: TarOfTars, catalogue: Catalogue
) -> None:
    index(catalogue, fetched_in_part(tmp_path, train, DOGS))
    (archive,) = catalogue.archives()
    assert archive.is_partial
    assert [(f.sentence, f.severe) for f in archive.faults] == [
        ("2 of 6 inner tars are here; the others were not fetched", False)
    ]


def test_where_the_walk_stopped_early_it_says_that_there_may_be_more(
    tmp_path: Path, train: TarOfTars, catalogue: Catalogue
) -> None:
    index(catalogue, fetched_in_part(tmp_path, train, DOGS, walked=3))
    (archive,) = catalogue.archives()
    assert archive.is_partial
    assert archive.faults[0].sentence.startswith("2 of at least 3 inner tars are here")


def test_the_beginnings_of_tars_that_were_not_fetched_are_not_taken_for_images(
    tmp_path: Path, train: TarOfTars, catalogue: Catalogue
) -> None:
    """The last chunk of a class holds the first images of the next."""
    part = fetched_in_part(tmp_path, train, DOGS[:1])
    after = train.inner(DOGS[1])
    assert part.read_bytes()[after.data : after.data + 512] == train.data[after.data :][:512]
    assert index(catalogue, part).images == IMAGES


def test_more_classes_keep_the_ids_of_those_that_were_there(
    tmp_path: Path, train: TarOfTars, catalogue: Catalogue
) -> None:
    index(catalogue, fetched_in_part(tmp_path, train, DOGS[1:]))
    before = ids(catalogue)
    report = index(catalogue, fetched_in_part(tmp_path, train, DOGS))
    assert report.outcome == "changed"
    assert ids(catalogue).items() >= before.items()
    assert len(ids(catalogue)) == 2 * IMAGES


@pytest.mark.parametrize("release", [None, "mine"])
def test_the_whole_file_takes_over_the_images_of_the_part_under_their_ids(
    tmp_path: Path, train: TarOfTars, catalogue: Catalogue, release: str | None
) -> None:
    part = fetched_in_part(tmp_path, train, DOGS)
    catalogue.index(part, release=release)
    before = ids(catalogue)
    whole = completed(part, train)
    report = catalogue.index(whole, release=release)
    assert report.archives[0].images == len(WNIDS) * IMAGES
    assert report.archives[0].alternates == 0
    assert ids(catalogue).items() >= before.items()
    (archive,) = catalogue.archives()
    assert (archive.path, archive.is_partial, archive.faults) == (str(whole), False, ())
    assert all(len(image.read()) == image.size for image in catalogue.images())


def test_a_file_of_the_finished_name_is_another_archive_while_the_part_is_still_there(
    tmp_path: Path, train: TarOfTars, catalogue: Catalogue
) -> None:
    index(catalogue, fetched_in_part(tmp_path, train, DOGS))
    (tmp_path / NAME).write_bytes(train.data)
    index(catalogue, tmp_path / NAME)
    assert len(catalogue.archives()) == 2
    assert catalogue.stats().images == len(WNIDS) * IMAGES


def test_a_download_without_a_list_of_what_is_whole_is_not_indexed(
    tmp_path: Path, train: TarOfTars, catalogue: Catalogue
) -> None:
    part = fetched_in_part(tmp_path, train, DOGS)
    os.unlink(f"{part}.members")
    report = catalogue.index(part)
    assert "has not come to its end" in report.refused[str(part)]
    assert catalogue.stats().images == 0


def test_a_folder_with_a_download_in_it_is_indexed_without_it(
    tmp_path: Path, train: TarOfTars, catalogue: Catalogue
) -> None:
    fetched_in_part(tmp_path, train, DOGS)
    (tmp_path / "more.tar").write_bytes(tar_of_tars(WNIDS[:1]).data)
    report = catalogue.index(tmp_path)
    assert [os.path.basename(one.path) for one in report.archives] == ["more.tar"]
