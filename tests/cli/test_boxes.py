"""Boxes as the commands tell of them: how many, of which images, and where in them."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import answer, on_terminal, run
from tests.voc import annotation, marked

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.demo.build import Demo

SHELTIE = "n02105855"
NAME = f"{SHELTIE}_2933"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published archive of the boxes of train, with one annotation in it, and a broken one."""
    path = tmp_path_factory.mktemp("boxes") / "ILSVRC2012_bbox_train_v2.tar"
    objects = [
        marked(SHELTIE, 16, 0, 500, 276, truncated=1),
        marked("n02012849", 2, 30, 4, 5, difficult=1),
        marked("tri\x9bcycle", 1, 1, 2, 2),
    ]
    members = {
        f"{SHELTIE}/{NAME}.xml": annotation(NAME, objects),
        f"{SHELTIE}/{SHELTIE}_0.xml": b"<annotation>",
    }
    with tarfile.open(path, "w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


@pytest.fixture(scope="module")
def boxed(demo: Demo, archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of the demo and of boxes; nobody writes to it."""
    path = tmp_path_factory.mktemp("boxed") / "imagenet.db"
    assert run("index", demo.train, demo.val, archive, catalogue=path).exit_code == 0
    return path


def test_an_image_is_shown_with_its_boxes_in_columns(boxed: Path) -> None:
    lines = run("show", NAME, catalogue=boxed).stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("boxes "))
    assert lines[at : at + 4] == [
        "boxes       shetland_sheepdog.n.01  n02105855  x  16 to 500  y   0 to 276  truncated",
        "            crane.n.05              n02012849  x   2 to   4  y  30 to   5  difficult",
        "            tri\\x9bcycle                       x   1 to   2  y   1 to   2",
        "            in pixels of 500 x 375",
    ]
    shown = answer("show", NAME, catalogue=boxed)["boxes"]
    assert shown[0] == {
        "wnid": SHELTIE,
        "name": "shetland_sheepdog.n.01",
        "xmin": 16,
        "ymin": 0,
        "xmax": 500,
        "ymax": 276,
        "image_width": 500,
        "image_height": 375,
        "truncated": True,
        "difficult": False,
    }
    assert (shown[2]["wnid"], shown[2]["name"]) == (None, "tri\x9bcycle")


def test_an_image_without_boxes_is_shown_without_a_word_of_them(boxed: Path) -> None:
    other = next(
        row["name"]
        for row in answer("images", SHELTIE, "--split", "train", catalogue=boxed)
        if row["name"] != NAME
    )
    assert "boxes" not in run("show", other, catalogue=boxed).stdout
    assert answer("show", other, catalogue=boxed)["boxes"] == []


def test_rows_carry_boxes_where_they_are_asked_for_and_only_there(boxed: Path) -> None:
    words = ("images", SHELTIE, "--split", "train")
    rows = answer(*words, "--boxes", catalogue=boxed)
    by_name = {row["name"]: row["boxes"] for row in rows}
    assert by_name[NAME] == answer("show", NAME, catalogue=boxed)["boxes"]
    assert sorted(map(len, by_name.values())) == [0, 0, 0, 0, 0, 3]
    lines = run(*words, "--format", "jsonl", "--boxes", catalogue=boxed).stdout.splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert all("boxes" not in row for row in answer(*words, catalogue=boxed))


@pytest.mark.parametrize(
    "words", [(), ("--format", "csv"), ("--count",), ("--format", "jsonl", "--count")]
)
def test_boxes_are_refused_where_rows_cannot_hold_them(boxed: Path, words: tuple[str, ...]) -> None:
    done = run("images", "--boxes", *words, catalogue=boxed)
    assert done.exit_code == 2
    assert "--format jsonl" in done.stderr


def test_it_is_told_how_many_boxes_there_are_and_of_how_many_images(
    boxed: Path, archive: Path
) -> None:
    (listed,) = (
        one for one in answer("archives", "list", catalogue=boxed) if one["path"] == str(archive)
    )
    assert (listed["boxes"], listed["boxed_images"], listed["images"]) == (3, 1, 0)
    assert "3 boxes of 1 image" in run("stats", catalogue=boxed).stdout
    assert f"{archive}: 3 boxes of 1 image\n" in run("archives", "list", catalogue=boxed).stdout


def test_indexing_boxes_tells_what_was_left_out_and_whether_their_images_are_here(
    archive: Path, demo: Demo, tmp_path: Path
) -> None:
    db = tmp_path / "x.db"
    done = run("index", archive, catalogue=db)
    assert done.exit_code == 0
    assert "3 boxes of 1 image" in done.stdout
    assert f"1 annotation cannot be read and was left out: {SHELTIE}/{SHELTIE}_0.xml" in done.stderr
    assert "has no image of ilsvrc2012 yet" in done.stderr
    report = json.loads(run("index", demo.train, archive, "--json", catalogue=db).stdout)
    assert [one["boxes"] for one in report["archives"]] == [0, 3]
    assert "yet" not in run("index", archive, catalogue=db).stderr


def test_boxes_fit_a_terminal_of_80_columns(boxed: Path) -> None:
    shown = on_terminal("-c", boxed, "show", NAME)
    assert "crane.n.05              n02012849  x   2 to   4  y  30 to   5" in shown
