"""A lock: what a recipe came to in one catalogue, to be compared with what it comes to in another.

How it is made is locking.py's, what two locks differ in is check.py's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from imnet_data.errors import LockError, RecipeError
from imnet_data.lasting import written_whole
from imnet_data.subsets.recipe import Recipe
from imnet_data.subsets.recipe_file import text_of
from imnet_data.subsets.sketch import Sketch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FORMAT = "imnet-data subset lock 1"
_LIST_KEYS = ("classes", "excluded")


@dataclass(frozen=True, slots=True)
class LockedPart:
    """A part's images before exclusions, their bytes and fingerprint; how many are left out."""

    images: int
    bytes: int
    left_out: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class LockedClass:
    """A class by its name, its wnid where it has one, and its images a part, in the subset's order.

    Images without a class (the published test images) are no class and stand in no list.
    """

    name: str
    wnid: str | None
    images: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Lock:
    """What a subset is, to the image.

    `fingerprint` is over `release/split/name`, size in bytes and class of every image that was
    drawn, whether it is left out or not, in any order: the same recipe over any copy of the same
    images gives the same one. `content` is over their names and digests, None where the digest of
    one is not known. `excluded` lists what is left out after the draw, by key, with why; `sketch`
    is what a few differing images are named from.
    """

    name: str
    made_by: str
    release: str
    recipe: Recipe
    classes: tuple[LockedClass, ...]
    classes_fingerprint: str
    parts: Mapping[str, LockedPart]
    fingerprint: str
    content: str | None
    excluded: tuple[tuple[str, str], ...]
    sketch: Sketch

    @property
    def images(self) -> int:
        """The images that were drawn, those left out included."""
        return sum(part.images for part in self.parts.values())

    @property
    def bytes(self) -> int:
        """The bytes of the images that were drawn."""
        return sum(part.bytes for part in self.parts.values())

    def to_json(self) -> str:
        """The lock as JSON, a line a class and an image that is left out."""
        return "".join(_json_lines(self._mapping()))

    @classmethod
    def of_json(cls, text: str, *, file: str = "the lock") -> Self:
        """The lock of a text that `to_json()` gave.

        Raises:
            LockError: it is none, or of a later version.
        """
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise LockError(file, f"it is no JSON: {error}") from error
        if not isinstance(found, dict) or "format" not in found:
            raise LockError(file, "it is no lock of a subset")
        if found["format"] != _FORMAT:
            raise LockError(file, f"its format is {found['format']!r}; {_FORMAT!r} is read here")
        try:
            return cls._of_mapping(found, file)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, RecipeError):
                raise
            raise LockError(file, f"it is not as it was written ({error!r})") from error

    @classmethod
    def of_file(cls, path: str) -> Self:
        """The lock in a file.

        Raises:
            LockError: it cannot be read, or is none.
        """
        return cls.of_json(_text_of(path), file=path)

    def write(self, path: str) -> None:
        """Write the lock to a file, whole or not at all.

        Raises:
            LockError: it cannot be written.
        """
        try:
            with written_whole(path) as file:
                file.write(self.to_json().encode())
        except OSError as error:
            raise LockError(path, f"it cannot be written: {error.strerror}") from error

    def _mapping(self) -> dict[str, Any]:
        parts = {
            name: {
                "images": one.images,
                "bytes": one.bytes,
                "left_out": one.left_out,
                "fingerprint": one.fingerprint,
            }
            for name, one in self.parts.items()
        }
        classes = [
            {"name": one.name, "wnid": one.wnid, "images": dict(one.images)} for one in self.classes
        ]
        return {
            "format": _FORMAT,
            "name": self.name,
            "made_by": self.made_by,
            "release": self.release,
            "recipe": self.recipe.to_mapping(),
            "parts": parts,
            "fingerprint": self.fingerprint,
            "content": self.content,
            "classes_fingerprint": self.classes_fingerprint,
            "classes": classes,
            "excluded": [{"image": key, "code": code} for key, code in self.excluded],
            "sketch": self.sketch.to_text(),
        }

    @classmethod
    def _of_mapping(cls, found: dict[str, Any], file: str) -> Self:
        return cls(
            name=found["name"],
            made_by=found["made_by"],
            release=found["release"],
            recipe=Recipe.of_mapping(found["recipe"], file=file),
            classes=tuple(
                LockedClass(one["name"], one["wnid"], dict(one["images"]))
                for one in found["classes"]
            ),
            classes_fingerprint=found["classes_fingerprint"],
            parts={
                name: LockedPart(one["images"], one["bytes"], one["left_out"], one["fingerprint"])
                for name, one in found["parts"].items()
            },
            fingerprint=found["fingerprint"],
            content=found["content"],
            excluded=tuple((one["image"], one["code"]) for one in found["excluded"]),
            sketch=Sketch.of_text(found["sketch"]),
        )


def recipe_in(path: str, *, name: str | None = None) -> Recipe:
    """The recipe in a file: one in TOML, or that of a lock; `name` is for one that has none.

    Raises:
        RecipeError, LockError: it cannot be read, or is neither.
    """
    text = text_of(path, most=-1)  # once: of a pipe there is no second time
    if not text.lstrip().startswith("{"):
        return Recipe.of_file_text(text, path, name=name)
    return Lock.of_json(text, file=path).recipe


def what_it_takes(recipe: Recipe) -> Recipe:
    """A recipe without what does not say which images it takes: what it and its files are called.

    Of two that are equal, the same release gives the same subset.
    """
    listed = recipe.only_ids
    if listed is not None:
        listed = replace(listed, path="the list")
    return replace(recipe, name="subset", about="", release=None, or_releases=(), only_ids=listed)


def _text_of(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise LockError(path, f"it cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LockError(path, "it is no text in UTF-8") from error


def _json_lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield "{\n"
    last = len(found) - 1
    for at, (key, value) in enumerate(found.items()):
        comma = "," if at < last else ""
        if key in _LIST_KEYS and value:
            yield f"  {json.dumps(key)}: [\n"
            yield ",\n".join(f"    {json.dumps(one)}" for one in value)
            yield f"\n  ]{comma}\n"
        else:
            text = json.dumps(value, indent=2).replace("\n", "\n  ")
            yield f"  {json.dumps(key)}: {text}{comma}\n"
    yield "}\n"
