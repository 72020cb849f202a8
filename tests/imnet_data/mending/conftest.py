"""A user without files of their own, a server with the archive, and a case to spoil."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .damaged import NAME, Case, case, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _of_nobody(nobodys: None) -> None:
    """No registry, login or rate of whoever runs the tests."""


@pytest.fixture
def files() -> dict[str, bytes]:
    """What the server has."""
    return {NAME: whole()}


@pytest.fixture
def spoilt(tmp_path: Path) -> Iterator[Case]:
    with case(tmp_path) as made:
        yield made
