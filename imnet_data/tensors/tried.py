"""Which picture a careful maker of a shard was at, should its process not live to tell.

Every attempt has a file of its own in the set's work folder: several may be under way where one
was taken for dead.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRIED: Final = "tried"


class Tried:
    """The file of one attempt; `without` is how many pictures it leaves out."""

    def __init__(self, work: str, stem: str, without: int) -> None:
        self._folder = os.path.join(work, _TRIED)
        self._path = os.path.join(self._folder, f"{stem}.{without}.{os.urandom(8).hex()}")

    def write(self, at: int) -> None:
        """The picture at this place comes now."""
        os.makedirs(self._folder, exist_ok=True)
        with open(self._path, "w", encoding="ascii") as file:
            file.write(str(at))


def last_tried(work: str, stem: str, without: int) -> int | None:
    """The picture at which the attempts at a shard ended; None where they don't say the same one.

    Then it was not the picture that ended them.
    """
    found = {_read(path) for left_out, path in _attempts(work, stem) if left_out == without}
    return found.pop() if len(found) == 1 else None


def is_overtaken(work: str, stem: str, without: int) -> bool:
    """Whether a shard is made without more pictures by now: by whom another was taken for dead.

    A careful attempt leaves out none or more, and one that is not careful -1.
    """
    return any(left_out > without for left_out, _ in _attempts(work, stem))


def _attempts(work: str, stem: str) -> Iterator[tuple[int, str]]:
    """How many pictures each careful attempt at a shard leaves out, and its file."""
    folder = os.path.join(work, _TRIED)
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        shard, without, _ = name.rsplit(".", 2)
        if shard == stem:
            yield int(without), os.path.join(folder, name)


def _read(path: str) -> int | None:
    try:
        with open(path, encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return None
