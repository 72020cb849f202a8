"""Boxes in the catalogue: whatever holds them, and in whatever order it comes, they find images."""

from __future__ import annotations

import pickle
import signal
import sqlite3
import time
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.facts.class_lists import class_list
from imnet_data.indexing import load
from imnet_data.progress import Silent
from imnet_data.records import Box
from tests.voc import annotation, marked

from .test_kill import start
from .trees import GOLDFISH, TENCH, class_tar, content, flat_tar, train_tar, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.catalogue import Catalogue

VAL_1 = "ILSVRC2012_val_00000001"  # of class n01751748
SEA_SNAKE = "n01751748"


def xml(name: str, wnid: str, *xmins: int) -> bytes:
    return annotation(name, [marked(wnid, xmin, 2, 300, 200) for xmin in xmins])


def box(wnid: str, name: str, xmin: int) -> Box:
    return Box(wnid, name, xmin, 2, 300, 200, 500, 375)


TENCH_7 = (box(TENCH, "tench.n.01", 1), box(TENCH, "tench.n.01", 9))


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as opened:
        yield opened


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    train = train_tar(tmp_path / "ILSVRC2012_img_train.tar", {TENCH: [7, 8], GOLDFISH: [7]})
    val = tmp_path / "ILSVRC2012_img_val.tar"
    val.write_bytes(flat_tar({f"{VAL_1}.JPEG": content(VAL_1)}))
    return [train, val]


@pytest.fixture
def boxes(tmp_path: Path) -> list[Path]:
    train, val = tmp_path / "ILSVRC2012_bbox_train_v2.tar", tmp_path / "ILSVRC2012_bbox_val_v3.tar"
    train.write_bytes(
        flat_tar(
            {
                f"{TENCH}/{TENCH}_7.xml": xml("%s", TENCH, 1, 9),
                f"{GOLDFISH}/{GOLDFISH}_7.xml": xml(f"{GOLDFISH}_7", GOLDFISH),
                f"{GOLDFISH}/{GOLDFISH}_99.xml": xml(f"{GOLDFISH}_99", GOLDFISH, 5),
            }
        )
    )
    val.write_bytes(flat_tar({f"val/{VAL_1}.xml": xml(VAL_1, SEA_SNAKE, 3)}))
    return [train, val]


def shown(catalogue: Catalogue, **kwargs: str) -> dict[str, tuple[Box, ...]]:
    """Every image's boxes, the same by each way of asking."""
    held = {}
    for image in catalogue.images(**kwargs).with_boxes():
        assert image.boxes is not None
        assert catalogue.boxes(image) == image.boxes
        held[image.name] = image.boxes
    return held


@pytest.mark.parametrize("images_first", [True, False])
def test_boxes_and_images_may_be_indexed_in_either_order(
    catalogue: Catalogue, images: list[Path], boxes: list[Path], *, images_first: bool
) -> None:
    for paths in (images, boxes) if images_first else (boxes, images):
        assert catalogue.index(paths).well
    assert shown(catalogue) == {
        f"{TENCH}_7": TENCH_7,
        f"{TENCH}_8": (),
        f"{GOLDFISH}_7": (),
        VAL_1: (box(SEA_SNAKE, "sea_snake.n.01", 3),),
    }
    train, val = (archive for archive in catalogue.archives() if archive.layout == "boxes")
    assert (train.boxes, train.boxed_images, train.images, train.release) == (3, 2, 0, "ilsvrc2012")
    assert (val.boxes, val.boxed_images) == (1, 1)
    again = catalogue.index(boxes)
    assert [(one.outcome, one.boxes) for one in again.archives] == [
        ("unchanged", 3),
        ("unchanged", 1),
    ]
    assert not any(one.awaits_images for one in again.archives)
    assert [archive.splits for archive in (train, val)] == [("train",), ("val",)]


def test_boxes_alone_wait_for_the_images_of_their_release(
    catalogue: Catalogue, images: list[Path], boxes: list[Path]
) -> None:
    first = catalogue.index(boxes)
    assert first.well
    assert all(archive.awaits_images for archive in first.archives)
    assert catalogue.images().count() == 0
    catalogue.index(images, release="mine")
    assert not any(shown(catalogue).values())
    report = catalogue.index(boxes, release="mine")
    assert [archive.outcome for archive in report.archives] == ["changed", "changed"]
    assert shown(catalogue)[f"{TENCH}_7"] == TENCH_7


def test_an_image_is_asked_for_its_boxes_also_after_it_was_pickled(
    catalogue: Catalogue, images: list[Path], boxes: list[Path]
) -> None:
    catalogue.index([*images, *boxes])
    image = pickle.loads(pickle.dumps(catalogue.image(f"{TENCH}_7")))
    assert image.boxes is None
    assert catalogue.boxes(image) == TENCH_7
    with_boxes = catalogue.images("tench.n.01").with_boxes().limit(1).first()
    assert pickle.loads(pickle.dumps(with_boxes)).boxes == TENCH_7


def test_draws_and_disk_order_carry_the_same_boxes(
    catalogue: Catalogue, images: list[Path], boxes: list[Path]
) -> None:
    catalogue.index([*images, *boxes])
    expected = shown(catalogue)
    query = catalogue.images().with_boxes()
    for drawn in (query.sample(3, seed=1), query.per_class(1), query.in_disk_order()):
        for image in drawn:
            assert image.boxes == expected[image.name]


def test_of_two_archives_with_boxes_of_an_image_the_first_ones_are_shown(
    catalogue: Catalogue, images: list[Path], boxes: list[Path], tmp_path: Path
) -> None:
    other = tree(
        tmp_path / "ILSVRC2012_other" / "Annotations",
        {f"{TENCH}/{TENCH}_{n}.xml": xml("x", TENCH, 70 + n) for n in (7, 8)},
    )
    catalogue.index([*images, *boxes])
    catalogue.index(other, release="ilsvrc2012")
    assert shown(catalogue)[f"{TENCH}_7"] == TENCH_7
    assert [one.xmin for one in shown(catalogue)[f"{TENCH}_8"]] == [78]
    catalogue.remove_archive(boxes[0])
    assert [one.xmin for one in shown(catalogue)[f"{TENCH}_7"]] == [77]
    catalogue.remove_archive(other)
    assert shown(catalogue)[f"{TENCH}_7"] == ()


def test_a_changed_archive_of_boxes_replaces_what_it_held(
    catalogue: Catalogue, images: list[Path], boxes: list[Path]
) -> None:
    catalogue.index([*images, *boxes])
    boxes[0].write_bytes(flat_tar({f"{TENCH}/{TENCH}_8.xml": xml("x", TENCH, 4)}))
    (report,) = catalogue.index(boxes[0]).archives
    assert (report.outcome, report.boxes, report.boxed_images) == ("changed", 1, 1)
    assert shown(catalogue)[f"{TENCH}_7"] == ()
    assert shown(catalogue)[f"{TENCH}_8"] == (box(TENCH, "tench.n.01", 4),)


def test_images_that_come_again_have_their_boxes_again(
    catalogue: Catalogue, images: list[Path], boxes: list[Path]
) -> None:
    catalogue.index([*images, *boxes])
    catalogue.remove_archive(images[0])
    assert shown(catalogue) == {VAL_1: (box(SEA_SNAKE, "sea_snake.n.01", 3),)}
    catalogue.index(images[0])
    assert shown(catalogue)[f"{TENCH}_7"] == TENCH_7


def test_a_folder_of_annotations_is_read_again_when_one_of_them_changes(
    catalogue: Catalogue, images: list[Path], tmp_path: Path
) -> None:
    files: dict[str, bytes | None] = {f"train/{TENCH}/{TENCH}_7.xml": xml("x", TENCH, 1)}
    folder = tree(tmp_path / "Annotations" / "CLS-LOC", files)
    catalogue.index([*images, folder])
    assert [one.xmin for one in shown(catalogue)[f"{TENCH}_7"]] == [1]
    tree(folder, {f"train/{TENCH}/{TENCH}_7.xml": xml("x", TENCH, 25)})
    (report,) = catalogue.index(folder).archives
    assert report.outcome == "changed"
    assert [one.xmin for one in shown(catalogue)[f"{TENCH}_7"]] == [25]


def test_broken_annotations_are_counted_and_named_and_the_rest_goes_in(
    catalogue: Catalogue, images: list[Path], boxes: list[Path]
) -> None:
    members = {f"{TENCH}/{TENCH}_{n}.xml": b"<annotation>" for n in range(100, 105)}
    boxes[0].write_bytes(flat_tar({**members, f"{TENCH}/{TENCH}_7.xml": xml("x", TENCH, 1)}))
    report = catalogue.index([*images, boxes[0]])
    assert report.well
    (fault,) = report.archives[-1].faults
    assert fault.sentence.startswith("5 annotations cannot be read and were left out: ")
    assert f"{TENCH}/{TENCH}_100.xml (it is no sound XML" in fault.sentence
    assert fault.sentence.endswith("; and 2 more")
    assert len(shown(catalogue)[f"{TENCH}_7"]) == 1


def test_a_class_is_a_noun_of_wordnet_or_the_name_that_the_file_gives(
    catalogue: Catalogue, images: list[Path], boxes: list[Path]
) -> None:
    objects = [marked(name, 1, 2, 3, 4) for name in (TENCH[1:], GOLDFISH, "n00000001", "a <fish>")]
    boxes[0].write_bytes(flat_tar({f"{TENCH}/{TENCH}_7.xml": annotation("x", objects)}))
    catalogue.index([*images, boxes[0]])
    held = catalogue.boxes(catalogue.image(f"{TENCH}_7"))
    assert [(one.wnid, one.name) for one in held] == [
        (TENCH, "tench.n.01"),
        (GOLDFISH, "goldfish.n.01"),
        (None, "n00000001"),
        (None, "a <fish>"),
    ]
    assert catalogue.own_classes() == []


# -- the other shapes


def cls_loc() -> dict[str, bytes | None]:
    return {
        f"ILSVRC/Annotations/CLS-LOC/train/{TENCH}/{TENCH}_7.xml": xml("x", TENCH, 1, 9),
        f"ILSVRC/Annotations/CLS-LOC/val/{VAL_1}.xml": xml("x", SEA_SNAKE, 3),
        f"ILSVRC/Data/CLS-LOC/train/{TENCH}/{TENCH}_7.JPEG": content(f"{TENCH}_7"),
        f"ILSVRC/Data/CLS-LOC/val/{VAL_1}.JPEG": content(VAL_1),
        "ILSVRC/Data/CLS-LOC/test/ILSVRC2012_test_00000001.JPEG": b"test",
        "LOC_train_solution.csv": f"ImageId,PredictionString\n{TENCH}_7,{TENCH} 0 0 5 5\n".encode(),
    }


@pytest.mark.parametrize("form", ["tree", "tar"])
def test_kaggles_images_come_with_their_boxes(
    catalogue: Catalogue, tmp_path: Path, form: str
) -> None:
    if form == "tree":
        path = tree(tmp_path / "kaggle", cls_loc())
    else:
        path = tmp_path / "kaggle.tar"
        path.write_bytes(flat_tar({name: data or b"" for name, data in cls_loc().items()}))
    report = catalogue.index(path)
    assert report.well
    expected = {
        f"{TENCH}_7": TENCH_7,
        VAL_1: (box(SEA_SNAKE, "sea_snake.n.01", 3),),
        "ILSVRC2012_test_00000001": (),
    }
    assert shown(catalogue, release="ilsvrc2012") == expected


def test_kaggles_list_alone_gives_boxes_without_the_images_size(
    catalogue: Catalogue, images: list[Path], tmp_path: Path
) -> None:
    lists = tree(
        tmp_path, {"LOC_val_solution.csv": f"ImageId,\n{VAL_1},{SEA_SNAKE} 3 2 300 200 \n".encode()}
    )
    report = catalogue.index([*images, lists / "LOC_val_solution.csv"])
    assert report.well
    assert report.archives[-1].boxes == 1
    assert shown(catalogue)[VAL_1] == (Box(SEA_SNAKE, "sea_snake.n.01", 3, 2, 300, 200),)


def test_tiny_imagenets_lists_give_boxes_to_train_and_validation(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    root = tree(
        tmp_path / "tiny-imagenet-200",
        {
            f"train/{TENCH}/images/{TENCH}_0.JPEG": b"a",
            f"train/{TENCH}/{TENCH}_boxes.txt": f"{TENCH}_0.JPEG\t0\t10\t63\t58\n".encode(),
            "val/images/val_0.JPEG": b"b",
            "val/val_annotations.txt": f"val_0.JPEG\t{GOLDFISH}\t0\t32\t44\t62\n".encode(),
            "test/images/test_0.JPEG": b"c",
            "wnids.txt": f"{TENCH}\n{GOLDFISH}\n".encode(),
        },
    )
    assert catalogue.index(root).well
    assert shown(catalogue, release="tiny-imagenet") == {
        f"{TENCH}_0": (Box(TENCH, "tench.n.01", 0, 10, 63, 58),),
        "val_0": (Box(GOLDFISH, "goldfish.n.01", 0, 32, 44, 62),),
        "test_0": (),
    }


def test_a_full_releases_boxes_lie_in_a_tar_of_class_tars(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    person = "n00007846"
    release = train_tar(tmp_path / "fall11_whole.tar", {person: [147031], TENCH: [7]})
    archive = tmp_path / "fall11_bboxes.tar"
    inner = {f"Annotation/{person}/{person}_147031.xml": xml(f"{person}_147031", person, 1)}
    archive.write_bytes(flat_tar({f"{person}.tar": flat_tar(inner)}))
    assert catalogue.index([release, archive]).well
    held = shown(catalogue)
    assert [one.name for one in held[f"{person}_147031"]] == ["person.n.01"]
    assert held[f"{TENCH}_7"] == ()


# -- killed


class _Interrupts(Silent):
    """Presses Ctrl-C after so many steps."""

    def __init__(self, after: int) -> None:
        self._left = after

    def advance(self, n: int) -> None:
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [3, 23, 38])
def test_an_interrupted_load_of_boxes_ends_as_an_undisturbed_one(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(load, "_COMMIT_S", 0.0)
    members: dict[str, bytes] = {}
    for wnid in class_list("ilsvrc2012").wnids[:10]:
        names = [f"{wnid}_{n}" for n in range(3)]
        members |= {f"Annotations/{wnid}/{name}.xml": xml(name, wnid, 1, 2) for name in names}
        members[f"Data/{wnid}.tar"] = class_tar(wnid, [0, 1, 2])
    path = tmp_path / "ILSVRC2012_with_boxes.tar"
    path.write_bytes(flat_tar(members))
    with pytest.raises(KeyboardInterrupt):
        catalogue.index(path, layout="kaggle-cls-loc", progress=_Interrupts(after))
    assert catalogue.archives()[0].is_loading
    (report,) = catalogue.index(path, layout="kaggle-cls-loc").archives
    assert report.outcome in ("resumed", "new")
    assert (report.images, report.boxes, report.boxed_images) == (30, 60, 30)
    held = shown(catalogue)
    assert len(held) == 30
    assert {len(boxes) for boxes in held.values()} == {2}


def test_killed_while_replacing_boxes_it_shows_the_old_ones_or_the_new(tmp_path: Path) -> None:
    path, db = tmp_path / "ILSVRC2012_bbox_train_v2.tar", tmp_path / "imagenet.db"
    wnids = class_list("ilsvrc2012").wnids[:100]

    def write(xmin: int) -> None:
        members = {f"{w}/{w}_{n}.xml": xml("x", w, xmin) for w in wnids for n in range(15)}
        path.write_bytes(flat_tar(members))

    write(1)
    began = time.monotonic()
    assert start(db, path).wait() == 0
    took = time.monotonic() - began
    write(333)
    process = start(db, path)
    time.sleep(0.8 * took)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with sqlite3.connect(db) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("SELECT boxes, boxed_images FROM archive").fetchall() == [(1500, 1500)]
        (one,) = plain.execute("SELECT DISTINCT x_min FROM box").fetchall()
        assert one[0] in (1, 333)
    assert start(db, path).wait() == 0
    with sqlite3.connect(db) as plain:
        assert plain.execute("SELECT DISTINCT x_min FROM box").fetchall() == [(333,)]
