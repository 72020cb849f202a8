from __future__ import annotations

import io
import json
import os
import re
import shutil
import tarfile
from typing import TYPE_CHECKING

import pytest

from imnet_data.facts.class_lists import class_list
from tests.cli.conftest import answer, on_terminal, run
from tests.shapes import beside
from tests.shapes.writing import as_tree

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.demo.build import Demo


def test_a_line_a_layout_says_what_was_found(demo: Demo, tmp_path: Path) -> None:
    done = run("index", demo.folder, catalogue=tmp_path / "x.db")
    assert done.exit_code == 0
    lines = [re.sub(r" +", " ", line) for line in done.stdout.splitlines()]
    assert len(lines) == 3
    train = next(line for line in lines if line.startswith("ilsvrc-train"))
    assert re.fullmatch(
        r"ilsvrc-train 144 images, 24 classes, split train, 0 unlabelled, 0 ignored, "
        r"0 alternates, [\d.]+ s, release ilsvrc2012 \(by the file's name\), "
        r"layout by its class tars",
        train,
    )
    assert f"made the catalogue {tmp_path / 'x.db'}" in done.stderr


def test_indexing_again_finds_everything_unchanged(demo: Demo, tmp_path: Path) -> None:
    run("index", demo.folder, catalogue=tmp_path / "x.db")
    done = run("index", demo.folder, catalogue=tmp_path / "x.db")
    assert done.exit_code == 0
    assert done.stdout.count("unchanged") == 3
    assert done.stderr == ""


def test_a_truncated_tar_is_indexed_as_far_as_it_goes_and_is_a_fault(
    demo: Demo, tmp_path: Path
) -> None:
    cut = tmp_path / "ILSVRC2012_img_train.tar"
    cut.write_bytes(demo.train.read_bytes()[:300_000])
    done = run("index", cut, demo.val, catalogue=tmp_path / "x.db")
    assert done.exit_code == 1
    assert re.search(
        rf"^{cut}: it ends at byte 300,000, in the middle of", done.stderr, re.MULTILINE
    )
    held = answer("stats", catalogue=tmp_path / "x.db")
    assert 0 < held["splits"]["train"]["images"] < 144
    assert held["splits"]["val"]["images"] == 48
    assert {a["state"] for a in held["archives"]} == {"faulty", "whole"}
    listed = run("archives", "list", catalogue=tmp_path / "x.db").stdout
    assert "it ends at byte 300,000" in listed


def test_each_refused_path_is_said_and_the_others_are_indexed(demo: Demo, tmp_path: Path) -> None:
    page = tmp_path / "page.tar"
    page.write_text("<!DOCTYPE html><title>Log in</title>" + " " * 600)
    done = run("index", demo.val, tmp_path / "none.tar", page, catalogue=tmp_path / "x.db")
    assert done.exit_code == 1
    assert f"{tmp_path / 'none.tar'} does not exist" in done.stderr
    assert "HTML page" in done.stderr
    assert done.stdout.startswith("ilsvrc-val")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_sentence(demo: Demo, tmp_path: Path) -> None:
    shut = tmp_path / "shut.tar"
    shutil.copy(demo.val, shut)
    shut.chmod(0)
    done = run("index", shut, demo.val, catalogue=tmp_path / "x.db")
    assert done.exit_code == 1
    assert "Permission denied" in done.stderr


def test_a_mistyped_path_leaves_no_empty_catalogue(tmp_path: Path) -> None:
    done = run("index", tmp_path / "none.tar", catalogue=tmp_path / "x.db")
    assert done.exit_code == 1
    assert "does not exist" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_images_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    done = run("index", tmp_path / "papers", catalogue=tmp_path / "x.db")
    assert done.exit_code == 1
    assert "holds neither images nor archives" in done.stderr


def test_a_release_told_by_the_classes_says_how_to_name_another(tmp_path: Path) -> None:
    folder = tmp_path / "photos" / "n01440764"
    folder.mkdir(parents=True)
    (folder / "n01440764_1.JPEG").write_bytes(b"x")
    done = run("index", tmp_path / "photos", catalogue=tmp_path / "x.db")
    assert done.exit_code == 0
    assert "release ilsvrc2012 (by its classes)" in done.stdout
    assert "--release NAME" in done.stderr
    asked = run("index", tmp_path / "photos", "--release", "mine", catalogue=tmp_path / "x.db")
    assert "release mine (as asked)" in asked.stdout
    assert "--release NAME" not in asked.stderr


def test_images_in_the_wrong_class_folder_are_said(tmp_path: Path) -> None:
    tar = tmp_path / "ILSVRC2012_img_val.tar"
    with tarfile.open(tar, "w") as file:
        for number in range(1, 9):
            member = tarfile.TarInfo(f"n01440764/ILSVRC2012_val_{number:08d}.JPEG")
            member.size = 1
            file.addfile(member, io.BytesIO(b"x"))
    done = run("index", tar, catalogue=tmp_path / "x.db")
    assert "in the folder of another class than the one published for their name" in done.stderr
    assert "labelled as published" in done.stderr


def test_the_report_is_json_on_request(demo: Demo, tmp_path: Path) -> None:
    found = answer("index", demo.val, catalogue=tmp_path / "x.db")
    assert found["well"] is True
    assert found["refused"] == {}
    (one,) = found["archives"]
    assert one["path"] == str(demo.val)
    assert (one["layout"], one["release"], one["splits"]) == ("ilsvrc-val", "ilsvrc2012", ["val"])
    assert (one["images"], one["classes"], one["outcome"]) == (48, 24, "new")
    assert one["bytes"] > 48 * 1000
    assert one["faults"] == []


def test_many_archives_of_one_kind_are_one_line(demo: Demo, tmp_path: Path) -> None:
    folder = tmp_path / "train"
    with tarfile.open(demo.train) as tar:
        tar.extractall(folder, filter="data")
    done = run("index", folder, catalogue=tmp_path / "x.db")
    (line,) = done.stdout.splitlines()
    assert "144 images, 24 classes" in line
    assert "24 archives" in line


def test_the_line_folds_between_its_facts_on_a_terminal(demo: Demo, tmp_path: Path) -> None:
    drawn = on_terminal("-c", tmp_path / "x.db", "index", demo.val, NO_COLOR="1")
    at = drawn.index("ilsvrc-val  ")
    first, second = drawn[at:].splitlines()[:2]
    assert first.endswith(",")
    assert second.startswith(" " * 12)
    assert max(len(first), len(second)) <= 80


def test_a_dry_run_says_what_each_archive_is_and_why_and_writes_nothing(
    demo: Demo, tmp_path: Path
) -> None:
    done = run("index", demo.folder, "--dry-run", catalogue=tmp_path / "x.db")
    assert (done.exit_code, list(tmp_path.iterdir())) == (0, [])
    lines = [re.sub(r" +", " ", line) for line in done.stdout.splitlines()]
    assert lines[1] == (
        f"ilsvrc-train {demo.train}, tar, split train, release ilsvrc2012 (by the file's name), "
        "layout by its class tars"
    )
    assert "nothing was written" in done.stderr


def test_a_dry_run_in_json_has_a_record_an_archive_and_says_what_was_refused(
    demo: Demo, tmp_path: Path
) -> None:
    page = tmp_path / "page.tar"
    page.write_text("<!DOCTYPE html><title>Log in</title>" + " " * 600)
    done = run("index", demo.val, page, tmp_path / "none.tar", "--dry-run", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert found["archives"] == [
        {
            "path": str(demo.val),
            "container": "tar",
            "layout": "ilsvrc-val",
            "layout_why": "by its images' names",
            "release": "ilsvrc2012",
            "why": "by the file's name",
            "split": "val",
        }
    ]
    assert set(found["refused"]) == {str(page), str(tmp_path / "none.tar")}


def test_a_dry_run_groups_archives_of_which_the_same_is_thought(demo: Demo, tmp_path: Path) -> None:
    with tarfile.open(demo.train) as tar:
        tar.extractall(tmp_path / "train", filter="data")
    done = run("index", tmp_path / "train", "--dry-run", "--release", "mine")
    (line,) = done.stdout.splitlines()
    assert f"{tmp_path / 'train'}/n01440764.tar and 23 more, tar," in line
    assert "release mine (as asked)" in line


def test_class_folders_that_are_numbers_are_said_to_be_ones_own(tmp_path: Path) -> None:
    for index in (2, 10, 999):
        (tmp_path / "renamed" / str(index)).mkdir(parents=True)
        (tmp_path / "renamed" / str(index) / "a.jpeg").write_bytes(b"x")
    done = run("index", tmp_path / "renamed", catalogue=tmp_path / "x.db")
    assert "3 class folders with a number for a name taken for classes of your own" in done.stderr
    asked = run(
        "index", tmp_path / "renamed", "--layout", "class-indices", catalogue=tmp_path / "x.db"
    )
    assert asked.exit_code == 0
    assert "3 classes" in asked.stdout
    assert asked.stderr == ""
    images = answer("images", catalogue=tmp_path / "x.db")
    wnids = class_list("ilsvrc2012").wnids
    assert {one["name"]: one["wnid"] for one in images} == {
        f"{index}/a.jpeg": wnids[index] for index in (2, 10, 999)
    }


def test_a_devkits_labels_are_reported(tmp_path: Path) -> None:
    kit = as_tree(tmp_path / "kit", beside.devkit_files(beside.ground_truth()))
    done = run("index", kit, catalogue=tmp_path / "x.db")
    assert done.exit_code == 0
    assert "50,000 validation labels agree with the packaged ones" in done.stdout
    assert "no image is in it" not in done.stderr
    assert run("index", kit, catalogue=tmp_path / "x.db").exit_code == 0
