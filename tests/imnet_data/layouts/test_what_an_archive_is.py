"""What an archive is taken for: by what was asked, its name, its members."""

from __future__ import annotations

import pytest

from imnet_data.layouts.recognise import recognise
from imnet_data.layouts.survey import tree_depth
from imnet_data.splits import Split

from .looks import DOG, GOLDFISH, ILSVRC, TENCH, read, read_together, survey_of

TRAIN = [f"{wnid}/{wnid}_{number}.JPEG" for wnid in (TENCH, GOLDFISH) for number in (1, 2, 3)]
TARS = [f"{wnid}.tar/{wnid}_{number}.JPEG" for wnid in (TENCH, GOLDFISH) for number in (1, 2)]
FULL = [*TARS, f"{DOG}.tar/{DOG}_1.JPEG"]
VAL = [f"ILSVRC2012_val_{number:08d}.JPEG" for number in (1, 2, 3)]
TEST = [f"test/ILSVRC2012_test_{number:08d}.JPEG" for number in (1, 2, 3)]
OWN = ["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"]


@pytest.mark.parametrize(
    ("path", "members", "layout", "release", "split"),
    [
        ("/d/ILSVRC2012_img_train.tar", TARS, "ilsvrc-train", "ilsvrc2012", "train"),
        ("/d/train.tar", TARS, "ilsvrc-train", "ilsvrc2012", "train"),
        ("/d/images", TRAIN, "ilsvrc-train", "ilsvrc2012", "train"),
        ("/d/ILSVRC2012_img_val.tar", VAL, "ilsvrc-val", "ilsvrc2012", "val"),
        ("/d/x.tar", [f"{TENCH}/{name}" for name in VAL], "ilsvrc-val", "ilsvrc2012", "val"),
        ("/d/x.tar", TEST, "ilsvrc-test", "ilsvrc2012", "test"),
        ("/d/x.tar", FULL, "full-release", "fall11", "none"),
        ("/d/fall11_whole.tar", TARS, "full-release", "fall11", "none"),
        ("/d/x.tar", [f"fall11_whole/{m}" for m in FULL], "full-release", "fall11", "none"),
        ("/d/winter21_whole.tar", FULL, "full-release", "winter21", "none"),
        ("/d/imagenette2-160", TRAIN, "class-folders", "imagenette", "none"),
        ("/d/x.tar", [f"imagenette2/{m}" for m in TRAIN], "class-folders", "imagenette", "none"),
        ("/d/my pets!.tar", OWN, "class-folders", "my-pets", "none"),
        ("/d/photos", ["1.jpg", "2.jpg"], "class-folders", "photos", "none"),
        ("/d/groups", ["fish/n01440764_1.JPEG", "fish/n01443537_2.JPEG"], "class-folders", "groups",
         "none"),
    ],
)  # fmt: skip
def test_an_archive_is_told_by_its_name_and_its_members(
    path: str, members: list[str], layout: str, release: str, split: str
) -> None:
    found = read(survey_of(path, members))
    assert (found.layout, found.release, found.split.label) == (layout, release, split)


def test_what_was_asked_comes_first() -> None:
    survey = survey_of("/d/ILSVRC2012_img_val.tar", VAL)
    found = recognise(
        survey, ilsvrc2012=ILSVRC, release="mine", layout="class-folders", split=Split.TEST
    )
    assert (found.release, found.layout, found.split) == ("mine", "class-folders", Split.TEST)
    assert found.why == "as asked"


def test_the_release_is_the_given_folders_name_not_the_splits() -> None:
    survey = survey_of("/d/pets/train", OWN, source="/d/pets/train", split=Split.TRAIN)
    assert read(survey).release == "pets"


@pytest.mark.parametrize("root", ["/d/mine", "/d/ILSVRC2012_resplit", "/d/ilsvrc2012"])
@pytest.mark.parametrize("share", ["all", "most"])
def test_a_tree_with_other_splits_never_passes_for_ilsvrc2012(root: str, share: str) -> None:
    """Its `val` holds train pictures: an accuracy on it is no accuracy on ILSVRC2012's."""
    val = TRAIN if share == "all" else [*TRAIN, f"{TENCH}/{VAL[0]}"]
    surveys = [
        survey_of(f"{root}/train", TRAIN, source=root, split=Split.TRAIN),
        survey_of(f"{root}/val", val, source=root, split=Split.VAL),
    ]
    found = read_together(*surveys)
    assert [one.split for one in found] == [Split.TRAIN, Split.VAL]
    assert {one.layout for one in found} == {"class-folders"}
    assert len({one.release for one in found}) == 1
    assert "ilsvrc2012" not in {one.release.lower() for one in found}


@pytest.mark.parametrize("root", ["/d/ILSVRC2012-by-group", "/d/ilsvrc2012"])
def test_pictures_regrouped_into_other_classes_never_pass_for_ilsvrc2012(root: str) -> None:
    members = [f"fish/{name}" for name in ("n01440764_1.JPEG", "n01443537_2.JPEG")]
    found = read(survey_of(root, members))
    assert (found.layout, found.release.lower() == "ilsvrc2012") == ("class-folders", False)


def test_ilsvrc2012s_own_splits_stay_what_they_are() -> None:
    found = read_together(
        survey_of("/d/x/train", TRAIN, source="/d/x", split=Split.TRAIN),
        survey_of("/d/x/val", VAL, source="/d/x", split=Split.VAL),
        survey_of("/d/x/test", TEST, source="/d/x", split=Split.TEST),
    )
    assert [(one.release, one.layout) for one in found] == [
        ("ilsvrc2012", "ilsvrc-train"),
        ("ilsvrc2012", "ilsvrc-val"),
        ("ilsvrc2012", "ilsvrc-test"),
    ]


def test_a_few_strays_do_not_turn_validation_into_something_else() -> None:
    stray = survey_of("/d/x/val", [*VAL, f"{TENCH}_1.JPEG"], source="/d/x", split=Split.VAL)
    assert read(stray).layout == "ilsvrc-val"


@pytest.mark.parametrize(
    ("folders", "depth", "has_splits"),
    [
        ({"cat", "dog"}, 0, False),
        ({"cat", "train"}, 0, False),  # a class called train
        ({"train/cat", "val/dog"}, 0, True),
        ({"train/cat/old", "train/dog"}, 0, True),
        ({"pets/train/cat", "pets/val/dog"}, 1, True),
        ({"a/b/cat", "a/b/dog"}, 2, False),
        ({"cat", "cat/old", "dog"}, 0, False),
        ({"train", "val"}, 0, False),  # two classes, for all we can see
        ({""}, 0, False),
        (set(), 0, False),
    ],
)
def test_the_folders_before_the_class_are_told(
    folders: set[str], depth: int, *, has_splits: bool
) -> None:
    assert tree_depth(folders) == (depth, has_splits)
