from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from imnet_data.cli.main import program
from imnet_data.cli.program import COMMANDS
from imnet_data.words.places import CHOSEN
from tests.cli.conftest import run
from tests.cli.predicted import write_predictions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.demo.build import Demo


def _commands() -> Iterator[tuple[str, Any]]:
    context = click.Context(program)
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            for below in command.commands:
                yield f"{name} {below}", command.commands[below]


_EXAMPLES = [(name, example) for name, command in _commands() for example in command.examples] + [
    ("", example) for example in program.examples
]


@pytest.mark.parametrize(("name", "command"), list(_commands()))
def test_a_command_has_a_summary_and_an_example_of_itself(name: str, command: Any) -> None:
    assert command.examples
    assert all(example.startswith(name) for example in command.examples)
    shown = run(*name.split(), "--help").stdout
    assert "Example:\n" in shown
    assert all(f"  imnet-data {example}\n" in shown for example in command.examples)
    summary = command.help.splitlines()[0]
    assert summary.endswith(".")
    assert name not in COMMANDS or summary == COMMANDS[name]


@pytest.fixture(scope="module")
def filled(demo: Demo, made_wordnet: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the examples find it: the demo's archives, their catalogue, and a WordNet."""
    folder = tmp_path_factory.mktemp("examples")
    for file in (demo.train, demo.val, demo.test):
        shutil.copy(file, folder)
    run("index", folder, catalogue=folder / "imagenet.db")
    (folder / "WordNet-3.0").symlink_to(made_wordnet.parent)
    return folder


@pytest.mark.parametrize(("name", "example"), _EXAMPLES)
def test_an_example_runs_as_it_stands(  # noqa: C901 - a table
    name: str,
    example: str,
    *,
    demo: Demo,
    filled: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(filled, tmp_path / "here", symlinks=True)
    monkeypatch.chdir(tmp_path / "here")
    if name == "demo":
        shutil.copytree(demo.folder, "imnet-demo")  # which it finds and keeps
    elif name == "archives relocate":
        Path("downloads").mkdir()
        shutil.copy("ILSVRC2012_img_val.tar", "downloads/more.tar")
        run("index", "downloads", "--release", "more")
        Path("downloads").rename("imagenet")
    elif name == "wordnet install":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        if "--from" not in example:  # what is there is not fetched
            monkeypatch.setenv(CHOSEN, str(Path("WordNet-3.0", "dict").absolute()))
    elif name in ("classes parent", "classes remove"):
        run("classes", "add", "rex")
    elif name in ("subset check", "subset remove"):
        run("subset", "create", "pets", "dog")
    elif name in ("duplicates", "preprocess"):  # what is broken is left out then
        run("verify", "--level", "decode")
    elif name in ("preprocess check", "preprocess show"):
        run("preprocess", "imagenette", "--to", "tensors", "--crop", "32", "--max-loss", "20%")
    elif name == "score":
        write_predictions(Path())
    elif name == "shard check":
        run("shard", "imagenette", "--to", "shards")
    done = run(*shlex.split(example))
    if name == "browse":  # it wants a terminal, which tests/cli/browse/ gives it
        assert done.exit_code == 2
        return
    assert done.exit_code == 0, done.output
    assert done.output  # on standard error, where a file is the answer
