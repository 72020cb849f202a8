"""A recipe: which images a subset has and how its classes are numbered, so that all can repeat it.

Reading and writing it as text is recipe_file.py's; what it means in a catalogue is classes.py's.
"""

from __future__ import annotations

import os
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, Self

from imnet_data.errors import RecipeError
from imnet_data.subsets import recipe_checks as checks
from imnet_data.subsets import recipe_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imnet_data.subsets.recipe_parts import OnlyIds, Superclasses

BROKEN: Final = ("broken",)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a subset is made by; every value is checked, and kept in one way of writing it.

    Classes are those of `classes` (all that the release has, where it is None) in wnid order or
    the list's own; or those that `merge` makes of them, in its order; or those that `superclasses`
    cuts. Images are those of the release (the first of `release` and `or_releases` that the
    catalogue has) in `splits` (all, where it is empty), of these classes and, with `only_ids`, in
    that list; of these `per_class` or a `fraction` of each class are drawn by `seed`. `drop` less
    `keep` says which findings, codes or severities, leave an image out after the draw.

    Raises:
        RecipeError: a value that is none, or two that do not go together.

    >>> Recipe("pets", classes="dog | cat", per_class=100).order
    'wnid'
    """

    name: str
    _: KW_ONLY
    about: str = ""
    release: str | None = None
    or_releases: tuple[str, ...] = ()
    classes: str | tuple[str, ...] | None = None
    order: str = "wnid"
    splits: tuple[str, ...] = ()
    per_class: int | None = None
    fraction: float | None = None
    seed: int = 0
    holdout: float | None = None
    drop: tuple[str, ...] = BROKEN
    keep: tuple[str, ...] = ()
    min_side_px: int | None = None
    only_ids: OnlyIds | None = None
    superclasses: Superclasses | None = None
    merge: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shown_as = self.name if isinstance(self.name, str) else "the recipe"
        for key, check in _CHECKS.items():
            try:
                object.__setattr__(self, key, check(getattr(self, key)))
            except ValueError as error:
                raise RecipeError(shown_as, key, str(error)) from error.__cause__
        for key, reason in _clashes(self):
            raise RecipeError(shown_as, key, reason)

    @classmethod
    def of_toml(cls, text: str, *, file: str = "the recipe", name: str | None = None) -> Self:
        r"""The recipe of a TOML text; `name` is for a text that gives none, `file` for messages.

        Raises:
            RecipeError: it is no TOML, or a key or value is none.

        >>> Recipe.of_toml('name = "pets"\nclasses = "dog | cat"').classes
        'dog | cat'
        """
        return cls.of_mapping(recipe_file.parsed(text, file), file=file, name=name)

    @classmethod
    def of_file(cls, path: str | os.PathLike[str], *, name: str | None = None) -> Self:
        """The recipe in a TOML file; a list of images that it names is looked for beside it.

        Raises:
            RecipeError: it cannot be read, is no TOML, or a key or value is none.
        """
        file = os.fspath(path)
        return cls.of_file_text(recipe_file.text_of(file), file, name=name)

    @classmethod
    def of_file_text(cls, text: str, file: str, *, name: str | None = None) -> Self:
        """As `of_file()`, of the file's text.

        Raises:
            RecipeError: it is no TOML, or a key or value is none.
        """
        found = recipe_file.parsed(text, file)
        folder = os.path.dirname(os.path.abspath(file))
        return cls.of_mapping(found, file=file, name=name, folder=folder)

    @classmethod
    def of_mapping(
        cls,
        found: Mapping[str, Any],
        *,
        file: str = "the recipe",
        name: str | None = None,
        folder: str | None = None,
    ) -> Self:
        """The recipe of what TOML or JSON give, by the keys of a recipe file.

        `folder` is where a list of images is looked for whose path is not absolute.

        Raises:
            RecipeError: a key or value is none.
        """
        said = recipe_file.fields_of(found, file=file, name=name, folder=folder)
        try:
            return cls(**said)
        except RecipeError as error:
            raise RecipeError(file, error.key, error.reason) from error.__cause__

    def to_toml(self) -> str:
        """The recipe as TOML; `of_toml()` gives an equal one back.

        >>> print(Recipe("pets", classes="dog | cat", seed=7).to_toml(), end="")
        name = "pets"
        classes = "dog | cat"
        seed = 7
        """
        return recipe_file.toml_of(self.to_mapping())

    def to_mapping(self) -> dict[str, Any]:
        """The recipe as `of_mapping()` reads it, for JSON: what is as by default is left out."""
        held = {key: getattr(self, key) for key in _DEFAULTS}
        said = {key: value for key, value in held.items() if value != _DEFAULTS[key]}
        return recipe_file.mapping_of(said)


_DEFAULTS: Final = {one.name: one.default for one in fields(Recipe)} | {"merge": {}}

_CHECKS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": checks.name,
    "about": checks.text,
    "release": checks.optional(checks.release),
    "or_releases": checks.releases,
    "classes": checks.optional(checks.classes),
    "order": checks.order,
    "splits": checks.splits,
    "per_class": checks.optional(checks.count),
    "fraction": checks.optional(checks.fraction),
    "seed": checks.seed,
    "holdout": checks.optional(checks.share),
    "drop": checks.codes,
    "keep": checks.codes,
    "min_side_px": checks.optional(checks.count),
    "merge": checks.merge,
}


def _clashes(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """The keys that do not go with the others, each with the reason."""
    made = "merge" if recipe.merge else "superclasses" if recipe.superclasses else None
    if recipe.per_class is not None and recipe.fraction is not None:
        yield "fraction", "per_class is there already: a draw has one of the two"
    if recipe.or_releases and recipe.release is None:
        yield "or_releases", "they come after a release, and none is there"
    if recipe.holdout is not None and recipe.splits == ("test",):
        yield "holdout", "it deals out images with labels, and splits has test images alone"
    if recipe.merge and recipe.superclasses:
        yield "superclasses", "merge is there already: classes are made by one of the two"
    if recipe.order == "list" and made:
        yield "order", f"it does not go with {made}, which gives the classes their own"
    if recipe.order == "list" and not made and not _has_order(recipe.classes):
        yield "order", "'list' wants classes that name one class list, as '@tiny-imagenet' does"


def _has_order(classes: str | tuple[str, ...] | None) -> bool:
    """Whether the classes bring an order of their own."""
    if isinstance(classes, str):
        return len(checks.class_lists_in(classes)) == 1
    return classes is not None
