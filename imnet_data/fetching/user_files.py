"""Where a user's own files lie: what they wrote for us to read, and what we remember for them.

What stands in them is the registry's, the logins' and the rates' business.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def config_file(
    name: str, variable: str, environ: Mapping[str, str] | None = None
) -> tuple[str, bool]:
    """A file of the user's configuration, and whether the variable chose it; it may not be there.

    `$XDG_CONFIG_HOME/imnet-data/NAME`, else `~/.config/imnet-data/NAME`.
    """
    environ = os.environ if environ is None else environ
    if chosen := environ.get(variable):
        return os.path.abspath(os.path.expanduser(chosen)), True
    return os.path.join(_base("XDG_CONFIG_HOME", ".config", environ), name), False


def cache_file(name: str) -> str:
    """A file that can be lost without harm; it may not be there."""
    return os.path.join(_base("XDG_CACHE_HOME", ".cache", os.environ), name)


def _base(variable: str, below_home: str, environ: Mapping[str, str]) -> str:
    base = environ.get(variable, "")
    if not os.path.isabs(base):  # as the XDG specification says of relative paths
        base = os.path.join(os.path.expanduser("~"), below_home)
    return os.path.join(os.path.normpath(base), "imnet-data")
