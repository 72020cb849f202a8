from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imnet_data.indexing.layout_maker import LayoutMaker
from imnet_data.layouts.recognise import Reading
from imnet_data.taxonomy.graph import Graph
from imnet_data.wnid import FIRST_OWN_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.layouts.placement import Layout
    from imnet_data.splits import Split


@pytest.fixture(scope="session")
def maker() -> LayoutMaker:
    return LayoutMaker(Graph.load())


@pytest.fixture
def own() -> dict[str, int]:
    """The own classes that a layout made, with the ids it was given for them."""
    return {}


@pytest.fixture
def make(maker: LayoutMaker, own: dict[str, int]) -> Callable[..., Layout]:
    def made(
        layout: str,
        release: str,
        split: Split,
        *,
        depth: int = 0,
        has_splits: bool = False,
        forced: Split | None = None,
    ) -> Layout:
        reading = Reading(layout, release, split, "", depth, has_splits)
        return maker.make(
            reading,
            lambda name: own.setdefault(name, FIRST_OWN_ID + len(own)),
            forced_split=forced,
        )

    return made
