"""Archives that the system's own tar programs write, read back byte for byte."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from imnet_data.archives.reading import Place, read
from imnet_data.archives.text import from_disk

from .scanning import scan

if TYPE_CHECKING:
    from pathlib import Path

GNU = ["--format=v7", "--format=oldgnu", "--format=gnu", "--format=ustar", "--format=posix"]
GNU_ODD = ["--format=gnu --incremental", "--format=gnu --sparse", "--format=posix --sparse"]
BSD = ["--format=ustar", "--format=pax", "--format=gnutar"]

SHORT = ["n02084071_1.JPEG", "folder/a b.jpg", "folder/deeper/2.png", "empty.jpg"]
LONG = ["f" * 70 + "/" + "x" * 60 + ".jpg", "deep/" * 25 + "y.jpg", "folder/" + "z" * 180 + ".jpg"]
NOT_ASCII = ["\xfcmlaut/\u96ea.jpg", os.fsdecode(b"caf\xe9.jpg")]


def program(wanted: str) -> str | None:
    """GNU's or libarchive's tar, whatever it is called here."""
    for name in ("tar", "gtar", "bsdtar"):
        if shutil.which(name):
            said = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
            if wanted in said.stdout:
                return name
    return None


GNU_TAR, BSD_TAR = program("GNU tar"), program("bsdtar")


def packed(root: Path, path: Path, command: list[str], names: list[str]) -> dict[str, bytes]:
    """Pack files of these names, and give what each holds."""
    held = {}
    for at, name in enumerate(names):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        held[from_disk(name)] = b"" if name == "empty.jpg" else os.urandom(300 + 777 * at)
        file.write_bytes(held[from_disk(name)])
    (root / "notes.txt").write_text("no picture")
    (root / "link.jpg").symlink_to("empty.jpg")
    subprocess.run([*command, "-cf", path, "-C", root, "."], check=True)
    return held


def read_back(path: Path) -> dict[str, bytes]:
    found = scan(path)
    assert not found.faults
    assert found.ignored == 2
    size = path.stat().st_size
    return {
        name: read(Place(str(path), offset, length, size, name.rpartition("/")[2]))
        for name, offset, length in found.images
    }


@pytest.mark.skipif(GNU_TAR is None, reason="no GNU tar here")
@pytest.mark.parametrize("options", [*GNU, *GNU_ODD])
def test_what_gnu_tar_packs_is_read(at: Path, tmp_path: Path, options: str) -> None:
    names = SHORT if "v7" in options else [*SHORT, *NOT_ASCII]
    if not options.startswith(("--format=v7", "--format=ustar")):
        names = [*names, *LONG]
    held = packed(tmp_path / "root", at, [GNU_TAR or "", *options.split()], names)
    assert read_back(at) == held


@pytest.mark.skipif(BSD_TAR is None, reason="no bsdtar here")
@pytest.mark.parametrize("options", BSD)
def test_what_bsdtar_packs_is_read(at: Path, tmp_path: Path, options: str) -> None:
    names = SHORT if "ustar" in options else [*SHORT, *LONG]
    held = packed(tmp_path / "root", at, [BSD_TAR or "", options], names)
    assert read_back(at) == held


@pytest.mark.skipif(GNU_TAR is None, reason="no GNU tar here")
@pytest.mark.parametrize("options", ["--format=gnu", "--format=posix"])
def test_an_image_that_gnu_tar_packed_with_holes_is_told_and_hides_no_other(
    at: Path, tmp_path: Path, options: str
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    with (root / "holes.jpg").open("wb") as file:
        for block in range(40):  # more stretches than the first header has room for
            file.seek(block << 17)
            file.write(b"data")
    (root / "plain.jpg").write_bytes(b"picture")
    order = ["holes.jpg", "plain.jpg"]
    subprocess.run([GNU_TAR or "", options, "--sparse", "-cf", at, "-C", root, *order], check=True)
    if at.stat().st_size > 5 << 20:
        pytest.skip("this file system makes no holes")
    found = scan(at)
    assert found.names == ["plain.jpg"]
    assert found.severe
    assert "holes.jpg" in found.faults[0]
