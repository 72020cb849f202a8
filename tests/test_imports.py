"""Starting is quick and quiet: what is loaded, read and offered at import."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import imnet_data

HEAVY = {"numpy", "sqlalchemy", "nltk", "PIL", "torch", "alembic", "simplejpeg", "safetensors"}
TERMINAL = {"click", "rich", "textual"}

# Everything that the interpreter asks of the system while importing, as its audit hook tells.
WATCHED = """\
import os, sys
seen = []
def hear(event, args):
    if event == "open" and not str(args[0]).endswith((".py", ".pyc")):
        seen.append(("open", str(args[0])))
    elif event == "os.mkdir":
        seen.append((event, str(args[0])))
class Environment(dict):
    def __getitem__(self, name):
        seen.append(("environment", name))
        return super().__getitem__(name)
    def get(self, name, default=None):
        seen.append(("environment", name))
        return super().get(name, default)
import importlib, typing
os.environ = Environment(os.environ)
sys.addaudithook(hear)
import imnet_data
print(seen)
"""


def output(*command: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(Path(imnet_data.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, env=env, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded_after(statement: str) -> set[str]:
    names = output("-c", f"{statement}\nimport sys\nprint(*sys.modules)").split()
    return {name.partition(".")[0] for name in names}


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_after("import imnet_data") & (HEAVY | TERMINAL) == set()


def test_help_loads_nothing_heavy() -> None:
    """Python's own record of imports, since the command exits before it could be asked."""
    env = {**os.environ, "PYTHONPATH": str(Path(imnet_data.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "imnet_data.cli", "--help"],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert "imnet_data" in loaded
    assert loaded & HEAVY == set()


def test_the_library_never_loads_what_draws_on_a_terminal() -> None:
    every = "\n".join(f"imnet_data.{name}" for name in imnet_data.__all__)
    assert loaded_after(f"import imnet_data\n{every}") & TERMINAL == set()


def test_importing_reads_no_environment_and_no_file() -> None:
    assert ast.literal_eval(output("-c", WATCHED)) == []


@pytest.mark.parametrize("name", sorted(imnet_data.__all__))
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(imnet_data, name)
    assert name == "__version__" or value.__doc__


def test_the_public_names_are_those_that_checkers_and_completion_see() -> None:
    declared = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(Path(imnet_data.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("imnet_data")
        for alias in node.names
    }
    assert set(imnet_data.__all__) == declared == set(dir(imnet_data))
    assert set(imnet_data._HOMES) == declared - {"__version__"}


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        imnet_data.no_such_name  # noqa: B018
