"""The packaged graph, and names read against it."""

import pytest

from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver


@pytest.fixture(scope="session")
def graph() -> Graph:
    return Graph.load()


@pytest.fixture(scope="session")
def resolver(graph: Graph) -> Resolver:
    return Resolver(graph)
