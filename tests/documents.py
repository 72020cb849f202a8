"""The documents' fenced blocks, and a desk to try them at: a folder with the demo, and a session.

What must come out of them is test_docs.py's.
"""

from __future__ import annotations

import doctest
import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import imnet_data
from imnet_data.cli.main import program

from .served import Served

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(
    r"(?:^<!-- (?P<mark>(?:(?!-->).)*?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# What depends on the machine, on the day or on Pillow's version, in documents and output alike.
_VARYING = (
    (re.compile(r"\b[\d,]+\.\d+ s\b"), "SECONDS"),
    (re.compile(r"\b[\d.,]+ (?:B|kB|MB|GB|bytes)\b"), "SIZE"),
    (re.compile(r"\bbyte [\d,]+"), "byte AT"),
    (re.compile(r"\bPostgreSQL [\d.]+"), "PostgreSQL VERSION"),
    (re.compile(r"\b\d+ of \d+ on the server"), "N on the server"),
    (re.compile(r'"(offset|size|bytes|seconds)": ?[\d.]+'), r'"\1":N'),
)
_ANYTHING = "…"  # alone on its line in a document: whatever comes here


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, its line in the file, the comment before it."""

    language: str
    text: str
    line: int
    mark: str

    @property
    def is_run(self) -> bool:
        """Whether a reader could try it here: no comment says that it cannot be."""
        return not self.mark.startswith("not run: ")


def blocks(document: Path) -> list[Block]:
    """All fenced blocks of a document."""
    text = document.read_text(encoding="utf-8")
    return [
        Block(found["language"], found["text"], text.count("\n", 0, found.start()) + 1,
              found["mark"] or "")
        for found in _FENCE.finditer(text)
    ]  # fmt: skip


def commands(block: Block) -> Iterator[tuple[str, str | None]]:
    """Each command line of a block with the output shown for it; None where none can be shown."""
    if block.language == "console":
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.replace("\\\n", " ").partition("\n")
            yield command, shown
    else:
        for command in block.text.replace("\\\n", " ").splitlines():
            if command and not command.startswith("#"):
                yield command, None


def agrees(shown: str, written: str) -> bool:
    """Whether output is as shown, however it is folded, and wherever `…` stands for some of it."""
    parts = re.split(rf"^\s*{_ANYTHING}\s*$", _plain(shown), flags=re.MULTILINE)
    pattern = r"(?:.*\s)?".join(
        r"\s+".join(map(re.escape, part.split())) + (r"\s*" if part.split() else "")
        for part in parts
    )
    return re.fullmatch(rf"\s*{pattern}\s*", _plain(written), re.DOTALL) is not None


def _plain(text: str) -> str:
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return text


class Desk:
    """A folder to type commands in, one after the other; /data is what documents call it.

    What they call their servers stands in `served`.
    """

    def __init__(self, folder: Path, tools: Path) -> None:
        self.folder = folder
        self.served = Served()
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self._code = 0
        self._tools = tools
        command = tools / "imnet-data"
        command.write_text(
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m imnet_data.cli "$@"\n'
        )
        command.chmod(0o755)

    def type(self, line: str) -> tuple[int, str]:
        """Run one command line; gives its exit code, and what is written to a terminal."""
        line = self.served.real(line)
        words = _words(line)
        if words == ["echo", "$", "?"]:
            code, written, self._code = 0, f"{self._code}\n", 0
        elif words[0] == "cd":
            os.chdir(words[1])
            code, written = 0, ""
        elif words[0] == "export":
            name, _, value = words[1].partition("=")
            os.environ[name] = value
            code, written = 0, ""
        elif words[0] == "imnet-data" and not set("|<>;&()") & {w[0] for w in words if w}:
            code, written = _in_process(words[1:])
        else:
            code, written = self._by_shell(line)
        self._code = code
        return code, self.served.shown(written.replace(str(self.folder), "/data"))

    def _by_shell(self, line: str) -> tuple[int, str]:
        library = str(Path(imnet_data.__file__).parents[1])
        env = os.environ | {
            "PATH": f"{self._tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": library,
        }
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line], env=env, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout

    def run_python(self, block: Block, document: str) -> str:
        """Run a block, with `>>>` as a doctest; gives what went wrong, or nothing."""
        text = self.served.real(block.text)
        if ">>>" not in text:
            exec(compile(text, f"{document}:{block.line}", "exec"), self.names)
            return ""
        test = doctest.DocTestParser().get_doctest(text, self.names, document, document, block.line)
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        told: list[str] = []
        runner.run(test, out=told.append, clear_globs=False)
        self.names = test.globs
        return "".join(told)


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(lexer)
    return ["echo", "$", "?"] if words == ["echo", "$?"] else words


def _in_process(words: list[str]) -> tuple[int, str]:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(stream), redirect_stderr(stream):
        code = program.main(words, standalone_mode=False)
    assert isinstance(stream.buffer, io.BytesIO)
    return int(code), stream.buffer.getvalue().decode("utf-8", errors="replace")
