"""What the files beside images tell of an archive, before its names are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imnet_data.splits import Split

from .looks import DOG, GOLDFISH, TENCH, read, read_together, run_of, survey_of

if TYPE_CHECKING:
    from imnet_data.layouts.survey import Survey

SAMPLES = ["1.jpg", "1.cls", "2.jpg", "2.cls", "2.json"]


def seen(path: str, *members: str, container: str = "tar", split: Split | None = None) -> Survey:
    survey = survey_of(path, (), split=split)
    survey.container = container
    folders: dict[str, list[str]] = {}
    for member in members:
        folder, _, base = member.rpartition("/")
        folders.setdefault(folder, []).append(base)
    survey.take([run_of(folder, bases) for folder, bases in folders.items()], ())
    return survey


@pytest.mark.parametrize(
    ("members", "container", "layout"),
    [
        (SAMPLES, "tar", "webdataset"),
        (SAMPLES, "tar.gz", "webdataset"),
        (SAMPLES, "zip", "class-folders"),  # nobody writes samples so
        (["1.jpg", "1.json", "2.jpg", "2.json"], "tar", "webdataset"),
        ([f"shard/{name}" for name in SAMPLES], "tar", "webdataset"),
        # A note beside each picture of a class folder takes its class from no folder.
        (["cat/1.jpg", "cat/1.json", "dog/2.jpg", "dog/2.json"], "tar", "class-folders"),
        (["1.jpg", "2.jpg", "3.jpg", "3.cls"], "tar", "class-folders"),
        (["1.jpg", "all.json"], "tar", "class-folders"),
        (["1.jpg"], "parquet", "hugging-face"),
    ],
)
def test_samples_are_told_by_the_label_file_beside_each_image(
    members: list[str], container: str, layout: str
) -> None:
    assert read(seen("/d/pets/0000.tar", *members, container=container)).layout == layout


@pytest.mark.parametrize(
    ("name", "hint", "split"),
    [
        ("imagenet1k-validation-00.tar", None, "val"),
        ("imagenet1k-train-0000.tar", Split.VAL, "train"),
        ("0000.tar", Split.VAL, "val"),
        ("0000.tar", None, "none"),
    ],
)
def test_a_shards_split_is_a_word_of_its_name_else_its_folders(
    name: str, hint: Split | None, split: str
) -> None:
    found = read(seen(f"/d/shards/{name}", *SAMPLES, split=hint))
    assert (found.layout, found.split.label) == ("webdataset", split)


def test_shards_named_by_classes_beyond_ilsvrc_are_a_release_of_their_own() -> None:
    members = [f"{wnid}_1.{ending}" for wnid in (TENCH, DOG) for ending in ("jpg", "cls")]
    wider = read(seen("/d/mine/0000.tar", *members))
    known = read(seen("/d/mine/0000.tar", *members[:2]))
    assert (wider.release, known.release) == ("mine", "ilsvrc2012")
    assert (wider.by_classes, known.by_classes) == (False, False)


@pytest.mark.parametrize(
    ("members", "layout", "why"),
    [
        (["ILSVRC/Annotations/CLS-LOC/train/n01440764/n01440764_7.xml"], "kaggle-cls-loc",
         "by its folders CLS-LOC"),
        (["ILSVRC/Data/CLS-LOC/test/ILSVRC2012_test_00000001.JPEG"], "kaggle-cls-loc",
         "by its folders CLS-LOC"),
        (["n01440764/n01440764_7.xml"], "boxes", "by its XML files"),
        (["kit/data/ILSVRC2012_validation_ground_truth.txt", "kit/a.xml"], "devkit",
         "by its ILSVRC2012_validation_ground_truth.txt"),
        (["kit/data/ILSVRC2015_clsloc_validation_ground_truth.txt"], "devkit",
         "by its ILSVRC2015_clsloc_validation_ground_truth.txt"),
        (["val/val_annotations.txt", "val/images/val_0.JPEG"], "tiny-imagenet",
         "by its val_annotations.txt"),
        (["n01443537/n01443537_boxes.txt", "n01443537/images/n01443537_0.JPEG"],
         "tiny-imagenet", "by its lists of boxes"),
        # With images of ImageNet's beside them they are what their names say.
        (["data/ILSVRC2012_validation_ground_truth.txt", "ILSVRC2012_val_00000001.JPEG"],
         "ilsvrc-val", "by its images' names"),
        (["n01440764/n01440764_7.xml", "n01440764/n01440764_7.JPEG"], "ilsvrc-train",
         "by its images' names"),
        (["notes.txt", "readme.txt"], "class-folders", "by its folders"),
    ],
)  # fmt: skip
def test_files_beside_images_tell_the_layout(members: list[str], layout: str, why: str) -> None:
    found = read(seen("/d/x.tar", *members))
    assert (found.layout, found.layout_why) == (layout, why)


def test_boxes_of_classes_beyond_ilsvrc_are_a_full_releases() -> None:
    wider = read(seen("/d/x.tar", f"{DOG}/{DOG}_1.xml", f"{TENCH}/{TENCH}_1.xml"))
    assert (wider.release, wider.split) == ("fall11", Split.NONE)
    known = read(seen("/d/x.tar", f"{GOLDFISH}/{GOLDFISH}_1.xml"))
    assert (known.release, known.split) == ("ilsvrc2012", Split.TRAIN)


def test_blurred_copies_keep_ilsvrcs_names_in_a_release_of_their_own() -> None:
    found = read(
        seen("/d/val_blurred.tar", f"val_blurred/{TENCH}/ILSVRC2012_val_00000293.jpg",
             f"val_blurred/{GOLDFISH}/ILSVRC2012_val_00000236.jpg")
    )  # fmt: skip
    assert (found.layout, found.release, found.split) == (
        "ilsvrc-val", "ilsvrc2012-blurred", Split.VAL,
    )  # fmt: skip


def test_sketches_are_told_by_their_names_in_a_folder_that_says_nothing() -> None:
    found = read(seen("/d/x.tar", f"sketch/{TENCH}/sketch_0.JPEG", f"sketch/{DOG}/sketch_3.JPEG"))
    assert (found.release, found.why) == ("imagenet-sketch", "by its images' names")
    mixed = read(seen("/d/x.tar", f"a/{TENCH}/sketch_0.JPEG", f"a/{DOG}/other.JPEG"))
    assert mixed.release == "x"


def test_folders_are_class_indices_only_in_a_release_that_has_them() -> None:
    members = ["top/0/a.jpeg", "top/10/b.jpeg", "top/999/c.jpeg"]
    version2 = read(seen("/d/imagenetv2-top-images.tar.gz", *members))
    sorted_anew = read(seen("/d/imagenetv2-top-images.tar", f"top/{TENCH}/a.jpeg"))
    digits = read(seen("/d/digits.tar", *members))
    assert [one.layout for one in (version2, sorted_anew, digits)] == [
        "class-indices", "class-folders", "class-folders",
    ]  # fmt: skip


def test_one_tree_of_somebodys_own_cut_says_nothing_of_another_beside_it() -> None:
    def tree(root: str, word: str, *members: str) -> Survey:
        return survey_of(f"/d/{root}/{word}", members, source="/d", split=Split.of(word))

    train, val = f"{TENCH}/{TENCH}_1.JPEG", "ILSVRC2012_val_00000001.JPEG"
    found = read_together(
        tree("cut", "train", train),
        tree("cut", "val", train),
        tree("imagenet", "train", train),
        tree("imagenet", "val", val),
    )
    assert [one.release for one in found] == ["d", "d", "ilsvrc2012", "ilsvrc2012"]
