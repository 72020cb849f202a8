from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "my demo"  # a blank, so its commands must be quoted


@pytest.fixture(scope="module")
def shown(folder: Path) -> str:
    """What the demo tells when it is run in a new folder."""
    first = run("demo", folder)
    assert first.exit_code == 0, first.output
    return first.stdout


def test_the_demo_walks_the_main_job_and_can_be_run_again(shown: str, folder: Path) -> None:
    steps = [line[2:] for line in shown.splitlines() if line.startswith("$ ")]
    done = [shlex.split(step)[3] for step in steps]
    assert done == [
        "index", "stats", "tree", "show", "images", "show", "cat", "verify", "subset"
    ]  # fmt: skip
    assert "2 are broken" in shown
    assert "a JPEG that breaks off" in shown
    assert "144 images, 24 classes" in shown
    before = (folder / "imagenet.db").stat().st_ino
    again = run("demo", folder)
    assert again.exit_code == 0, again.output
    assert len(re.findall(r"^ilsvrc-.* unchanged", again.stdout, re.MULTILINE)) == 3
    assert "212 images, 24 classes" in again.stdout
    assert (folder / "imagenet.db").stat().st_ino == before


def test_its_commands_run_when_they_are_pasted(shown: str) -> None:
    lines = [line.strip().removeprefix("$ ") for line in shown.splitlines()]
    # Where there is no WordNet, `show` says how to fetch one: that needs the network.
    pasted = [
        line for line in lines
        if line.startswith("imnet-data ") and line != "imnet-data wordnet install"
    ]  # fmt: skip
    assert len(pasted) > 9
    for line in pasted:
        # verify finds faults, and browse no terminal here.
        code = 1 if "verify" in line else 2 if " browse " in line else 0
        assert run(*shlex.split(line)[1:]).exit_code == code, line


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    done = run("demo", tmp_path)
    assert done.exit_code == 1
    assert "thesis.txt" in done.stderr
    assert "try: imnet-data demo" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]
