"""The ILSVRC table and labels, against what the devkit's readme and the challenge's pages say."""

import tomllib
from importlib.resources import files

import numpy as np

from imnet_data.facts import ilsvrc
from imnet_data.facts.class_lists import class_list
from imnet_data.facts.validation import validation_labels
from imnet_data.taxonomy.graph import Graph


def test_class_indices_follow_the_wnids() -> None:
    wnids = [one.wnid for one in ilsvrc.classes()]
    assert wnids == sorted(wnids) == list(class_list("ilsvrc2012").wnids)
    assert [one.class_index for one in ilsvrc.classes()] == list(range(1000))


def test_the_devkits_numbers_are_1_to_1000_in_another_order() -> None:
    ids = [one.ilsvrc2012_id for one in ilsvrc.classes()]
    assert sorted(ids) == list(range(1, 1001))
    assert ids != sorted(ids)


def test_the_classes_hold_the_published_number_of_training_images() -> None:
    images = [one.num_train_images for one in ilsvrc.classes()]
    assert sum(images) == 1_281_167
    assert (min(images), max(images), images.count(1300)) == (732, 1300, 895)


def test_words_are_the_synsets_lemmas(graph: Graph) -> None:
    for one in ilsvrc.classes():
        lemmas = graph.lemmas(int(one.wnid[1:]))
        assert one.words == ", ".join(lemmas).replace("_", " ")


def test_validation_labels_are_50_a_class() -> None:
    labels = validation_labels()
    assert labels.shape == (50_000,)
    assert labels.dtype == np.uint16
    assert np.bincount(labels).tolist() == [50] * 1000


def test_the_first_validation_labels_are_the_devkits() -> None:
    # The opening of ILSVRC2012_validation_ground_truth.txt, in ILSVRC2012_IDs.
    opening = [490, 361, 171, 822, 297, 482, 13, 704, 599, 164]
    classes = ilsvrc.classes()
    assert [classes[i].ilsvrc2012_id for i in validation_labels()[:10]] == opening


def test_the_published_archives_can_be_read_and_hold_the_known_counts() -> None:
    text = files("imnet_data.facts").joinpath("archives.toml").read_text(encoding="utf-8")
    archives = tomllib.loads(text)["ilsvrc2012"]
    assert archives["train"]["images"] == sum(c.num_train_images for c in ilsvrc.classes())
    assert archives["val"]["images"] == len(validation_labels())


def test_the_notices_travel_with_the_facts() -> None:
    folder = files("imnet_data.facts")
    wordnet = folder.joinpath("wordnet-LICENSE.txt").read_text(encoding="utf-8")
    devkit = folder.joinpath("ilsvrc2012-devkit-COPYING.txt").read_text(encoding="utf-8")
    assert "Princeton University" in wordnet
    assert "The ImageNet Project" in devkit
