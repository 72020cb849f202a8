"""Recipes as text: TOML as people write it, and the plain mapping that TOML and JSON share.

What a value may be is recipe_checks.py's.
"""

from __future__ import annotations

import os
import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import RecipeError
from imnet_data.errors.root import either
from imnet_data.subsets.recipe_parts import OnlyIds, Superclasses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# The keys of a recipe file, in the order in which they are written.
KEYS: Final = (
    "name", "about", "release", "classes", "order", "splits", "per_class", "fraction", "seed",
    "holdout", "drop", "keep", "min_side_px", "only_ids", "superclasses", "merge",
)  # fmt: skip

# A list that is longer than this is written one item a line.
_WIDEST: Final = 88
_LARGEST: Final = 1 << 24
_ESCAPES: Final = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\t"): "\\t"}
_CONTROLS: Final = {code: f"\\u{code:04x}" for code in (*range(0x20), 0x7F)}


def text_of(path: str, *, most: int = _LARGEST) -> str:
    """The text of a recipe's file, at most so many characters; -1 for all.

    Raises:
        RecipeError: it cannot be read, or is no text.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(most)
    except OSError as error:
        raise RecipeError(path, None, f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(path, None, "is no text in UTF-8") from error


def parsed(text: str, file: str) -> dict[str, Any]:
    """What a TOML text says.

    Raises:
        RecipeError: it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(file, None, f"is no TOML: {error}") from error


def fields_of(
    found: Mapping[str, Any], *, file: str, name: str | None, folder: str | None
) -> dict[str, Any]:
    """A recipe's fields out of a recipe file's keys; their values are yet to be checked.

    Raises:
        RecipeError: a key is none, or is of another shape than its own.
    """
    for key in found:
        if key not in KEYS:
            close = get_close_matches(key, KEYS)
            hint = f"did you mean {either(close)}?" if close else f"they are {', '.join(KEYS)}"
            raise RecipeError(file, key, f"no key of a recipe is called so; {hint}")
    said = dict(found)
    if said.setdefault("name", name) is None:
        raise RecipeError(file, "name", "it has no name")
    if isinstance(said.get("release"), list):
        first, *others = said["release"] or [""]
        said |= {"release": first, "or_releases": others}
    for key, make in (("superclasses", Superclasses.of_mapping), ("only_ids", _only_ids)):
        if key in said:
            try:
                said[key] = make(said[key])
            except ValueError as error:
                raise RecipeError(file, key, str(error)) from error
    if folder is not None and "only_ids" in said:
        listed = said["only_ids"]
        said["only_ids"] = OnlyIds(os.path.join(folder, listed.path), listed.digest)
    return said


def mapping_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's fields, without those that are as by default, as a recipe file's keys."""
    found = dict(said)
    if "or_releases" in found:
        found["release"] = [found["release"], *found["or_releases"]]
    if (listed := said.get("only_ids")) is not None:
        with_digest = {"path": listed.path, "digest": listed.digest}
        found["only_ids"] = listed.path if listed.digest is None else with_digest
    if (cut := said.get("superclasses")) is not None:
        found["superclasses"] = cut.items()
    in_order = {key: found[key] for key in KEYS if key in found}
    return {k: list(v) if isinstance(v, tuple) else v for k, v in in_order.items()}


def toml_of(found: Mapping[str, Any]) -> str:
    """A recipe file's keys as TOML."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    for key, value in found.items():
        if key != "merge":
            yield f"{key} = {_value(value)}"
    if "merge" in found:
        yield "\n[merge]"
        for name, expression in found["merge"].items():
            yield f"{_key(name)} = {_text(expression)}"


def _value(value: str | float | Sequence[str] | Mapping[str, Any]) -> str:
    match value:
        case str():
            return _text(value)
        case int() | float():
            return repr(value)
        case dict():
            return f"{{{', '.join(f'{_key(key)} = {_value(one)}' for key, one in value.items())}}}"
    items = list(map(_text, value))
    line = f"[{', '.join(items)}]"
    return line if len(line) <= _WIDEST else "[\n" + "".join(f"    {one},\n" for one in items) + "]"


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else _text(key)


def _text(text: str) -> str:
    return f'"{text.translate(_CONTROLS | _ESCAPES)}"'


def _only_ids(found: Any) -> OnlyIds:
    """The list of images as a recipe names it: by its path, or with the digest of its names."""
    if isinstance(found, dict):
        if found.keys() - {"path", "digest"} or "path" not in found:
            raise ValueError("a path is wanted, or a table of path and digest")
        return OnlyIds(**found)
    return OnlyIds(found)
