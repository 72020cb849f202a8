"""Where a unit may leave what is half done on the machine that it runs on.

A worker of a cluster has a folder for that, and removes what is left of a unit that was ended.
"""

from __future__ import annotations

_folders: list[str] = []


def use(folder: str) -> None:
    """This process's units have such a folder from now on."""
    _folders[:] = [folder]


def scratch() -> str | None:
    """The folder; None where there is none but the system's for temporary files."""
    return _folders[0] if _folders else None
