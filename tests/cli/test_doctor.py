from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import child, environment, on_terminal, run

if TYPE_CHECKING:
    from imnet_data.demo.build import Demo

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
KEYS = ["section", "what", "state", "found", "advice"]
SECTIONS = ["disk", "machine", "packages", "gpu", "wordnet", "catalogue", "archives"]


@pytest.fixture(scope="module")
def made(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The miniature ImageNet with its catalogue beside it."""
    folder = Path(shutil.copytree(demo.folder, tmp_path_factory.mktemp("made") / "imagenet"))
    assert run("index", folder, catalogue=folder / "imagenet.db").exit_code == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy to be damaged; the catalogue knows its archives by where they lie beside it."""
    return Path(shutil.copytree(made, tmp_path / "imagenet"))


def told(*words: object, catalogue: Path) -> tuple[list[dict[str, str]], int]:
    """What is said in JSON, and the exit code."""
    done = run("doctor", "--json", *words, catalogue=catalogue)
    assert done.stderr == ""
    return json.loads(done.stdout), done.exit_code


def troubles(found: list[dict[str, str]]) -> list[dict[str, str]]:
    """What is in trouble of the catalogue's; of this machine anything may be."""
    ours = ("catalogue", "archives")
    return [one for one in found if one["state"] == "trouble" and one["section"] in ours]


def test_every_section_has_its_lines_and_what_is_not_well_an_advice(folder: Path) -> None:
    found, code = told(folder, catalogue=folder / "imagenet.db")
    assert troubles(found) == []
    assert code == int(any(one["state"] == "trouble" for one in found))
    assert list(dict.fromkeys(one["section"] for one in found)) == SECTIONS
    assert all(list(one) == KEYS for one in found)
    assert all(bool(one["advice"]) for one in found if one["state"] != "well")
    (counts,) = (one["found"] for one in found if one["what"] == "counts")
    assert counts.startswith("classes and archives agree on 212 images of ")


def test_exit_code_1_and_a_command_that_mends_it_where_something_is(
    folder: Path, tmp_path: Path
) -> None:
    gone = folder / "ILSVRC2012_img_val.tar"
    gone.rename(tmp_path / "val.tar")
    found, code = told(catalogue=folder / "imagenet.db")
    (trouble,) = troubles(found)
    assert code == 1
    assert (trouble["section"], trouble["found"]) == ("archives", "is missing")
    line = f"imnet-data -c {folder}/imagenet.db archives relocate {gone} NEW"
    assert trouble["advice"].endswith(f": {line}")
    words = line.replace("NEW", str(tmp_path / "val.tar")).split()[1:]
    assert run(*words).exit_code == 0
    assert troubles(told(catalogue=folder / "imagenet.db")[0]) == []


def test_without_a_catalogue_it_looks_at_this_folder_and_says_how_to_make_one() -> None:
    done = run("doctor")
    assert f"{os.getcwd()}\n" in done.stdout
    assert "there is none yet" in done.stdout
    assert "imnet-data index PATH..." in done.stdout
    assert os.listdir() == []


def test_a_damaged_catalogue_is_a_line_and_no_traceback(folder: Path) -> None:
    path = folder / "imagenet.db"
    content = bytearray(path.read_bytes())
    content[8192:] = bytes(len(content) - 8192)
    path.write_bytes(content)
    for deep in ([], ["--deep"]):
        done = run("doctor", *deep, catalogue=path)
        assert done.exit_code == 1
        assert "malformed" in done.stdout


@pytest.mark.parametrize("columns", [80, 60])
def test_on_a_terminal_only_what_is_to_be_pasted_is_wider_than_it(
    folder: Path, columns: int
) -> None:
    (folder / "ILSVRC2012_img_val.tar").unlink()
    drawn = on_terminal("-c", folder / "imagenet.db", "doctor", columns=columns)
    lines = [_ANSI.sub("", line) for line in drawn.splitlines()]
    assert "\x1b[" in drawn
    wide = [line for line in lines if len(line) > columns]
    assert all(re.match(r"\s+(→ )?imnet-data |  [✓•✗] /", line) for line in wide), wide


def test_an_encoding_without_the_signs_is_given_plain_ones(folder: Path) -> None:
    done = child(
        "-c", folder / "imagenet.db", "doctor", env=environment(PYTHONIOENCODING="ascii:strict")
    )
    text = done.stdout.decode("ascii")
    assert done.stderr == b""
    assert "\\u" not in text
    assert "\n  + counts " in text
    assert re.search(r"(?m)^(x \d+ in trouble   )?(- \d+ to note   )?\+ \d+ well$", text)


def test_a_path_with_signs_that_steer_a_terminal_is_shown_escaped(tmp_path: Path) -> None:
    odd = tmp_path / "a\x1b[31mb"
    odd.mkdir()
    done = run("doctor", odd)
    assert "\x1b" not in done.stdout
    assert "a\\x1b[31mb" in done.stdout
