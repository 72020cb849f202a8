"""Means of a subset's pixels: exact, kept in the catalogue, and used only while they hold."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

import imnet_data
from imnet_data.archives.reading import read
from imnet_data.catalogue import Catalogue
from imnet_data.errors import (
    ArchiveMissing,
    NoStatistics,
    NothingToMeasure,
    StatisticsOutdated,
    UnknownPart,
)
from imnet_data.tensors.geometry import Geometry
from imnet_data.tensors.mean import MeanOptions, MeanUnit, _Feed
from imnet_data.work.unit import Failed, Lost
from tests.imnet_data.indexing.trees import TENCH
from tests.imnet_data.subsets.cuts import catalogue_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.demo.build import Demo
    from imnet_data.tensors.statistics import Statistics

SMALL = Geometry(resize_px=24, crop_px=20)
OPTIONS = MeanOptions(SMALL)


@pytest.fixture(scope="module")
def indexed(miniature: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of the miniature, nothing of which was verified or measured."""
    path = tmp_path_factory.mktemp("measured") / "imagenet.db"
    with imnet_data.open(path, create=True) as catalogue:
        catalogue.index(miniature.folder)
    return path


@pytest.fixture
def catalogue(indexed: Path, tmp_path: Path) -> Iterator[imnet_data.Catalogue]:
    """A copy of its own to write to, over the same archives."""
    shutil.copy(indexed, tmp_path / "imagenet.db")
    with imnet_data.open(tmp_path / "imagenet.db") as catalogue:
        yield catalogue


def figures(found: Statistics) -> object:
    return found.mean, found.std, found.image_std, found.sums.as_json()


def test_every_image_that_decodes_is_counted_as_pillow_resizes_it(
    catalogue: imnet_data.Catalogue,
) -> None:
    subset = catalogue.subset("ilsvrc2012")
    found = subset.mean(options=OPTIONS, workers=0).statistics
    histogram = np.zeros((3, 256), np.int64)
    broken = []
    for entry in subset.entries("train"):
        try:
            with Image.open(io.BytesIO(read(entry.place))) as picture:
                rgb = picture.convert("RGB")
        except OSError:
            broken.append(entry.name)
            continue
        (window,) = SMALL.windows(*rgb.size, entry.name)
        x, y = window.corner
        cut = rgb.resize(window.size, Image.Resampling.BILINEAR).crop((x, y, x + 20, y + 20))
        for at, channel in enumerate(np.moveaxis(np.asarray(cut), -1, 0)):
            histogram[at] += np.bincount(channel.ravel(), minlength=256)
    np.testing.assert_array_equal(found.sums.histogram, histogram)
    assert found.images + found.left_out == 144
    assert [name for name, _ in found.broken] == sorted(broken)
    assert len(broken) > 0


def test_any_number_of_workers_gives_the_same_to_the_last_bit(
    catalogue: imnet_data.Catalogue,
) -> None:
    subset = catalogue.subset("ilsvrc2012")
    options = replace(OPTIONS, per_pixel=True)
    one, two = (
        subset.mean(options=options, workers=many, again=True).statistics for many in (0, 2)
    )
    assert figures(one) == figures(two)
    assert one.sums.mean_image is not None
    assert two.sums.mean_image is not None
    np.testing.assert_array_equal(one.sums.mean_image, two.sums.mean_image)


def test_what_was_measured_is_given_back_and_found_by_its_geometry(
    catalogue: imnet_data.Catalogue,
) -> None:
    subset = catalogue.subset("ilsvrc2012")
    with pytest.raises(NoStatistics, match="ilsvrc2012, train"):
        subset.statistics(SMALL)
    few = subset.mean(options=replace(OPTIONS, sample=20), workers=0)
    assert (few.is_new, few.not_kept, few.statistics.sample) == (True, None, 20)
    assert subset.statistics(SMALL).sample == 20
    first = subset.mean(options=OPTIONS, workers=0)
    again = catalogue.subset("ilsvrc2012").mean(options=OPTIONS, workers=0)
    assert (first.is_new, again.is_new, again.made) == (True, False, first.made)
    assert figures(again.statistics) == figures(first.statistics)
    # All images go before a sample.
    assert subset.statistics(SMALL) == again.statistics
    with pytest.raises(NoStatistics):
        subset.statistics(Geometry(resize_px=25, crop_px=20))
    with pytest.raises(UnknownPart):
        subset.statistics(SMALL, "holdout")


def test_it_is_never_used_once_the_subset_has_other_images(
    catalogue: imnet_data.Catalogue,
) -> None:
    before = catalogue.subset("ilsvrc2012").mean(options=OPTIONS, workers=0).statistics
    catalogue.verify(level="decode", workers=0)  # the broken ones are left out from now on
    subset = catalogue.subset("ilsvrc2012")
    with pytest.raises(StatisticsOutdated, match="others by now"):
        subset.statistics(SMALL)
    now = subset.mean(options=OPTIONS, workers=0)
    assert now.is_new
    assert (now.statistics.images, now.statistics.left_out) == (before.images, 0)
    assert subset.statistics(SMALL) == now.statistics


def test_a_sample_hangs_on_seed_and_names_alone(
    catalogue: imnet_data.Catalogue, tmp_path: Path, miniature: Demo
) -> None:
    subset = catalogue.subset("ilsvrc2012")
    drawn = MeanOptions(SMALL, sample=30, seed=5)
    one = subset.mean(options=drawn, workers=0).statistics
    other = subset.mean(options=replace(drawn, seed=6), workers=0).statistics
    assert one.images + one.left_out == 30
    assert figures(one) != figures(other)
    with imnet_data.open(tmp_path / "other.db", create=True) as elsewhere:
        # Another order of indexing, so that every id is another.
        for archive in sorted(miniature.folder.glob("*.tar")):
            elsewhere.index(archive)
        same = elsewhere.subset("ilsvrc2012").mean(options=drawn, workers=0).statistics
    assert figures(same) == figures(one)
    whole = subset.mean(options=replace(drawn, sample=1000), workers=0).statistics
    assert whole.sample is None


def test_a_catalogue_that_can_only_be_read_gives_figures_and_says_that_they_are_not_kept(
    catalogue: imnet_data.Catalogue,
) -> None:
    reader = Catalogue(replace(catalogue._storage, writable=False))
    found = reader.subset("ilsvrc2012").mean(options=OPTIONS, workers=0)
    assert found.not_kept is not None
    assert "can only be read" in found.not_kept
    with pytest.raises(NoStatistics):
        reader.subset("ilsvrc2012").statistics(SMALL)


def test_a_part_of_which_nothing_decodes_is_an_error(tmp_path: Path) -> None:
    with (
        catalogue_of(tmp_path, {TENCH: range(3)}) as catalogue,
        pytest.raises(NothingToMeasure, match="none of 3 images decodes"),
    ):
        catalogue.subset("ilsvrc2012").mean(options=OPTIONS, workers=0)


def test_an_image_that_ends_its_process_costs_that_image_alone(
    catalogue: imnet_data.Catalogue,
) -> None:
    entries = tuple(catalogue.subset("ilsvrc2012").entries("val"))[:2]
    subset_spec = MeanUnit(entries, spec=None, per_pixel=False)  # type: ignore[arg-type]
    feed = _Feed(iter([subset_spec]))
    unit = next(feed)
    assert feed.taken(Lost(unit, "was ended by SIGSEGV")) is None
    singles = list(feed)
    assert [one.entries for one in singles] == [entries[:1], entries[1:]]
    found = feed.taken(Lost(singles[0], "was ended by SIGSEGV"))
    assert found is not None
    assert found.wrong == [(entries[0].name, "the process that decoded it was ended by SIGSEGV")]
    found = feed.taken(Failed(singles[1], MemoryError("too large")))
    assert found is not None
    assert found.wrong == [(entries[1].name, "MemoryError: too large")]
    with pytest.raises(ArchiveMissing):
        feed.taken(Failed(singles[1], ArchiveMissing("train.tar")))
