"""Recipes, subsets and the lists of images that they may be held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.errors.root import ImnetDataError, either

if TYPE_CHECKING:
    from collections.abc import Sequence


class SubsetError(ImnetDataError, ValueError):
    """A subset that cannot be made, or is not there."""


class RecipeError(SubsetError):
    """A recipe that does not say what it must; `key` is where, None for the whole of `file`.

    `file` is its path, or the recipe's name where it came from no file.
    """

    def __init__(self, file: str, key: str | None, reason: str) -> None:
        self.file = file
        self.key = key
        self.reason = reason
        where = f"{file}: {key}" if key else file
        super().__init__(f"{where}: {reason}")


class UnknownSubset(SubsetError):
    """No subset of that name was made, and none is built in; `known` are those that are."""

    def __init__(
        self, name: str, *, known: Sequence[str], close: Sequence[str] = (), why: str = ""
    ) -> None:
        self.name = name
        self.known = tuple(known)
        self.close = tuple(close)
        self.why = why
        hint = f"; did you mean {either(self.close)}?" if self.close else ""
        held = f"; there are {', '.join(self.known)}" if self.known and not self.close else ""
        because = f": {why}" if why else ""
        super().__init__(f"no subset is called {name!r}{because}{hint}{held}")


class SubsetTaken(SubsetError):
    """There is a subset of that name already, made by the user or built in."""

    def __init__(self, name: str, *, is_built_in: bool) -> None:
        self.name = name
        self.is_built_in = is_built_in
        what = "a built-in subset is" if is_built_in else "a subset is already"
        super().__init__(f"{what} called {name}")


class ImageListError(SubsetError):
    """A file that was to list images, and does not; `line` counts from 1, None for the file."""

    def __init__(self, path: str, reason: str, *, line: int | None = None) -> None:
        self.path = path
        self.reason = reason
        self.line = line
        at = "" if line is None else f" in line {line:,}"
        super().__init__(f"{path} is no list of images{at}: {reason}")


class LockError(SubsetError):
    """A lock that does not read, or that is not there; `file` is its path, or what it is of."""

    def __init__(self, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(f"{file}: {reason}")


class NotLocked(LockError):
    """A built-in subset has no lock of its own to be checked against."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name, "it is built in, and no lock of it is kept here")
