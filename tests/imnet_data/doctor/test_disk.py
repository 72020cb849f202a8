from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from imnet_data.doctor import disk, machine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from imnet_data.doctor.finding import Finding


def by_what(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def mounted(tmp_path: Path, kind: str) -> str:
    """A root where the kernel says that this folder is a mount of some kind."""
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(
        f"1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:9 / {tmp_path.resolve()} rw - {kind} source rw\n"
    )
    return str(tmp_path)


def test_the_numbers_are_those_of_the_system(tmp_path: Path) -> None:
    found = by_what(disk.findings(str(tmp_path)))
    status = os.statvfs(tmp_path)
    assert found[str(tmp_path)].state == "well"
    free, of, total = found["space"].found.partition(" of ")
    assert of
    assert total.startswith(_decimal(status.f_blocks * status.f_frsize))
    assert free.endswith(" free")
    if status.f_files:
        assert found["inodes"].found.partition(" of ")[2].startswith(f"{status.f_files:,}")


def _decimal(size_bytes: int) -> str:
    """The leading digits of a size, in thousands of thousands, whatever the unit."""
    value = float(size_bytes)
    while value >= 999.5:
        value /= 1000
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def test_a_path_that_is_not_there_yet_is_judged_by_the_folder_above_it(tmp_path: Path) -> None:
    path = tmp_path / "data/imagenet"
    found = by_what(disk.findings(str(path)))
    assert found[str(path)].state == "well"
    assert f"is not there yet; {tmp_path.resolve()} is" in found[str(path)].found
    assert "space" in found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_a_note_and_one_that_cannot_be_read_is_trouble(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o500)
    assert by_what(disk.findings(str(tmp_path)))[str(tmp_path)].state == "note"
    tmp_path.chmod(0o000)
    assert by_what(disk.findings(str(tmp_path)))[str(tmp_path)].state == "trouble"
    tmp_path.chmod(0o700)


def test_room_for_what_is_indexed_already_is_not_asked_for_again(tmp_path: Path) -> None:
    found = by_what(disk.findings(str(tmp_path), indexed_bytes=disk.ilsvrc_bytes()))
    assert found["space"].state != "note"
    assert "ILSVRC 2012 (train and val) takes 155 GB" in found["space"].found


@pytest.mark.parametrize(
    ("kind", "for_images", "for_a_new_catalogue", "for_a_catalogue"),
    [
        ("ext4", "well", "well", "well"),
        ("nfs4", "well", "note", "trouble"),
        ("fuse.sshfs", "well", "note", "trouble"),
        ("lustre", "well", "note", "trouble"),
        ("fuse.mystery", "well", "note", "note"),
        ("tmpfs", "note", "note", "note"),
        ("overlay", "note", "note", "note"),
    ],
)
def test_what_a_file_system_means_for_images_and_for_sqlite(
    tmp_path: Path, kind: str, for_images: str, for_a_new_catalogue: str, for_a_catalogue: str
) -> None:
    root = mounted(tmp_path, kind)
    path = tmp_path / "imagenet.db"
    images = by_what(disk.findings(str(tmp_path), root=root))["file system"]
    new = by_what(disk.catalogue_findings(str(path), str(tmp_path), root=root))["catalogue on"]
    path.touch()
    old = by_what(disk.catalogue_findings(str(path), str(tmp_path), root=root))["catalogue on"]
    assert (images.state, new.state, old.state) == (
        for_images,
        for_a_new_catalogue,
        for_a_catalogue,
    )
    assert all(kind in one.found for one in (images, new, old))
    assert all(bool(one.advice) == (one.state != "well") for one in (images, new, old))


def test_where_the_kernel_does_not_say_it_the_file_system_is_not_guessed(tmp_path: Path) -> None:
    found = by_what(disk.catalogue_findings(str(tmp_path / "c.db"), str(tmp_path), root="/nowhere"))
    assert found["catalogue on"].found == "not known on this system"


def test_memory_is_what_the_container_leaves_of_it(tmp_path: Path) -> None:
    top = tmp_path / "sys/fs/cgroup"
    (tmp_path / "proc/self").mkdir(parents=True)
    top.mkdir(parents=True)
    (tmp_path / "proc/meminfo").write_text(
        "MemTotal:       64000000 kB\nMemFree:   1 kB\nMemAvailable:   32000000 kB\nHugePages:  0\n"
    )
    (tmp_path / "proc/self/cgroup").write_text("0::/\n")
    well = by_what(machine.findings(root=str(tmp_path)))["memory"]
    (top / "memory.max").write_text("1000000000\n")
    (top / "memory.current").write_text("900000000\n")
    (top / "cpu.max").write_text("50000 100000\n")
    found = by_what(machine.findings(root=str(tmp_path)))
    assert (well.state, well.found) == ("well", "33 GB available of 66 GB")
    assert found["memory"].state == "trouble"
    assert "this container may use 1.0 GB, 100 MB is left" in found["memory"].found
    assert found["cores"].state == "note"
    assert "may use 0.5 of them" in found["cores"].found
