"""A synset's images in a catalogue: its own, those below it, by release and split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import imnet_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.catalogue import Catalogue
    from imnet_data.demo.build import Demo


@pytest.fixture(scope="module")
def catalogue(miniature: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    path = tmp_path_factory.mktemp("synsets") / "imagenet.db"
    with imnet_data.open(path, create=True) as made:
        made.index(miniature.folder)
        # A class between others, with a name that an expression could take for signs of its own.
        made.add_class('odd - "name" | (x)', parent="dog.n.01")
        yield made


def test_images_of_a_class_alone_leave_out_those_below_it(catalogue: Catalogue) -> None:
    dog, chihuahua = catalogue["dog.n.01"], catalogue["chihuahua.n.03"]
    assert dog.images().count() == dog.subtree_images > 0
    assert dog.images(below=False).count() == dog.own_images == 0
    assert chihuahua.images(below=False).count() == chihuahua.own_images > 0
    own = catalogue.own_classes()[0]
    assert own.images().count() == 0


def test_counts_are_a_release_and_split_and_add_up(catalogue: Catalogue) -> None:
    dog = catalogue["dog.n.01"]
    assert [(one.release, one.split) for one in dog.counts] == [
        ("ilsvrc2012", "train"),
        ("ilsvrc2012", "val"),
    ]
    assert sum(one.in_all for one in dog.counts) == dog.subtree_images
    assert sum(one.own for one in dog.counts) == 0
    assert catalogue["chihuahua.n.03"].class_lists["ilsvrc2012"] == 151
    assert catalogue.own_classes()[0].class_lists == {}
