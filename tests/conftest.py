"""What every part of the suite may ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from imnet_data.demo.build import Demo, build_demo
from imnet_data.words import found
from imnet_data.words.places import CHOSEN
from tests.fault_server import FaultServer, serving
from tests.made_wordnet import make_wordnet
from tests.once import once
from tests.postgres_server import PostgresServer, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# No deadline: a busy machine is no fault of the code, and benchmarks/ measures. Forty examples a
# run: every run draws others, and the suite runs often.
settings.register_profile("quick", deadline=None, max_examples=40)
settings.load_profile("quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--on-postgres", action="store_true", help="have every catalogue in PostgreSQL"
    )


@pytest.fixture(scope="session", autouse=True)
def _on_postgres(request: pytest.FixtureRequest) -> Iterator[None]:
    """With --on-postgres, paths of catalogues lead to databases of a server."""
    if not request.config.getoption("--on-postgres"):
        yield
        return
    from tests.on_postgres import on_postgres

    with on_postgres():
        yield


@pytest.fixture
def _only_in_a_file(request: pytest.FixtureRequest) -> None:
    """Skip what is so of a catalogue's file alone where catalogues are in PostgreSQL."""
    if request.config.getoption("--on-postgres"):
        pytest.skip("what a catalogue in a file does")


@pytest.fixture(scope="session", autouse=True)
def _no_wordnet_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads this machine's WordNet unless it asks to, nor writes to the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CHOSEN, str(tmp_path_factory.mktemp("no_wordnet")))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def made_wordnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """WordNet 3.0's files with made-up glosses; nobody writes to them."""
    inside = Path("WordNet-3.0", "dict")
    return once(tmp_path_factory, "wordnet", lambda at: make_wordnet(at / inside)) / inside


@pytest.fixture
def wordnet_here(made_wordnet: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine with a WordNet 3.0: the made-up one."""
    monkeypatch.setenv(CHOSEN, str(made_wordnet))
    found.forget()
    yield made_wordnet
    found.forget()


@pytest.fixture(scope="session")
def miniature(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A miniature ImageNet, for tests that only read it."""
    return build_demo(once(tmp_path_factory, "demo", build_demo))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """PostgreSQL on loopback; each `postgres.database()` is an empty one."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def nobodys(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without files, registry or logins of their own, whoever runs the tests."""
    home = tmp_path_factory.mktemp("home")
    for name in ("CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    for name in ("COOKIES", "LOGINS", "TOKEN", "PASSWORD", "HEADER", "REGISTRY"):
        monkeypatch.delenv(f"IMNET_DATA_{name}", raising=False)
    monkeypatch.delenv("HF_TOKEN", raising=False)


@pytest.fixture
def server(files: Mapping[str, bytes]) -> Iterator[FaultServer]:
    """A server on loopback with the `files` of a test's own module or folder."""
    with serving(files) as server:
        yield server


@pytest.fixture
def at(tmp_path: Path) -> Path:
    """Where a test writes its one tar."""
    return tmp_path / "images.tar"
