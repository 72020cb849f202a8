"""What a process runs by: the versions that its results depend on, to be the same everywhere.

Asking a cluster's workers is connecting.py's.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from imnet_data import _version

if TYPE_CHECKING:
    from collections.abc import Mapping

# Decoders and what resizes: other versions may give other pixels. Dask speaks only to its like.
_PACKAGES: Final = ("numpy", "pillow", "simplejpeg", "distributed")


@cache
def versions() -> dict[str, str]:
    """Of each package that matters its version, "" where there is none; and Python's."""
    found = {
        "imnet-data": _version.VERSION,
        "Python": f"{sys.version_info[0]}.{sys.version_info[1]}",
    }
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = ""
    return found


def difference(theirs: Mapping[str, str], ours: Mapping[str, str]) -> tuple[str, str, str] | None:
    """The first package whose versions differ, with theirs and ours; None where none does.

    >>> difference({"numpy": "2.1"}, {"numpy": "2.4"})
    ('numpy', '2.1', '2.4')
    """
    for package, mine in ours.items():
        if theirs.get(package, "") != mine:
            return package, theirs.get(package, ""), mine
    return None
