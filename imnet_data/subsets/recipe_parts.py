"""The parts of a recipe that say more than one thing: a cut into superclasses, a list of images.

How the tree is cut is superclasses.py's, how a list is read image_list.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from imnet_data.subsets import recipe_checks as checks


@dataclass(frozen=True, slots=True)
class Superclasses:
    """A cut of WordNet's tree into classes that share no image; exactly one of the first three.

    `depth`: the synsets so many edges below the root. `count`: at most so many, by taking the
    largest apart first. `max_classes`: until none has more than so many of the release's classes.
    What has fewer than `min_classes` is left out.

    Raises:
        ValueError: none or several of the three, or a number that is too small.

    >>> Superclasses.of("depth=7, min_classes=5")
    Superclasses(depth=7, count=None, max_classes=None, min_classes=5)
    """

    depth: int | None = None
    count: int | None = None
    max_classes: int | None = None
    min_classes: int = 1

    def __post_init__(self) -> None:
        cuts = [self.depth, self.count, self.max_classes]
        if sum(cut is not None for cut in cuts) != 1:
            raise ValueError("one of depth, count and max_classes is wanted")
        for key, number in self.items().items():
            try:
                checks.count(number)
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from error

    @classmethod
    def of(cls, text: str) -> Self:
        """The cut of a text such as `depth=7` or `count=20,min_classes=3`.

        Raises:
            ValueError: it says no such thing.
        """
        found: dict[str, int] = {}
        for part in text.split(","):
            key, _, number = (piece.strip() for piece in part.partition("="))
            if not number.isascii() or not number.isdigit():
                raise ValueError(f"{text!r} is no cut: write depth=7, count=20 or max_classes=50")
            found[key] = int(number)
        return cls.of_mapping(found)

    @classmethod
    def of_mapping(cls, found: object) -> Self:
        """The cut of a recipe's table.

        Raises:
            ValueError: it is no table, or has another key.
        """
        known = [one.name for one in fields(cls)]
        if not isinstance(found, Mapping):
            raise ValueError("a table is wanted, such as {depth = 7}")  # noqa: TRY004
        for key in found:
            checks.one_of(key, known)
        return cls(**found)

    def items(self) -> dict[str, int]:
        """What is said, as a recipe has it."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        if said["min_classes"] == 1:
            del said["min_classes"]
        return {key: number for key, number in said.items() if number is not None}


@dataclass(frozen=True, slots=True)
class OnlyIds:
    """The file that lists the images which alone are taken, and the digest of its names.

    `digest` is image_list.py's, of the names in any order; None until the file was read.
    """

    path: str
    digest: str | None = None

    def __post_init__(self) -> None:
        if not checks.text(self.path):
            raise ValueError("the path of a list of images is wanted")
        checks.optional(checks.text)(self.digest)
