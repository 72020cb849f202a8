"""README, guides and reference: what they say is what the commands and the library do."""

from __future__ import annotations

import doctest
import importlib.util
import os
import pkgutil
import re
import shutil
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import imnet_data
from imnet_data.cli.main import program
from imnet_data.demo.build import build_demo

from .documents import Block, Desk, agrees, blocks, commands
from .once import once
from .served import needed, served

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[1]
GENERATOR = REPOSITORY / "scripts" / "make_reference.py"
REFERENCE = REPOSITORY / "docs" / "reference.md"
MARKDOWN = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")])
GUIDES = [
    path for path in MARKDOWN if path.name == "README.md" or path.parent.name == "guides"
]  # those with examples to follow
TYPED = ("imnet-data", "export ")  # how a block begins that a reader types

in_the_repository = pytest.mark.skipif(
    not GENERATOR.exists(), reason="the repository's files are not here"
)


def name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def every_command(
    command: click.Command = program, path: str = "imnet-data"
) -> list[tuple[str, click.Command]]:
    found = [(path, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None
            found += every_command(below, f"{path} {word}")
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "demo", build_demo)


@pytest.fixture
def desk(
    demo: Path, wordnet_here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A folder as the documents assume it: with the demo's archives in ./imnet-demo.

    The machine has a WordNet 3.0, whose true glosses are those that the documents show.
    """
    folder, tools = tmp_path / "data", tmp_path / "bin"
    tools.mkdir()
    shutil.copytree(demo, folder / "imnet-demo")
    shutil.copytree(wordnet_here, folder / "WordNet-3.0" / "dict")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("IMNET_DATA_CATALOGUE", raising=False)
    monkeypatch.chdir(folder)
    environment = dict(os.environ)
    yield Desk(folder, tools)
    os.environ.clear()  # of what a document exported
    os.environ.update(environment)


# -- the commands


@pytest.mark.parametrize(("path", "command"), every_command())
def test_every_command_has_a_summary_and_an_example(path: str, command: click.Command) -> None:
    text = command.get_help(click.Context(command, info_name=path))
    _, _, examples = text.partition("\nExample:\n")
    assert command.get_short_help_str()
    # Options of the program itself may stand between its name and the command's.
    words = path.removeprefix("imnet-data").split()
    assert [line for line in examples.splitlines() if set(words) <= set(line.split())]


@in_the_repository
@pytest.mark.parametrize(("path", "command"), every_command())
def test_every_command_stands_in_the_reference(path: str, command: click.Command) -> None:
    _, _, after = REFERENCE.read_text(encoding="utf-8").partition(f"\n## {path}\n")
    section, _, _ = after.partition("\n## ")
    options = [opt for param in command.params for opt in param.opts if opt.startswith("-")]
    assert section
    assert [option for option in options if f"`{option}" not in section] == []


@in_the_repository
def test_the_reference_is_what_its_script_makes() -> None:
    spec = importlib.util.spec_from_file_location("make_reference", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    stale = script.reference() != REFERENCE.read_text(encoding="utf-8")
    assert not stale, "run scripts/make_reference.py"


# -- the documents


@pytest.mark.parametrize("document", GUIDES, ids=name)
def test_the_examples_of_a_document_do_what_it_says(document: Path, desk: Desk, demo: Path) -> None:
    with served(needed(document), archives=demo) as desk.served:
        wrong = gone_wrong(document, desk)
    assert not any(wrong), "\n".join(wrong)


def gone_wrong(document: Path, desk: Desk) -> list[str]:
    """What goes otherwise than a document says, when its blocks are tried one by one."""
    wrong = []
    for block in blocks(document):
        if not block.is_run:
            continue
        if block.language == "python":
            wrong.append(desk.run_python(block, name(document)))
        elif block.language == "console" or block.text.startswith(TYPED):
            wrong += typed(desk, block, name(document))
    return wrong


def typed(desk: Desk, block: Block, document: str) -> Iterator[str]:
    """What goes otherwise than a block says, when its commands are typed one by one."""
    lines = [*commands(block), ("", None)]
    for (line, shown), (following, _) in pairwise(lines):
        code, written = desk.type(line)
        where = f"{document}:{block.line}: $ {line}\n"
        if shown is not None and not agrees(shown, written):
            yield f"{where}{written}"
        # A code other than 0 is told to the reader by the next line.
        if code and following != "echo $?":
            yield f"{where}exit code {code}\n{written}"


@in_the_repository
def test_few_examples_are_left_untried() -> None:
    tried = [block.is_run for document in GUIDES for block in blocks(document)]
    assert tried.count(False) <= len(tried) // 5


@pytest.mark.parametrize("document", MARKDOWN, ids=name)
def test_links_to_files_and_headings_lead_somewhere(document: Path) -> None:
    dead = []
    prose = re.sub(r"(?ms)^```.*?^```$", "", document.read_text("utf-8"))
    for target in re.findall(r"\]\((?!\w+:)([^)\s]+)\)", prose):
        path, _, anchor = target.partition("#")
        found = document.parent / path if path else document
        if not found.exists() or (anchor and anchor not in anchors(found)):
            dead.append(target)
    assert dead == []


def anchors(document: Path) -> set[str]:
    """The headings' anchors, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in headings}


@in_the_repository
@pytest.mark.parametrize("mark", ["first-minute", "test"])
def test_the_readme_has_one_block_of_one_command_for_each_mark(mark: str) -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert text.count(f"\n<!-- {mark} -->\n```sh\n") == text.count(f"<!-- {mark} -->") == 1
    (block,) = (block for block in blocks(REPOSITORY / "README.md") if block.mark == mark)
    assert len(list(commands(block))) == 1


# -- the library's docstrings


def modules_with_examples() -> list[str]:
    found = []
    for module in pkgutil.walk_packages(imnet_data.__path__, "imnet_data."):
        spec = importlib.util.find_spec(module.name)
        assert spec is not None
        source = Path(spec.origin or "")
        if source.suffix == ".py" and re.search(r"(?m)^\s*>>> ", source.read_text("utf-8")):
            found.append(module.name)
    return found


@pytest.mark.parametrize("module", modules_with_examples())
def test_the_examples_in_docstrings_hold(module: str) -> None:
    told: list[str] = []
    runner = doctest.DocTestRunner()
    for test in doctest.DocTestFinder(exclude_empty=True).find(import_module(module)):
        runner.run(test, out=told.append)
    assert "".join(told) == ""
    assert runner.tries
