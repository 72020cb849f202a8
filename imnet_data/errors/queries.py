"""What is asked of a catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.errors.root import ImnetDataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class QueryError(ImnetDataError, ValueError):
    """A query that cannot be answered as it stands."""


class AmbiguousRelease(QueryError):
    """Several releases hold what was asked for; `images` maps each to its number of images."""

    def __init__(self, images: Mapping[str, int]) -> None:
        self.images = dict(images)
        held = ", ".join(f"{name} ({n:,})" for name, n in self.images.items())
        super().__init__(f"several releases hold such images: {held}")


class UnknownRelease(QueryError):
    """The catalogue has no release of that name."""

    def __init__(self, name: str, *, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        held = f"it has {', '.join(self.known)}" if self.known else "it is empty"
        super().__init__(f"the catalogue has no release {name!r}; {held}")


class UnknownImage(QueryError):
    """No image of that name is in the catalogue."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the catalogue has no image called {name!r}")


class AmbiguousImage(QueryError):
    """Several images have that name; `found` lists where, as `release/split`."""

    def __init__(self, name: str, *, found: Sequence[str]) -> None:
        self.name = name
        self.found = tuple(found)
        super().__init__(f"several images are called {name!r}: in {', '.join(self.found)}")
