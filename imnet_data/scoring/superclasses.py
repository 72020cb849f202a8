"""Superclasses to give figures by: groups of classes that people know, or a cut of WordNet's tree.

Subsets are cut in the same ways by imnet_data/subsets/superclasses.py, which does the cutting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.subsets.superclasses import cut
from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver
from imnet_data.wnid import to_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.sharding.entry import ClassLabel
    from imnet_data.subsets.recipe_parts import Superclasses

# A class belongs to the first group that it lies under: a dog is a mammal too, and a fig a plant's
# fruit as well as food. WordNet's own upper levels would be "instrumentality" and "matter".
_GROUPS: Final = (
    ("dogs", "dog.n.01"),
    ("cats", "feline.n.01"),
    ("primates", "primate.n.02"),
    ("other mammals", "mammal.n.01"),
    ("birds", "bird.n.01"),
    ("reptiles", "reptile.n.01"),
    ("amphibians", "amphibian.n.03"),
    ("fish", "fish.n.01"),
    ("insects", "insect.n.01"),
    ("other animals", "animal.n.01"),
    ("people", "person.n.01"),
    ("food, fruit and vegetables", "edible_fruit.n.01", "vegetable.n.01", "fruit.n.01", "food.n.01",
     "food.n.02"),
    ("plants and fungi", "plant.n.02", "fungus.n.01"),
    ("clothing and footwear", "clothing.n.01", "footwear.n.02"),
    ("furniture", "furniture.n.01"),
    ("musical instruments", "musical_instrument.n.01"),
    ("vehicles", "vehicle.n.01", "conveyance.n.03"),
    ("containers", "container.n.01"),
    ("buildings and structures", "structure.n.01"),
    ("tools and weapons", "weapon.n.01", "tool.n.01", "implement.n.01"),
    ("electronics and machines", "electronic_equipment.n.01", "measuring_instrument.n.01",
     "machine.n.01", "home_appliance.n.01"),
    ("sports and other equipment", "equipment.n.01"),
    ("other devices", "device.n.01"),
    ("other artefacts", "artifact.n.01"),
    ("landscapes", "geological_formation.n.01"),
)  # fmt: skip
_REST: Final = "everything else"


@dataclass(frozen=True, slots=True)
class Group:
    """A superclass: its name, and its classes by their indices in the truth."""

    name: str
    classes: tuple[int, ...]


def familiar(classes: Sequence[ClassLabel]) -> list[Group]:
    """The groups that people know, as far as some of the classes are in them.

    >>> from imnet_data.sharding.entry import ClassLabel
    >>> wnids = ("n02085620", "n04285008", "n02012849")
    >>> found = familiar([ClassLabel(at, wnid, "") for at, wnid in enumerate(wnids)])
    >>> [(group.name, group.classes) for group in found]
    [('dogs', (0,)), ('birds', (2,)), ('vehicles', (1,))]
    """
    graph = Graph.load()
    left = {to_id(one.wnid): one.index for one in classes if one.wnid is not None}
    found = []
    for name, *synsets in _GROUPS:
        under = [i for one in synsets for i in graph.at_or_under(_synset(graph, one)).tolist()]
        mine = sorted(left.pop(synset) for synset in set(under).intersection(left))
        found.append(Group(name, tuple(mine)))
    rest = {*left.values(), *(one.index for one in classes if one.wnid is None)}
    found.append(Group(_REST, tuple(sorted(rest))))
    return [group for group in found if group.classes]


def tree_cut(classes: Sequence[ClassLabel], how: Superclasses) -> list[Group]:
    """The superclasses of a cut of WordNet's tree, those with most classes first.

    Classes that are no noun of WordNet, or that the cut leaves out, are a group of their own.
    """
    resolver = Resolver(Graph.load())
    index_of = {to_id(one.wnid): one.index for one in classes if one.wnid is not None}
    made = [
        Group(resolver.name(one.synset), tuple(sorted(index_of[id_] for id_ in one.members)))
        for one in cut(index_of, how, resolver)
    ]
    made.sort(key=lambda group: (-len(group.classes), group.name))
    return [*made, *_left_over(classes, made)]


def _left_over(classes: Sequence[ClassLabel], made: Sequence[Group]) -> Iterator[Group]:
    rest = {one.index for one in classes}.difference(*(group.classes for group in made))
    if rest:
        yield Group(_REST, tuple(sorted(rest)))


def _synset(graph: Graph, name: str) -> int:
    synset = graph.by_name(name)
    assert synset is not None, name
    return synset
