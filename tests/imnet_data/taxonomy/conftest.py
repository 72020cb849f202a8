"""The packaged graph, and names read against it."""

import pytest
from hypothesis import settings

from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver

# No deadline: a busy machine is no fault of the code, and benchmarks/ measures.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")


@pytest.fixture(scope="session")
def graph() -> Graph:
    return Graph.load()


@pytest.fixture(scope="session")
def resolver(graph: Graph) -> Resolver:
    return Resolver(graph)
