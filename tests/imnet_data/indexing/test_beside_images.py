"""What lies beside images: devkits held against the packaged labels, boxes, lists that label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import imnet_data
from tests.shapes import beside, kaggle, others
from tests.shapes.pictures import classes_of
from tests.shapes.writing import as_tar, as_tar_gz, as_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.shapes.writing import Files

    Write = Callable[[Path, Files], Path]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[imnet_data.Catalogue]:
    (tmp_path / "catalogue").mkdir()
    with imnet_data.open(tmp_path / "catalogue" / "imagenet.db", create=True) as opened:
        yield opened


# -- devkits


@pytest.mark.parametrize(
    ("name", "files", "write"),
    [
        ("ILSVRC2012_devkit_t12.tar.gz", beside.devkit_files, as_tar_gz),
        ("kit.tar", beside.devkit_files, as_tar),
        ("unpacked", beside.devkit_files, as_tree),
        ("ILSVRC2014_devkit.tgz", beside.devkit_2014_files, as_tar_gz),
    ],
)
def test_a_devkit_is_told_by_its_ground_truth_which_agrees_with_the_packaged_labels(
    catalogue: imnet_data.Catalogue,
    tmp_path: Path,
    name: str,
    files: Callable[[list[int]], Files],
    write: Write,
) -> None:
    path = write(tmp_path / name, files(beside.ground_truth()))
    report = catalogue.index(path)
    (kit,) = report.archives
    assert (kit.layout, kit.release, kit.images) == ("devkit", "ilsvrc2012", 0)
    assert "validation_ground_truth.txt" in kit.layout_why
    assert (kit.notes.agreeing, kit.faults, report.well) == (50_000, [], True)
    assert catalogue.index(path).well  # unchanged


def test_a_devkit_with_other_labels_is_a_fault_that_names_the_first(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    truth = beside.ground_truth()
    truth[2], truth[4], truth[7], truth[49_999] = 1, 2001, 3, 4
    path = as_tar(tmp_path / "kit.tar", beside.devkit_files(truth))
    report = catalogue.index(path)
    (fault,) = report.archives[0].faults
    assert not report.well
    assert "4 of the 50,000 labels in ILSVRC2012_validation_ground_truth.txt" in fault.sentence
    assert "ILSVRC2012_val_00000003 is n02119789 here and n02105855 in the package" in (
        fault.sentence
    )
    assert "ILSVRC2012_val_00000005 is '2001' here" in fault.sentence
    assert "and 1 more" in fault.sentence
    assert not catalogue.index(path).well  # it stays wrong


def test_a_devkit_that_breaks_off_is_a_fault(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    path = as_tar(tmp_path / "kit.tar", beside.devkit_files(beside.ground_truth()[:49_000]))
    report = catalogue.index(path)
    (fault,) = report.archives[0].faults
    assert "holds 49,000 labels, and 50,000 validation images were published" in fault.sentence
    assert not report.well


# -- boxes


def test_archives_of_boxes_alone_are_told_and_are_well(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    report = catalogue.index(beside.box_archives(tmp_path))
    assert report.well
    assert [(one.layout, one.release, one.layout_why, one.boxes) for one in report.archives] == [
        ("boxes", "ilsvrc2012", "by its XML files", 6),
        ("boxes", "ilsvrc2012", "by its XML files", 12),
        ("boxes", "ilsvrc2012", "by its LOC_val_solution.csv", 18),
    ]


@pytest.mark.parametrize("shape", ["tree", "zipped"])
def test_kaggles_boxes_are_those_of_its_images(
    catalogue: imnet_data.Catalogue, tmp_path: Path, shape: str
) -> None:
    report = catalogue.index(getattr(kaggle, shape)(tmp_path))
    # The zip holds a list of val's boxes beside the XMLs: the same boxes, counted once.
    assert sum(one.boxes for one in report.archives) == len(kaggle.boxed())
    (box,) = catalogue.boxes(catalogue.image("n01440764_7"))
    assert (box.xmin, box.ymin, box.xmax, box.ymax) == (13, 22, 442, 344)
    assert catalogue.boxes(catalogue.image("n01440764_10026")) == ()


def test_xml_of_other_programs_in_a_folder_is_no_archive_of_boxes(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    files = kaggle.annotation_files("ILSVRC/Annotations/CLS-LOC/")
    root = as_tree(tmp_path / "all", files | {"project/pom.xml": b"<project/>"})
    (found,) = catalogue.index(root).archives
    assert (found.path, found.boxes) == (str(root / "ILSVRC/Annotations/CLS-LOC"), 18)


# -- lists that label


def test_tiny_imagenets_boxes_are_those_of_the_keys_that_its_list_labels(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    catalogue.index(as_tree(tmp_path / "tiny", others.tiny_files()))
    (box,) = catalogue.boxes(catalogue.image("val_9999"))
    assert (box.xmin, box.ymin, box.xmax, box.ymax) == (0, 32, 44, 62)
    (box,) = catalogue.boxes(catalogue.image(f"{classes_of('tiny-imagenet')[0]}_499"))
    assert (box.xmin, box.ymin, box.xmax, box.ymax) == (0, 10, 63, 58)


def test_tiny_imagenets_val_that_somebody_sorted_into_classes_keeps_keys_and_labels(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    val = [one for one in others.tiny_pictures() if one.split == "val"]
    files = {f"val/{one.wnid}/{one.name}.JPEG": one.data for one in val}
    root = as_tree(tmp_path / "tiny-imagenet-200", files)
    (report,) = catalogue.index(root).archives
    assert (report.layout, report.release, report.splits) == (
        "tiny-imagenet", "tiny-imagenet", ["val"],
    )  # fmt: skip
    assert {(one.name, one.wnid) for one in catalogue.images()} == {
        (one.name, one.wnid) for one in val
    }


def test_a_list_that_labels_counts_as_a_change_of_the_folder(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    root = as_tree(tmp_path / "tiny", others.tiny_files()) / "tiny-imagenet-200" / "val"
    catalogue.index(root, release="tiny-imagenet")
    assert catalogue.image("val_0").wnid == classes_of("tiny-imagenet")[0]
    first, _, wnid = classes_of("tiny-imagenet")
    listed = root / "val_annotations.txt"
    listed.write_text(listed.read_text().replace(f"val_0.JPEG\t{first}", f"val_0.JPEG\t{wnid}"))
    assert catalogue.index(root, release="tiny-imagenet").archives[0].outcome == "changed"
    assert catalogue.image("val_0").wnid == wnid


def test_a_tree_with_its_lists_gone_is_indexed_without_labels(
    catalogue: imnet_data.Catalogue, tmp_path: Path
) -> None:
    val = [one for one in others.tiny_pictures() if one.split == "val"]
    files = {f"val/images/{one.name}.JPEG": one.data for one in val}
    root = as_tree(tmp_path / "tiny-imagenet-200", files)
    (report,) = catalogue.index(root).archives
    assert (report.images, report.unlabelled) == (4, 4)
    assert {one.name for one in catalogue.images()} == {one.name for one in val}
