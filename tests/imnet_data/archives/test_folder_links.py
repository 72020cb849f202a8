"""Folders with what people and file systems put into them beside files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from imnet_data.archives.folder import FolderScan
from imnet_data.indexing.discover import discover


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"picture")
    return path


def walked(root: Path) -> tuple[list[str], FolderScan]:
    scan = FolderScan(str(root))
    return [os.path.join(run.directory, name) for run in scan.runs() for name in run.names], scan


def test_a_linked_image_is_an_image_of_the_size_it_leads_to(tmp_path: Path) -> None:
    target = picture(tmp_path / "disk" / "1.jpg")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.jpg").symlink_to(target)
    (run,) = FolderScan(str(tmp_path / "root")).runs()
    assert (list(run.names), run.sizes) == (["a.jpg"], [7])


@pytest.mark.parametrize("alias", ["dog", "z-dog"])
def test_a_second_name_of_a_folder_takes_no_class_its_images(tmp_path: Path, alias: str) -> None:
    picture(tmp_path / "n02084071" / "n02084071_1.JPEG")
    (tmp_path / alias).symlink_to("n02084071")
    assert walked(tmp_path)[0] == ["n02084071/n02084071_1.JPEG"]


def test_folders_linked_from_a_hidden_place_are_walked(tmp_path: Path) -> None:
    picture(tmp_path / ".store" / "x" / "1.jpg")
    (tmp_path / "cat").symlink_to(Path(".store") / "x")
    found, scan = walked(tmp_path)
    assert found == ["cat/1.jpg"]
    assert not scan.findings.faults


@pytest.mark.parametrize("name", ["round.jpg", "round"])
def test_a_link_to_itself_costs_no_other_entry(tmp_path: Path, name: str) -> None:
    picture(tmp_path / "a.jpg")
    picture(tmp_path / "z" / "z.jpg")
    (tmp_path / name).symlink_to(name)
    found, scan = walked(tmp_path)
    assert found == ["a.jpg", "z/z.jpg"]
    (fault,) = scan.findings.faults
    assert fault.severe
    assert f"{name} cannot be read" in fault.sentence


def test_a_folder_that_cannot_be_listed_is_a_fault_that_names_it(tmp_path: Path) -> None:
    picture(tmp_path / "a" / "a.jpg")
    picture(tmp_path / "b" / "b.jpg")
    picture(tmp_path / "c" / "c.jpg")
    scan = FolderScan(str(tmp_path))
    found: list[str] = []
    for run in scan.runs():
        found += run.names
        # It goes away under the scan, as root may list whatever its mode says.
        shutil.rmtree(tmp_path / "b", ignore_errors=True)
    assert found == ["a.jpg", "c.jpg"]
    (fault,) = scan.findings.faults
    assert fault.severe
    assert fault.sentence.startswith("b cannot be listed")


def test_a_pipe_called_like_an_image_is_none(tmp_path: Path) -> None:
    """Reading one would wait for ever."""
    os.mkfifo(tmp_path / "pipe.jpg")
    found, scan = walked(tmp_path)
    assert (found, scan.findings.ignored) == ([], 1)


def test_faults_can_be_printed_whatever_the_names_bytes(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    try:
        odd.symlink_to("nowhere.jpg")
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    (fault,) = walked(tmp_path)[1].findings.faults
    assert fault.sentence.encode()


def test_a_link_to_itself_hides_no_archive_from_discovery(tmp_path: Path) -> None:
    picture(tmp_path / "cat" / "1.jpg")
    (tmp_path / "round").symlink_to("round")
    (source,) = discover(str(tmp_path))
    assert source.path == str(tmp_path)
