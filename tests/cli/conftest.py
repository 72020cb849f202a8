"""The command line on a miniature ImageNet: run in this process, as a child, and on a terminal."""

from __future__ import annotations

import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
from contextlib import contextmanager
from fcntl import ioctl
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from click.testing import CliRunner, Result

from imnet_data.cli.main import program
from tests.children import library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from imnet_data.demo.build import Demo


@pytest.fixture(scope="session")
def demo(miniature: Demo) -> Demo:
    """A miniature ImageNet; nobody writes to it."""
    return miniature


@pytest.fixture(scope="session")
def catalogue(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of the miniature ImageNet; nobody writes to it."""
    path = tmp_path_factory.mktemp("catalogue") / "imagenet.db"
    done = CliRunner().invoke(program, ["-c", str(path), "index", str(demo.folder)])
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test stands in an empty folder, with no catalogue named."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IMNET_DATA_CATALOGUE", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)


_DRAWN = b"\0all is drawn\0"


def run(*words: object, catalogue: Path | None = None) -> Result:
    """A command in this process; `exception` is what no user should ever see."""
    chosen = [] if catalogue is None else ["-c", str(catalogue)]
    done = CliRunner().invoke(program, [*chosen, *map(str, words)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def answer(*words: object, catalogue: Path | None = None) -> Any:
    """What a command answers in JSON."""
    done = run(*words, "--json", catalogue=catalogue)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def child(*words: object, **kwargs: Any) -> subprocess.CompletedProcess[bytes]:
    """A command as a process of its own, its output piped."""
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    kwargs = {**piped, "env": environment(), **kwargs}
    return subprocess.run(command_line(*words), check=False, **kwargs)


def command_line(*words: object) -> Sequence[str]:
    return [sys.executable, "-m", "imnet_data.cli", *map(str, words)]


def environment(**more: str) -> dict[str, str]:
    """A child's environment, which finds the package where this process found it."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
    return {**kept, "PYTHONPATH": library(), **more}


def on_terminal(*words: object, columns: int = 80, **more: str) -> str:
    """What a command draws on a terminal of some width, run in this process."""
    outer, inner = _terminal(columns)
    drawn = bytearray()

    def keep() -> None:
        while not drawn.endswith(_DRAWN):
            drawn.extend(os.read(outer, 65536))

    reader = threading.Thread(target=keep)
    reader.start()
    kept = environment(TERM="xterm-256color", **more)
    try:
        with mock.patch.dict(os.environ, kept, clear=True), _standard_streams(inner):
            program.main([str(word) for word in words], standalone_mode=False)
    finally:
        os.write(inner, _DRAWN)
        reader.join()
        os.close(inner)
        os.close(outer)
    return drawn.removesuffix(_DRAWN).decode().replace("\r\n", "\n")


def _terminal(columns: int) -> tuple[int, int]:
    outer, inner = pty.openpty()
    ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    return outer, inner


@contextmanager
def _standard_streams(inner: int) -> Iterator[None]:
    """All three are the terminal, for Python and for whoever asks the system."""
    kept = [os.dup(fd) for fd in range(3)]
    try:
        for fd in range(3):
            os.dup2(inner, fd)
        with (
            open(0, encoding="utf-8", closefd=False) as stdin,
            open(1, "w", encoding="utf-8", buffering=1, closefd=False) as stdout,
            open(2, "w", encoding="utf-8", buffering=1, closefd=False) as stderr,
            mock.patch.multiple(sys, stdin=stdin, stdout=stdout, stderr=stderr),
        ):
            yield
    finally:
        for fd, was in enumerate(kept):
            os.dup2(was, fd)
            os.close(was)


def child_on_terminal(*words: object, columns: int = 80, **more: str) -> str:
    """What a command draws on a terminal as a process of its own, as users start it."""
    outer, inner = _terminal(columns)
    with subprocess.Popen(
        command_line(*words), stdin=inner, stdout=inner, stderr=inner,
        env=environment(TERM="xterm-256color", **more),
    ) as process:  # fmt: skip
        os.close(inner)
        parts = []
        while True:
            try:
                part = os.read(outer, 65536)
            except OSError:  # Linux: the last writer has closed it
                break
            if not part:
                break
            parts.append(part)
        process.wait()
    os.close(outer)
    return b"".join(parts).decode().replace("\r\n", "\n")
