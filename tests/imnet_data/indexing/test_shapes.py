"""Every shape that ImageNet comes in gives the same pictures the same keys, labels and bytes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

import imnet_data
from tests.shapes import ILSVRC2012, SHAPES, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.indexing.report import IndexReport


@dataclass(frozen=True)
class Indexed:
    """A shape with the report of indexing it."""

    shape: Shape
    report: IndexReport
    catalogue: imnet_data.Catalogue


@pytest.fixture(scope="module", params=SHAPES, ids=str)
def indexed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Indexed]:
    shape: Shape = request.param
    path = shape.write(tmp_path_factory.mktemp("shelf"))
    database = tmp_path_factory.mktemp("catalogue") / "imagenet.db"
    with imnet_data.open(database, create=True) as catalogue:
        yield Indexed(shape, catalogue.index(path), catalogue)


def test_a_shape_gives_its_pictures_their_keys_labels_and_bytes(indexed: Indexed) -> None:
    held = {
        (one.release, one.split, one.name): (one.wnid, one.read())
        for one in indexed.catalogue.images(release="*")
    }
    assert held == {
        (indexed.shape.release, one.split, one.name): (one.wnid, one.data)
        for one in indexed.shape.pictures
    }


def test_the_report_says_what_a_shape_is_and_why(indexed: Indexed) -> None:
    report, kinds = (
        indexed.report,
        {one.path: one.container for one in indexed.catalogue.archives()},
    )
    assert report.well, (report.refused, [one.faults for one in report.archives])
    told = {(kinds[one.path], one.layout, one.layout_why, one.why) for one in report.archives}
    assert told == indexed.shape.told
    assert {one.release for one in report.archives} == {indexed.shape.release}


def test_all_shapes_of_the_same_pictures_are_one_set_of_images_with_alternates(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    pictures, found = len(ILSVRC2012[0].pictures), Counter[str]()
    database = tmp_path_factory.mktemp("catalogue") / "imagenet.db"
    with imnet_data.open(database, create=True) as catalogue:
        for shape in ILSVRC2012:
            report = catalogue.index(shape.write(tmp_path_factory.mktemp("shelf")))
            found.update(images=sum(one.images for one in report.archives))
            found.update(alternates=sum(one.alternates for one in report.archives))
            assert not any(one.resized or one.relabelled for one in report.archives), shape
        assert found == {"images": pictures, "alternates": pictures * (len(ILSVRC2012) - 1)}
        assert catalogue.images(release="*").count() == pictures
        image = catalogue.image("n01440764_10026")
        places = catalogue.alternates(image)
        assert len(places) == len(ILSVRC2012) - 1
        assert {one.read() for one in places} == {image.read()}
