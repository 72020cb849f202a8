"""A user without files of their own, a server with the archive, and a case to spoil."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fault_server import FaultServer, serving

from .damaged import NAME, Case, case, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nobodys(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No registry, login or rate of whoever runs the tests."""
    home = tmp_path_factory.mktemp("home")
    for name in ("CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    for name in ("COOKIES", "LOGINS", "TOKEN", "PASSWORD", "HEADER", "REGISTRY"):
        monkeypatch.delenv(f"IMNET_DATA_{name}", raising=False)
    monkeypatch.delenv("HF_TOKEN", raising=False)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with serving({NAME: whole()}) as server:
        yield server


@pytest.fixture
def spoilt(tmp_path: Path) -> Iterator[Case]:
    with case(tmp_path) as made:
        yield made
