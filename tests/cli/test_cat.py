from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import answer, run

_PNG = "n02105855_2933"


def _expected(catalogue: Path) -> bytes:
    shown = answer("show", _PNG, catalogue=catalogue)
    data = Path(shown["archive"]).read_bytes()[shown["offset"] : shown["offset"] + shown["size"]]
    assert data.startswith(b"\x89PNG")
    return data


def test_the_exact_bytes_go_to_standard_output_and_nothing_else(catalogue: Path) -> None:
    done = run("cat", f"n02105855/{_PNG}.JPEG", catalogue=catalogue)
    assert done.stdout_bytes == _expected(catalogue)
    assert done.stderr == ""


def test_a_file_is_written_whole_and_an_existing_one_only_with_force(
    catalogue: Path, tmp_path: Path
) -> None:
    out = tmp_path / "dog.png"
    assert run("cat", _PNG, "-o", out, catalogue=catalogue).exit_code == 0
    assert out.read_bytes() == _expected(catalogue)
    assert out.stat().st_mode & 0o777 == 0o666 & ~_umask()
    out.write_bytes(b"mine")
    refused = run("cat", _PNG, "-o", out, catalogue=catalogue)
    assert refused.exit_code == 1
    assert "exists already" in refused.stderr
    assert out.read_bytes() == b"mine"
    assert run("cat", _PNG, "-o", out, "--force", catalogue=catalogue).exit_code == 0
    assert out.read_bytes() == _expected(catalogue)
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("where", [".", "nowhere/dog.png"])
def test_a_place_that_cannot_be_written_is_a_sentence(catalogue: Path, where: str) -> None:
    done = run("cat", _PNG, "-o", where, catalogue=catalogue)
    assert done.exit_code == 1
    assert done.stderr.startswith("imnet-data: ")
    assert "partial" not in done.stderr


def test_a_disk_that_fills_up_leaves_no_half_file(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = run("cat", _PNG, "-o", tmp_path / "dog.png", catalogue=catalogue)
    assert done.exit_code == 1
    assert "No space left" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_has_moved_is_a_sentence_with_the_command_that_helps(
    catalogue: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "photos" / "n01440764"
    folder.mkdir(parents=True)
    (folder / "n01440764_1.JPEG").write_bytes(b"tench")
    run("index", tmp_path / "photos", catalogue=tmp_path / "x.db")
    (tmp_path / "photos").rename(tmp_path / "moved")
    done = run("cat", "n01440764_1", catalogue=tmp_path / "x.db")
    assert done.exit_code == 1
    assert "does not exist" in done.stderr
    assert "archives relocate" in done.stderr


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
