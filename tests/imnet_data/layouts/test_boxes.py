"""Reading boxes: VOC's XML as ImageNet and others write it, and the lists; damage is told."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.archives.texts import Text
from imnet_data.layouts.boxes import BrokenBoxes, FoundBox, FoundBoxes, boxes_in, reads_boxes
from tests.voc import annotation, marked

TRAIN = "Annotations/CLS-LOC/train/n01440764"


def found_in(name: str, content: bytes, directory: str = "") -> FoundBoxes:
    (found,) = boxes_in(Text(directory, name, content))
    assert isinstance(found, FoundBoxes), found
    return found


def reason_of(name: str, content: bytes) -> str:
    (broken,) = boxes_in(Text("train", name, content))
    assert isinstance(broken, BrokenBoxes)
    assert broken.where.startswith(f"train/{name}")
    return broken.reason


# -- which files


@pytest.mark.parametrize(
    ("base", "read"),
    [
        ("n01440764_18.xml", True),
        ("ILSVRC2012_val_00000001.XML", True),
        ("._n01440764_18.xml", False),
        ("LOC_train_solution.csv", True),
        ("LOC_val_solution.csv", True),
        ("LOC_sample_submission.csv", False),
        ("n01443537_boxes.txt", True),
        ("val_annotations.txt", True),
        ("train_cls.txt", False),
        ("n01440764_18.JPEG", False),
    ],
)
def test_only_files_of_boxes_are_read(base: str, *, read: bool) -> None:
    assert reads_boxes(base) == read


# -- XML


def test_an_annotation_gives_its_boxes_in_pixels_as_written() -> None:
    content = annotation("n01440764_18", [marked("n01440764", 16, 0, 500, 276, truncated=1)])
    found = found_in("n01440764_18.xml", content)
    assert found == FoundBoxes(
        "",
        "n01440764_18.JPEG",
        500,
        375,
        (FoundBox("n01440764", 16, 0, 500, 276, truncated=True, difficult=False),),
    )


def test_kaggles_annotations_are_of_the_images_in_the_folder_of_data() -> None:
    content = annotation("n01440764_18", [])
    found = found_in("n01440764_18.xml", content, f"ILSVRC/{TRAIN}")
    assert found.directory == "ILSVRC/Data/CLS-LOC/train/n01440764"
    assert found.objects == ()


@pytest.mark.parametrize(
    ("said", "image"),
    [
        ("%s", "n01440764_18.JPEG"),
        ("n01440764_99", "n01440764_18.JPEG"),
        ("n01440764_18.png", "n01440764_18.png"),
        ("../../etc/passwd", "n01440764_18.JPEG"),
    ],
)
def test_the_files_own_name_counts_whatever_it_says_of_its_image(said: str, image: str) -> None:
    assert found_in("n01440764_18.xml", annotation(said, [])).image_base == image


@given(
    st.lists(
        st.builds(
            FoundBox,
            category=st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1),
            xmin=st.integers(-9, 5000),
            ymin=st.integers(0, 5000),
            xmax=st.integers(0, 5000),
            ymax=st.integers(0, 5000),
            truncated=st.booleans(),
            difficult=st.booleans(),
        ),
        max_size=3,
    ),
    st.booleans(),
)
def test_however_it_is_written_an_annotation_says_the_same(
    boxes: list[FoundBox], turned: bool
) -> None:
    """ImageNet's own form is read by a pattern, any other by expat."""
    usual = annotation(
        "a",
        [
            marked(
                box.category, box.xmin, box.ymin, box.xmax, box.ymax,
                truncated=int(box.truncated), difficult=int(box.difficult),
            )
            for box in boxes
        ],
    )  # fmt: skip
    root = ET.fromstring(usual)
    for parent in root.iter():
        if turned:
            parent[:] = list(reversed(parent)) if parent.tag != "annotation" else list(parent)
        parent.tail = None
    other = ET.tostring(root, "utf-16")
    assert found_in("a.xml", usual) == found_in("a.xml", other)
    assert found_in("a.xml", usual).objects == tuple(boxes)


def test_a_part_of_an_object_is_no_object() -> None:
    part = (
        "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax>"
        "</bndbox></part>"
    )
    content = annotation("a", [marked("n01440764", 5, 6, 70, 80)])
    content = content.replace(b"</object>", f"{part}</object>".encode())
    assert found_in("a.xml", content).objects == (FoundBox("n01440764", 5, 6, 70, 80),)


def test_sides_with_decimals_are_taken_as_whole_pixels() -> None:
    content = annotation("a", [marked("n01440764", 5, 6, 70, 80)])
    content = content.replace(b">70<", b">70.66<").replace(b">500<", b">0<")
    found = found_in("a.xml", content)
    assert found.objects[0].xmax == 70
    assert (found.width, found.height) == (None, 375)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE annotation [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<annotation><filename>&b;</filename></annotation>"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no sound XML"),
        (b"<annotation><object></annotation>", "no sound XML: mismatched tag"),
        (b"<html><body/></html>", "no annotation, but an XML of <html>"),
        (BOMB, "has a DTD"),
        (BOMB.decode().encode("utf-16"), "has a DTD"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotation/>', "has a DTD"),
        (b"<annotation><object><name>n01440764</name></object></annotation>", "has no xmin"),
        (annotation("a", [marked("a", 1, 2, 3, 10**12)]), "a number in it is none"),
        (annotation("a", [marked("a", 1, 2, 3, 4)]).replace(b">3<", b">x<"), "a number in it"),
        (annotation("a", [marked("a", 1, 2, 3, 4)]).replace(b">3<", b">nan<"), "a number in it"),
        (annotation("a", []) + b" " * (1 << 20), "larger than any annotation"),
    ],
    ids=range(11),
)
def test_a_broken_annotation_is_told_with_its_reason(content: bytes, reason: str) -> None:
    assert reason in reason_of("a.xml", content)


@given(st.data())
def test_a_cut_or_flipped_annotation_is_read_or_told_broken(data: st.DataObject) -> None:
    content = bytearray(annotation("a", [marked("n01440764", 5, 6, 70, 80)]))
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    (found,) = boxes_in(Text("", "a.xml", bytes(content[:cut])))
    assert isinstance(found, FoundBoxes | BrokenBoxes)


# -- lists


def test_kaggles_list_gives_a_line_an_image_with_all_its_boxes() -> None:
    content = (
        b"ImageId,PredictionString\r\n"
        b"n02017213_7894,n02017213 115 49 448 294 n02017213 1 2 3 4 \r\n"
        b"ILSVRC2012_val_00048981,n03995372 85 1 499 272 \r\n"
    )
    first, second = boxes_in(Text("", "LOC_train_solution.csv", content))
    assert first == FoundBoxes(
        "n02017213",
        "n02017213_7894.JPEG",
        None,
        None,
        (FoundBox("n02017213", 115, 49, 448, 294), FoundBox("n02017213", 1, 2, 3, 4)),
    )
    assert isinstance(second, FoundBoxes)
    assert (second.directory, second.image_base) == ("", "ILSVRC2012_val_00048981.JPEG")


@pytest.mark.parametrize(
    "line", [b"", b"n02017213_7894", b"n02017213_7894,n02017213 1 2 3", b"x,n02017213 1 2 3 4",
             b"n02017213_7894,n02017213 1 2 3 x"],
)  # fmt: skip
def test_a_broken_line_of_a_list_costs_that_line_alone(line: bytes) -> None:
    content = b"ImageId,PredictionString\n" + line + b"\nn02017213_7,n02017213 1 2 3 4\n"
    broken, whole = boxes_in(Text("a", "LOC_val_solution.csv", content))
    assert isinstance(broken, BrokenBoxes)
    assert broken.where == "a/LOC_val_solution.csv, line 2"
    assert isinstance(whole, FoundBoxes)


def test_tiny_imagenets_lists_are_of_the_images_in_the_folder_beside_them() -> None:
    content = b"n01443537_0.JPEG\t0\t10\t63\t58\nn01443537_1.JPEG\t6\t9\n"
    found, broken = boxes_in(Text("train/n01443537", "n01443537_boxes.txt", content))
    assert found == FoundBoxes(
        "train/n01443537/images",
        "n01443537_0.JPEG",
        None,
        None,
        (FoundBox("n01443537", 0, 10, 63, 58),),
    )
    assert isinstance(broken, BrokenBoxes)
    (val,) = boxes_in(Text("val", "val_annotations.txt", b"val_0.JPEG\tn03444034\t0\t32\t44\t62\n"))
    assert val == FoundBoxes(
        "val/images", "val_0.JPEG", None, None, (FoundBox("n03444034", 0, 32, 44, 62),)
    )
