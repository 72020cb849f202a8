"""Pictures out of commands: in the terminal, on a sheet, and the treemap's page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from imnet_data.cli import terminal_answers
from tests.cli.conftest import answer, on_terminal, run

if TYPE_CHECKING:
    from pathlib import Path

_SGR = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """This terminal does not answer, and nobody waits for it."""
    monkeypatch.setattr(terminal_answers, "_PATIENCE_S", 0.01)


def name_of(catalogue: Path) -> str:
    (row,) = answer("images", "beagle", "--split", "train", "--limit", 1, catalogue=catalogue)
    return str(row["name"])


@pytest.mark.usefixtures("_soon")
def test_an_image_is_drawn_in_coloured_blocks_below_its_facts(catalogue: Path) -> None:
    words = ("-c", catalogue, "show", name_of(catalogue), "--picture")
    drawn = on_terminal(*words, COLORTERM="truecolor")
    assert "\x1b[38;2;" in drawn
    facts, _, below = _SGR.sub("", drawn).partition("from byte")
    assert "beagle.n.01" in facts
    lines = [line for line in below.splitlines() if set(line) & set("▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")]
    assert len(lines) > 4
    assert max(map(len, lines)) <= 80
    assert re.search(r"\d+ x \d+ pixels", below)


def test_without_colour_a_picture_is_drawn_in_characters(catalogue: Path) -> None:
    drawn = on_terminal("-c", catalogue, "show", name_of(catalogue), "--picture", NO_COLOR="1")
    assert "\x1b" not in drawn
    below = drawn.partition("from byte")[2].splitlines()
    assert sum(1 for line in below if len(set(line) & set(".:-=+*#%@")) > 1) > 4


def test_a_piped_picture_is_refused_in_a_sentence(catalogue: Path) -> None:
    done = run("show", name_of(catalogue), "--picture", catalogue=catalogue)
    assert done.exit_code == 2
    assert "--picture draws in a terminal; `cat` writes an image to a file" in done.stderr
    assert not done.stdout


@pytest.mark.usefixtures("_soon")
def test_a_class_is_no_picture(catalogue: Path) -> None:
    drawn = on_terminal("-c", catalogue, "show", "beagle", "--picture")
    assert "beagle.n.01 is a class" in drawn


def test_a_contact_sheet_tells_how_many_are_broken(catalogue: Path, tmp_path: Path) -> None:
    words = ("images", "--split", "train", "--contact-sheet", tmp_path / "all.jpg")
    done = run(*words, "--columns", 16, catalogue=catalogue)
    assert (done.exit_code, done.stdout) == (0, "")
    assert re.search(r"all\.jpg: \d+ images, 2 of them broken$", done.stderr.strip())
    with Image.open(tmp_path / "all.jpg") as sheet:
        assert sheet.width == 16 * 160 + 15 * 12 + 32


def test_more_pictures_than_a_sheet_holds_are_refused(
    catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imnet_data.cli import sheet_view

    monkeypatch.setattr(sheet_view, "MOST_PICTURES", 10)
    done = run("images", "--contact-sheet", "x.png", catalogue=catalogue)
    assert done.exit_code == 1
    assert "a sheet holds at most 10 pictures, and these are 212" in done.stderr
    assert "--sample 100" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--contact-sheet", "x.gif"), "ends in none of .png"),
        (("--contact-sheet", "x.png", "--count"), "an answer by itself"),
        (("--columns", 3), "--columns is for --contact-sheet"),
        (("snake", "--contact-sheet", "x.png"), "no image is among these"),
    ],
)
def test_what_makes_no_sheet_is_told(catalogue: Path, words: tuple[object, ...], said: str) -> None:
    done = run("images", *words, catalogue=catalogue)
    assert done.exit_code != 0
    assert said in done.stderr


def test_a_page_of_branches_is_written_whole(catalogue: Path, tmp_path: Path) -> None:
    done = run("stats", "--html", tmp_path / "x.html", catalogue=catalogue)
    assert done.exit_code == 0
    assert "24 classes" in done.stderr
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    assert "212 images by WordNet branch" in page
