"""What is said of a release: its name, its ground, and what a user's word changes."""

from __future__ import annotations

import pytest

from imnet_data.layouts.agreement import agree
from imnet_data.layouts.layout_names import LAYOUTS
from imnet_data.layouts.recognise import Reading, own_release, recognise
from imnet_data.layouts.survey import Survey
from imnet_data.splits import Split

from .looks import DOG, GOLDFISH, ILSVRC, TENCH, read, survey_of

TRAIN = [f"{wnid}/{wnid}_{number}.JPEG" for wnid in (TENCH, GOLDFISH) for number in (1, 2)]
TARS = [f"{wnid}.tar/{wnid}_1.JPEG" for wnid in (TENCH, GOLDFISH)]
VAL = [f"ILSVRC2012_val_{number:08d}.JPEG" for number in (1, 2, 3)]


def asked(
    survey: Survey,
    *,
    release: str | None = None,
    layout: str | None = None,
    split: Split | None = None,
) -> Reading:
    return recognise(survey, ilsvrc2012=ILSVRC, release=release, layout=layout, split=split)


@pytest.mark.parametrize(
    ("folder", "release"),
    [
        ("imagenette2-320", "imagenette"),
        ("imagewoof2", "imagewoof"),
        ("imagenetv2-matched-frequency-format-val", "imagenetv2-matched-frequency"),
        ("imagenetv2-threshold0.7-format-val", "imagenetv2-threshold0.7"),
        ("imagenetv2-top-images-format-val", "imagenetv2-top-images"),
        ("imagenet-a", "imagenet-a"),
        ("imagenet-r", "imagenet-r"),
    ],
)
def test_known_cuts_are_releases_of_their_own_and_never_ilsvrc2012(
    folder: str, release: str
) -> None:
    for survey in (
        survey_of(f"/d/{folder}.tar", [f"train/{name}" for name in TRAIN]),
        survey_of(f"/d/{folder}/train", TRAIN, source=f"/d/{folder}", split=Split.TRAIN),
        survey_of("/d/renamed.tar", [f"{folder}/val/{name}" for name in TRAIN]),
    ):
        found = read(survey)
        assert (found.layout, found.release) == ("class-folders", release)
        assert found.why == "by the file's name"


def test_a_release_told_by_a_first_look_at_classes_says_so() -> None:
    by_classes = read(survey_of("/d/x.tar", TARS))
    by_name = read(survey_of("/d/ILSVRC2012_img_train.tar", TARS))
    full = read(survey_of("/d/x.tar", [*TARS, f"{DOG}.tar/{DOG}_1.JPEG"]))
    by_images = read(survey_of("/d/x.tar", VAL))
    assert [one.why for one in (by_classes, by_name, full, by_images)] == [
        "by its classes",
        "by the file's name",
        "by its classes",
        "by its images' names",
    ]
    # A class found later can overturn the first alone: it takes all for ILSVRC's.
    assert [one.by_classes for one in (by_classes, by_name, full, by_images)] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("given", "release"),
    [
        ("/home/me/pets", "pets"),
        ("/home/me/pets/train", "pets"),
        ("/home/me/pets/train.tar", "pets"),
        ("/home/me/pets.tar", "pets"),
        ("/home/me/my pets (2)", "my-pets-2"),
        ("/home/me/\u732b", "own"),
        ("/train", "own"),
    ],
)
def test_a_release_of_ones_own_is_called_like_its_folder(given: str, release: str) -> None:
    assert own_release(Survey(given, given)) == release


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_that_was_asked_for_is_taken_whatever_the_names_are(layout: str) -> None:
    assert asked(survey_of("/d/fall11_whole.tar", VAL), layout=layout).layout == layout


def test_a_layout_that_was_asked_for_has_its_own_split_and_release() -> None:
    survey = survey_of("/d/images.tar", TRAIN)
    found = [asked(survey, layout=layout) for layout in LAYOUTS]
    assert {one.layout: (one.release, one.split.label) for one in found} == {
        "ilsvrc-train": ("ilsvrc2012", "train"),
        "ilsvrc-val": ("ilsvrc2012", "val"),
        "ilsvrc-test": ("ilsvrc2012", "test"),
        "full-release": ("fall11", "none"),
        "class-folders": ("images", "none"),
        "class-indices": ("images", "none"),
        "kaggle-cls-loc": ("ilsvrc2012", "train"),
        "tiny-imagenet": ("tiny-imagenet", "none"),
        "webdataset": ("ilsvrc2012", "none"),
        "hugging-face": ("ilsvrc2012", "none"),
        "boxes": ("ilsvrc2012", "train"),
        "devkit": ("ilsvrc2012", "none"),
    }
    assert asked(survey, layout="ilsvrc-train", split=Split.VAL).split is Split.VAL


def test_a_release_that_was_asked_for_says_how_its_names_are_read() -> None:
    survey = survey_of("/d/images.tar", TARS)
    found = [asked(survey, release=release) for release in ("winter21", "ilsvrc2012")]
    assert [(one.layout, one.release, one.split, one.by_classes) for one in found] == [
        ("full-release", "winter21", Split.NONE, False),
        ("ilsvrc-train", "ilsvrc2012", Split.TRAIN, False),
    ]


def test_a_tree_says_where_its_classes_stand() -> None:
    members = ["pets/train/rex/1.jpg", "pets/val/rex/2.jpg"]
    found = read(survey_of("/d/x.tar", members))
    assert (found.layout, found.depth, found.has_splits) == ("class-folders", 1, True)


def test_a_release_that_was_asked_for_is_not_overruled_by_a_neighbour() -> None:
    surveys = [
        survey_of(f"/d/cut/{word}", TRAIN, source="/d/cut", split=Split.of(word))
        for word in ("train", "val")
    ]
    readings = [asked(survey, release="mine") for survey in surveys]
    assert [one.release for one in agree(readings, surveys)] == ["mine", "mine"]


@pytest.mark.parametrize(
    ("given", "path", "release"),
    [
        ("/d", "/d/imagenette2-160/val", "imagenette"),
        ("/d", "/d/sets/imagenet21k_resized/imagenet21k_val", "imagenet21k_resized"),
        ("/d/imagenette2-160/val", "/d/imagenette2-160/val", "imagenette"),
        ("/d/pets", "/d/pets/val", "pets"),
        ("/d", "/d/pets/val", "pets"),
        ("/imagenette-trials/pets", "/imagenette-trials/pets/val", "pets"),
    ],
)
def test_a_trees_release_is_told_by_the_folders_between_what_was_given_and_its_split(
    given: str, path: str, release: str
) -> None:
    survey = survey_of(path, ["rex/1.jpg"], source=given, split=Split.VAL)
    survey.container = "folder"
    assert (read(survey).release, read(survey).why) == (release, "by its folder's name")
