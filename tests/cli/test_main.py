from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import imnet_data
from tests.cli.conftest import (
    child,
    child_on_terminal,
    command_line,
    environment,
    on_terminal,
    run,
)

if TYPE_CHECKING:
    from imnet_data.demo.build import Demo

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.mark.parametrize(
    ("words", "code", "sentence", "advice"),
    [
        (["images", "doggg"], 1, "no synset or word is called 'doggg'", "search doggy"),
        (["images", "dog &"], 2, "", "images --help"),
        (["images", "dog & (xyzzyx)"], 1, "no synset or word is called 'xyzzyx'", "search"),
        (["images", "--split", "foo"], 2, "'foo' is not one of", "images --help"),
        (["images", "--limit", "-1"], 2, "-1 is not in the range", "images --help"),
        (["images", "--seed", "1"], 2, "--sample or --per-class", "images --help"),
        (["images", "--sample", "1", "--per-class", "1"], 2, "give one", "images --help"),
        (["images", "--release", "mine"], 1, "no release 'mine'", "stats"),
        (["index", "x", "--layout", "foo"], 2, "'foo' is not one of", "index --help"),
        (["cat", "nothing"], 1, "no image called 'nothing'", "images"),
        (["show", "n01440764_999999"], 1, "no image called", "images"),
        (["show", "doggg"], 1, "no synset or word", "search doggy"),
        (["tree", "doggg"], 1, "no synset or word", "search doggy"),
        (["search", "xyzzyx"], 1, "no class has 'xyzzyx' in its words", ""),
        (["classes", "imagenett"], 1, "did you mean imagenette", "imnet-data classes"),
        (["archives", "remove", "x.tar"], 1, "has no archive x.tar", "archives list"),
        (["archives", "relocate", "x", "y"], 1, "has no archive", "archives list"),
        (["stat"], 2, "did you mean stats?", "imnet-data --help"),
        (["stats", "--foo"], 2, "no such option", "stats --help"),
    ],
)
def test_an_error_is_a_sentence_the_next_thing_to_type_and_an_exit_code(
    catalogue: Path, words: list[str], code: int, sentence: str, advice: str
) -> None:
    done = run(*words, catalogue=catalogue)
    assert done.exit_code == code
    assert done.stdout == ""
    assert done.stderr.startswith("imnet-data: ")
    assert sentence in done.stderr
    assert "\ntry: " in done.stderr
    assert advice in done.stderr


def test_without_a_catalogue_the_command_that_makes_one_is_said(tmp_path: Path) -> None:
    done = run("stats", catalogue=tmp_path / "x.db")
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"there is no catalogue at {tmp_path / 'x.db'}" in done.stderr
    assert f"try: imnet-data -c {tmp_path / 'x.db'} index PATH" in done.stderr


def test_an_expression_that_does_not_parse_is_shown_with_the_place(catalogue: Path) -> None:
    lines = run("images", "dog & & cat", catalogue=catalogue).stderr.splitlines()
    assert lines[1] == "  dog & & cat"
    assert lines[2] == "      ^"


def test_a_file_that_is_no_catalogue_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing to do with it, at some length\n" * 40)
    done = run("stats", catalogue=tmp_path / "notes.txt")
    assert done.exit_code == 1
    assert "is not an imnet-data catalogue" in done.stderr


def test_the_environment_names_the_catalogue_and_the_option_comes_first(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMNET_DATA_CATALOGUE", str(catalogue))
    assert run("images", "--count").stdout == "212\n"
    assert run("images", "--count", catalogue=tmp_path / "none.db").exit_code == 1


@pytest.mark.parametrize(
    "words", [["tree", "dog"], ["show", "dog"], ["search", "dog"], ["classes", "imagenette"]]
)
def test_words_and_lists_need_no_catalogue_but_one_that_is_named_must_be_there(
    words: list[str], tmp_path: Path
) -> None:
    assert run(*words).exit_code == 0
    assert list(tmp_path.iterdir()) == []
    if words[0] != "classes":  # which has no use for one
        done = run(*words, catalogue=tmp_path / "none.db")
        assert done.exit_code == 1
        assert "there is no catalogue" in done.stderr


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys\n"
        "from imnet_data.cli.main import program\n"
        "program.main(['--help'], standalone_mode=False)\n"
        "heavy = {'numpy', 'sqlalchemy', 'nltk', 'PIL', 'rich', 'requests'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, env=environment()
    )
    assert done.returncode == 0, done.stderr


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"imnet-data {imnet_data.__version__}\n"


def test_no_words_show_the_help_and_are_no_mistake() -> None:
    done = run()
    assert done.exit_code == 0
    assert done.stdout.startswith("Usage: imnet-data")


def test_what_reads_our_output_may_stop_without_a_word(catalogue: Path) -> None:
    line = " ".join(f"'{word}'" for word in command_line("-c", catalogue, "classes", "imagenet12k"))
    done = subprocess.run(
        ["bash", "-c", f"{line} | head -1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, check=False, env=environment(),
    )  # fmt: skip
    assert done.stdout.startswith(b"index")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["stats"], ["cat", "n02105855_2933"]])
def test_a_full_disk_is_a_sentence(catalogue: Path, words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = child("-c", catalogue, *words, stdout=full)
    assert done.returncode == 1
    assert done.stderr == b"imnet-data: No space left on device\n"


def _open_when_read(fifo: Path) -> int:
    """The writing end of a named pipe, as soon as somebody waits at the reading end."""
    for _ in range(400):
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nobody opened the pipe")


def test_an_interrupted_index_says_that_it_can_go_on(demo: Demo, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "slow.tar")  # opening it waits for a writer who never comes
    with subprocess.Popen(
        command_line("-c", tmp_path / "x.db", "index", tmp_path / "slow.tar"),
        stderr=subprocess.PIPE,
        env=environment(),
        # Whoever runs the tests in the background ignores Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"made the catalogue")
        writer = _open_when_read(tmp_path / "slow.tar")
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
        os.close(writer)
        assert process.wait() == 130
    assert b"the same command goes on from there" in told
    assert b"imnet-data: interrupted" in told
    assert b"Traceback" not in told


def test_ctrl_c_while_python_still_imports_ends_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text(
        "import os, signal\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "from nothing_that_there_is import at_all\n"
    )
    found = f"{tmp_path}{os.pathsep}{environment()['PYTHONPATH']}"
    done = child(
        "--version",
        env=environment(PYTHONPATH=found),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize(
    "words", [["tree"], ["stats"], ["show", "dog"], ["images"], ["archives", "list"]]
)
def test_piped_output_has_no_colour_no_bar_and_no_blank_at_the_end_of_a_line(
    catalogue: Path, words: list[str]
) -> None:
    done = run(*words, catalogue=catalogue)
    assert "\x1b" not in done.stdout + done.stderr
    assert not re.search(r"[ \t]$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    "words",
    [["tree", "--depth", "9"], ["show", "n02123045"], ["images", "--limit", "40"],
     ["archives", "list"], ["classes", "imagenette"]],
)  # fmt: skip
def test_nothing_is_wider_than_a_terminal_of_80_columns(catalogue: Path, words: list[str]) -> None:
    drawn = on_terminal("-c", catalogue, *words)
    lines = _ANSI.sub("", drawn).splitlines()
    assert len(lines) > 3
    assert max(map(len, lines)) <= 80


def test_a_terminal_gets_colours_and_with_no_color_none(catalogue: Path) -> None:
    assert "\x1b[36m" in child_on_terminal("-c", catalogue, "tree")
    assert "\x1b" not in on_terminal("-c", catalogue, "tree", NO_COLOR="1")


def test_a_terminal_is_not_sent_binary_data(catalogue: Path) -> None:
    drawn = on_terminal("-c", catalogue, "cat", "n02105855_2933")
    assert "a terminal shows text" in drawn
    assert "-o FILE" in drawn


def test_a_bar_is_drawn_on_a_terminal_and_gone_at_the_end(demo: Demo, tmp_path: Path) -> None:
    drawn = on_terminal("-c", tmp_path / "x.db", "index", demo.folder)
    assert "indexing ILSVRC2012_img_train.tar" in drawn
    assert "\x1b[2K" in drawn  # the line of the bar is erased


def test_names_from_an_archive_cannot_drive_the_terminal(tmp_path: Path, demo: Demo) -> None:
    rex = tmp_path / "pets" / "rex"
    rex.mkdir(parents=True)
    for name in ("a\x1b[31mred.png", "b\nc.png", "[bold]d.png"):
        (rex / name).write_bytes(b"x")
    db = tmp_path / "x.db"
    assert run("index", tmp_path / "pets", catalogue=db).exit_code == 0
    shown = run("images", catalogue=db).stdout
    assert r"a\x1b[31mred.png" in shown
    assert r"b\nc.png" in shown
    assert "[bold]d.png" in on_terminal("-c", db, "images")
    csv = on_terminal("-c", db, "images", "--format", "csv")
    assert "\x1b[31m" not in csv


def test_the_width_of_a_chinese_name_is_counted_in_columns(tmp_path: Path) -> None:
    cat = tmp_path / "pets" / "猫猫猫"
    cat.mkdir(parents=True)
    shutil.copy(__file__, cat / "一.png")
    run("index", tmp_path / "pets", catalogue=tmp_path / "x.db")
    heading, row = run("images", catalogue=tmp_path / "x.db").stdout.splitlines()
    # Six wide signs, so the release stands six places further left in the text.
    assert heading.index("release") - row.index("pets") == sum(map(row.count, "猫一"))
