"""Which synsets a recipe's `classes` mean in a release, before any are merged or cut.

An expression takes what it matches among the release's classes. A class list in it brings its
classes along, whether the release has them or not: so `@ilsvrc2012` is the 1,000 classes and their
numbers in every release, though fall11 has but 999 of them. Names in a list are taken as the
classes of exactly those names, likewise.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.errors import RecipeError, TaxonomyError
from imnet_data.facts.class_lists import class_list
from imnet_data.subsets.recipe_checks import class_lists_in, shown
from imnet_data.tally import among

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from imnet_data.scope import Scope
    from imnet_data.subsets.recipe import Recipe
    from imnet_data.subsets.releases import ReleasedClasses

    Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What a recipe's expressions and names say, read once: ascending ids, of any release.

    `named` are the ids of names in a list, in their order; `merged` those of each merged class;
    `brought` those of the class lists in expressions; `notices` tell of words with other senses.
    """

    matched: Ids | None
    named: tuple[int, ...] | None
    merged: dict[str, Ids]
    brought: Ids
    notices: tuple[str, ...]

    def candidates(self) -> Ids | None:
        """The ids that the recipe's classes can be of; None for any."""
        if self.merged:
            made = np.unique(np.concatenate(list(self.merged.values())))
            return made if self.matched is None else np.intersect1d(made, self.matched)
        return self.matched

    def among(self, released: ReleasedClasses) -> Ids:
        """The ids that take part in a release."""
        offered = np.union1d(released.ids, self.brought)
        if self.named is not None:
            assert self.matched is not None
            return self.matched
        return offered if self.matched is None else offered[among(offered, self.matched)]


def read_choice(recipe: Recipe, scope: Scope) -> Choice:
    """What a recipe's expressions and names say.

    Raises:
        RecipeError: a name in them is unknown.
    """
    notices: dict[str, None] = {}
    brought: list[Ids] = []

    def ids_of(key: str, expression: str) -> Ids:
        with _told(recipe, key):
            found = scope.classes(expression)
            brought.extend(class_list(name).ids for name in class_lists_in(expression))
        notices.update(dict.fromkeys(map(str, found.notices)))
        return found.ids

    named: tuple[int, ...] | None = None
    matched: Ids | None = None
    if isinstance(recipe.classes, str):
        matched = ids_of("classes", recipe.classes)
    elif recipe.classes is not None:
        named = _named(recipe, recipe.classes, scope)
        matched = np.unique(np.array(named, np.int64))
    merged = {name: ids_of(f"merge.{name}", text) for name, text in recipe.merge.items()}
    lists = np.unique(np.concatenate(brought)) if brought else np.empty(0, np.int64)
    return Choice(matched, named, merged, lists, tuple(notices))


def check_named(recipe: Recipe, choice: Choice, released: ReleasedClasses, scope: Scope) -> None:
    """That names in a list are of classes with images, not of what lies above such classes.

    Raises:
        RecipeError: a release does not publish a class of that name, but some under it.
    """
    if choice.named is None or released.class_list is None or choice.merged:
        return
    for synset in np.setdiff1d(choice.named, released.ids).tolist():
        under = int(among(released.ids, scope.resolver.at_or_under(synset)).sum())
        if under:
            name = scope.resolver.name(synset)
            raise RecipeError(
                recipe.name,
                "classes",
                f"{name} is no class of {released.release}, which has {under:,} under it; for all "
                f'of those write classes = "{name}", for one class of them [merge] and a name',
            )


def _named(recipe: Recipe, names: tuple[str, ...], scope: Scope) -> tuple[int, ...]:
    resolver, found = scope.resolver, dict[int, str]()
    for name in names:
        with _told(recipe, "classes"):
            synset = resolver.resolve(name).synset
        if synset is None:
            reason = f"{shown(name)} is a list of classes; write it as an expression, without [ ]"
            raise RecipeError(recipe.name, "classes", reason)
        if synset in found:
            reason = f"{shown(name)} and {shown(found[synset])} are the same class"
            raise RecipeError(recipe.name, "classes", reason)
        found[synset] = name
    return tuple(found)


@contextmanager
def _told(recipe: Recipe, key: str) -> Iterator[None]:
    """Names that are unknown, with the key of the recipe that they stand in."""
    try:
        yield
    except TaxonomyError as error:
        raise RecipeError(recipe.name, key, str(error)) from error
