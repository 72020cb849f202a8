"""A recipe's classes in a catalogue: which there are, in which order, and of which synsets each is.

WordNet and what was published decide here, not what is indexed, but for a release of one's own.
Which images the classes have is draw.py's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.errors import RecipeError
from imnet_data.facts.class_lists import class_list
from imnet_data.labels import ClassOrder
from imnet_data.splits import Split
from imnet_data.subsets.choice import check_named, read_choice
from imnet_data.subsets.merging import merged
from imnet_data.subsets.recipe_checks import class_lists_in
from imnet_data.subsets.releases import released_classes, settled
from imnet_data.subsets.superclasses import cut
from imnet_data.taxonomy.graph import Graph
from imnet_data.wnid import FIRST_OWN_ID, from_id, to_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from imnet_data.scope import Scope
    from imnet_data.subsets.choice import Choice
    from imnet_data.subsets.recipe import Recipe

    Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SubsetClass:
    """One class of a subset: `index` from 0, and the synsets whose images it has, ascending.

    `wnid` is None for a merged class and a class of one's own, which have a `given_name`.
    """

    index: int
    wnid: str | None
    synset_ids: tuple[int, ...]
    given_name: str = ""

    @property
    def name(self) -> str:
        """The synset's name ('dog.n.01'), `own:NAME`, or what a merged class is called."""
        # Looked up when asked for: of all 21,841 classes the names take a tenth of a second.
        return self.given_name or Graph.load().name(to_id(self.wnid or ""))


@dataclass(frozen=True, eq=False)
class SubsetClasses:
    """A subset's classes in the order that numbers them.

    `recipe` names the one release and the splits that were meant. `is_whole` says that no class of
    the release is left out, so that an image without a label belongs to one of these all the same.
    `notices` tell of words in the recipe that have other senses.
    """

    recipe: Recipe
    classes: tuple[SubsetClass, ...]
    is_whole: bool = False
    notices: tuple[str, ...] = ()
    _own_names: dict[int, str] = field(default_factory=dict, repr=False)

    @property
    def release(self) -> str:
        """The release that the images are of."""
        assert self.recipe.release is not None
        return self.recipe.release

    def __len__(self) -> int:
        return len(self.classes)

    def __iter__(self) -> Iterator[SubsetClass]:
        return iter(self.classes)

    def __getitem__(self, index: int) -> SubsetClass:
        return self.classes[index]

    def index_of(self, synset_id: int) -> int | None:
        """The index of the class that a synset's images are in; None where they are in none."""
        return self._indices.get(synset_id)

    @cached_property
    def ids(self) -> Ids:
        """The synsets of all classes, ascending."""
        return np.array(sorted(self._indices), np.int64)

    @cached_property
    def order(self) -> ClassOrder:
        """The order by wnids, and by names where a class has none, for `SubsetIndex`."""
        return ClassOrder.make(self.recipe.name, (one.wnid or one.name for one in self.classes))

    @cached_property
    def fingerprint(self) -> str:
        """Of which class has which number and which members: 64 digits, equal on all machines."""
        whole = sha256()
        for one in self.classes:
            members = " ".join(map(self._written, one.synset_ids))
            whole.update(f"{one.index}\t{one.wnid or one.name}\t{members}\n".encode())
        return whole.hexdigest()

    @cached_property
    def _indices(self) -> dict[int, int]:
        return {synset: one.index for one in self.classes for synset in one.synset_ids}

    def _written(self, synset: int) -> str:
        return from_id(synset) if synset < FIRST_OWN_ID else self._own_names[synset]


@dataclass(frozen=True, slots=True)
class MissingClasses:
    """What a subset's classes have no images of, as wnids and names of one's own classes.

    `unpublished`: the release has no such class, as fall11 has no n04399382. `empty`: it has, and
    in the recipe's splits no image of it was indexed here.
    """

    unpublished: tuple[str, ...]
    empty: tuple[str, ...]

    def __iter__(self) -> Iterator[str]:
        yield from self.unpublished
        yield from self.empty

    def __len__(self) -> int:
        return len(self.unpublished) + len(self.empty)


def classes_of(recipe: Recipe, scope: Scope) -> SubsetClasses:
    """The classes of a recipe in a catalogue.

    Raises:
        RecipeError: a name in it is unknown, it leaves no class, or merged classes overlap.
        UnknownRelease: the catalogue has none of the releases that it names.
        AmbiguousRelease: it names none, and several have such images.
    """
    choice = read_choice(recipe, scope)
    recipe = settled(recipe, scope, choice.candidates())
    assert recipe.release is not None
    released = released_classes(recipe.release, scope)
    check_named(recipe, choice, released, scope)
    taking_part = choice.among(released)
    name_of = scope.resolver.name
    if choice.merged:
        made = _merged(recipe, choice, taking_part, name_of)
    else:
        made = _of_synsets(recipe, choice, taking_part, scope)
    if not made:
        where = f"{recipe.release}, which has {len(released.ids):,} classes"
        raise RecipeError(recipe.name, "classes", f"they are none of {where}")
    held = {synset for one in made for synset in one.synset_ids}
    return SubsetClasses(
        recipe,
        tuple(made),
        held.issuperset(released.ids.tolist()),
        choice.notices,
        {synset: name_of(synset) for synset in held if synset >= FIRST_OWN_ID},
    )


def missing_classes(recipe: Recipe, scope: Scope) -> MissingClasses:
    """Which synsets of a recipe's classes have no images here, and why not.

    Raises:
        RecipeError, UnknownRelease, AmbiguousRelease: as in `classes_of()`.
    """
    classes = classes_of(recipe, scope)
    tally, splits = scope.tally, [Split.of(split) for split in classes.recipe.splits]
    if splits == [Split.TEST]:  # nobody knows of what classes its images are
        return MissingClasses((), ())
    mask = tally.mask(classes.ids, split=None, release_id=scope.release_id(classes.release))
    if splits:
        mask &= np.isin(tally.splits, splits)
    without = np.setdiff1d(classes.ids, tally.synsets[mask])
    published = np.isin(without, released_classes(classes.release, scope).ids)
    written = scope.resolver.name
    unpublished, empty = (
        tuple(from_id(one) if one < FIRST_OWN_ID else written(one) for one in part.tolist())
        for part in (without[~published], without[published])
    )
    return MissingClasses(unpublished, empty)


def _merged(
    recipe: Recipe, choice: Choice, taking_part: Ids, name_of: Callable[[int], str]
) -> list[SubsetClass]:
    made = merged(recipe.name, choice.merged, taking_part, name_of)
    return [SubsetClass(at, None, members, name) for at, (name, members) in enumerate(made)]


def _of_synsets(
    recipe: Recipe, choice: Choice, taking_part: Ids, scope: Scope
) -> list[SubsetClass]:
    """The classes that are synsets: themselves in their order, or what they are cut to."""
    members: dict[int, tuple[int, ...]]
    if recipe.superclasses is None:
        ordered = _in_order(recipe, choice, taking_part, scope)
        members = {synset: (synset,) for synset in ordered}
    else:
        found = cut(taking_part.tolist(), recipe.superclasses, scope.resolver)
        members = {one.synset: one.members for one in found}
        ordered = _by_wnid(list(members), scope)
    name_of = scope.resolver.name
    return [
        SubsetClass(at, from_id(synset), members[synset])
        if synset < FIRST_OWN_ID
        else SubsetClass(at, None, members[synset], name_of(synset))
        for at, synset in enumerate(ordered)
    ]


def _in_order(recipe: Recipe, choice: Choice, taking_part: Ids, scope: Scope) -> list[int]:
    if recipe.order == "wnid":
        return _by_wnid(taking_part.tolist(), scope)
    if choice.named is not None:
        return list(choice.named)
    assert isinstance(recipe.classes, str)
    (name,) = class_lists_in(recipe.classes)
    wanted = set(taking_part.tolist())
    ordered = [synset for synset in class_list(name).ids.tolist() if synset in wanted]
    if len(ordered) < len(wanted):
        other = scope.resolver.name(min(wanted.difference(ordered)))
        reason = f"{other} is not in @{name}, in whose order the classes are to stand"
        raise RecipeError(recipe.name, "order", reason)
    return ordered


def _by_wnid(synsets: list[int], scope: Scope) -> list[int]:
    """By wnid, and behind them the user's own by name, since their ids are each catalogue's."""
    own = sorted((one for one in synsets if one >= FIRST_OWN_ID), key=scope.resolver.name)
    return sorted(one for one in synsets if one < FIRST_OWN_ID) + own
