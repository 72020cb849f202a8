"""Where child processes of the tests look for modules."""

from __future__ import annotations

import os
from pathlib import Path

import imnet_data

# The address of the server that has all catalogues, where on_postgres.py has put them there; what
# makes one of a database is a role and its name.
SERVER = "IMNET_DATA_TESTS_ON_POSTGRES"


def library() -> str:
    """PYTHONPATH of a child: the package where this process found it, and what came before it."""
    found = [str(Path(imnet_data.__file__).parents[1])]
    if SERVER in os.environ:
        here = Path(__file__).parent
        found += [str(here.parent), str(here / "beside_children")]
    return os.pathsep.join(found)
