from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from imnet_data.archives.folder import FolderScan

if TYPE_CHECKING:
    from pathlib import Path


def filled_folder(root: Path, names: list[str]) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return root


def walked(root: Path) -> tuple[list[str], FolderScan]:
    scan = FolderScan(str(root))
    names = [os.path.join(run.directory, name) for run in scan.runs() for name in run.names]
    return names, scan


def test_images_come_in_the_order_of_their_names_whatever_the_file_system(tmp_path: Path) -> None:
    names = ["a/2.jpg", "a/10.jpg", "a.jpg", "b/c/1.JPEG", "Z/1.png", "b/0.jpg"]
    found, _ = walked(filled_folder(tmp_path, names))
    assert found == ["a.jpg", "Z/1.png", "a/10.jpg", "a/2.jpg", "b/0.jpg", "b/c/1.JPEG"]


def test_each_file_is_a_range_of_its_own(tmp_path: Path) -> None:
    (run,) = FolderScan(str(filled_folder(tmp_path, ["a.jpg", "bb.jpg"]))).runs()
    assert (run.offsets, run.sizes, run.next_position) == ([0, 0], [5, 6], None)


def test_what_is_no_image_is_counted_but_not_tars_at_the_top(tmp_path: Path) -> None:
    names = ["a.jpg", "a.txt", "n1.tar", "deep/n2.tar", ".hidden.jpg", ".git/x.jpg", "._a.jpg"]
    found, scan = walked(filled_folder(tmp_path, names))
    assert found == ["a.jpg"]
    assert scan.findings.ignored == 4  # a.txt, deep/n2.tar, and the two hidden files


def test_links_are_followed_and_a_loop_is_walked_once(tmp_path: Path) -> None:
    filled_folder(tmp_path / "disk", ["1.jpg"])
    root = filled_folder(tmp_path / "root", ["cat/2.jpg"])
    (root / "dog").symlink_to(tmp_path / "disk")
    (root / "cat" / "again").symlink_to(root)
    assert walked(root)[0] == ["cat/2.jpg", "dog/1.jpg"]


def test_a_link_to_nowhere_is_a_fault_that_names_it(tmp_path: Path) -> None:
    root = filled_folder(tmp_path, ["a.jpg"])
    (root / "gone.jpg").symlink_to(root / "nowhere.jpg")
    found, scan = walked(root)
    assert found == ["a.jpg"]
    assert scan.findings.severe
    assert "gone.jpg" in scan.findings.faults[0].sentence


@pytest.mark.parametrize("change", ["size", "time", "name", "another"])
def test_the_signature_tells_every_change(tmp_path: Path, change: str) -> None:
    root = filled_folder(tmp_path, ["cat/a.jpg", "dog/b.jpg"])
    before = walked(root)[1].signature()
    assert walked(root)[1].signature() == before
    file = root / "cat" / "a.jpg"
    match change:
        case "size":
            status = file.stat()
            file.write_bytes(b"longer than before")
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
        case "time":
            os.utime(file, ns=(1, 1))
        case "name":
            file.rename(root / "dog" / "a.jpg")
        case _:
            filled_folder(root, ["cat/c.jpg"])
    assert walked(root)[1].signature() != before
