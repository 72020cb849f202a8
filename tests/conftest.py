"""What every part of the suite may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from imnet_data.demo.build import Demo, build_demo

if TYPE_CHECKING:
    from pathlib import Path

# No deadline: a busy machine is no fault of the code, and benchmarks/ measures.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")


@pytest.fixture(scope="session")
def miniature(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A miniature ImageNet, for tests that only read it."""
    return build_demo(tmp_path_factory.mktemp("miniature"))


@pytest.fixture
def at(tmp_path: Path) -> Path:
    """Where a test writes its one tar."""
    return tmp_path / "images.tar"
