"""The packaged graph, which every packaged class is in."""

import pytest

from imnet_data.taxonomy.graph import Graph


@pytest.fixture(scope="session")
def graph() -> Graph:
    return Graph.load()
