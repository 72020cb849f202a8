"""The numbers that classes go by, as types that cannot be taken for one another.

Four orders are in use, and a number says nothing of its order: ILSVRC's class index (0..999, by
wnid), the devkit's ILSVRC2012_ID (1..1000, another order), a subset's own index, and a model's.
Nothing here goes from words to a class: two classes are called "crane" and two "maillot".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import index
from typing import TYPE_CHECKING, Self

from imnet_data.errors import LabelError
from imnet_data.facts import ilsvrc

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import SupportsIndex


@dataclass(frozen=True, slots=True)
class ClassIndex:
    """An ILSVRC class by its place in wnid order, 0..999: what frameworks train with.

    Raises:
        LabelError: the value lies outside 0..999.

    >>> ClassIndex(65).wnid, ClassIndex(65).ilsvrc_id, ClassIndex(65) == 65
    ('n01751748', IlsvrcId(value=490), False)
    """

    value: int

    def __post_init__(self) -> None:
        _check(self, 0, ilsvrc.CLASSES - 1, "an ILSVRC class index")

    @classmethod
    def of(cls, wnid: str) -> Self:
        """The class index of a wnid.

        Raises:
            LabelError: the synset is none of the 1,000 classes.

        >>> ClassIndex.of("n03126707")
        ClassIndex(value=517)
        """
        return cls(_ilsvrc_class(wnid).class_index)

    def __index__(self) -> int:
        return self.value

    @property
    def wnid(self) -> str:
        """The class's wnid."""
        return ilsvrc.classes()[self.value].wnid

    @property
    def ilsvrc_id(self) -> IlsvrcId:
        """The same class by the devkit's number."""
        return IlsvrcId(ilsvrc.classes()[self.value].ilsvrc2012_id)

    @property
    def words(self) -> str:
        """The class's WordNet lemmas; two classes may have the same.

        >>> ClassIndex(134).words == ClassIndex(517).words == "crane"
        True
        """
        return ilsvrc.classes()[self.value].words


@dataclass(frozen=True, slots=True)
class IlsvrcId:
    """An ILSVRC class by the devkit's ILSVRC2012_ID, 1..1000, which is not in wnid order.

    It indexes no array: it counts from 1, so that it would read the neighbour's value.

    Raises:
        LabelError: the value lies outside 1..1000.

    >>> IlsvrcId(490).class_index
    ClassIndex(value=65)
    """

    value: int

    def __post_init__(self) -> None:
        _check(self, 1, ilsvrc.CLASSES, "an ILSVRC2012_ID")

    @classmethod
    def of(cls, wnid: str) -> Self:
        """The ILSVRC2012_ID of a wnid.

        Raises:
            LabelError: the synset is none of the 1,000 classes.
        """
        return cls(_ilsvrc_class(wnid).ilsvrc2012_id)

    @property
    def wnid(self) -> str:
        """The class's wnid."""
        return ilsvrc.by_ilsvrc2012_id()[self.value].wnid

    @property
    def class_index(self) -> ClassIndex:
        """The same class by its place in wnid order."""
        return ClassIndex(ilsvrc.by_ilsvrc2012_id()[self.value].class_index)

    @property
    def words(self) -> str:
        """The class's WordNet lemmas; two classes may have the same."""
        return ilsvrc.by_ilsvrc2012_id()[self.value].words


@dataclass(frozen=True, slots=True)
class ClassOrder:
    """The order in which a class list, a subset or a model numbers its classes, from 0.

    `wnids` holds a wnid a class, `own:NAME` for a class of one's own, or a merged class's name.

    Raises:
        LabelError: a class is in the order twice.

    >>> order = ClassOrder("two cranes", ("n03126707", "n02012849"))
    >>> order.wnid(0), order.index("n02012849")
    ('n03126707', 1)
    """

    name: str
    wnids: tuple[str, ...]
    _positions: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        positions = {wnid: i for i, wnid in enumerate(self.wnids)}
        if len(positions) != len(self.wnids):
            twice = next(w for i, w in enumerate(self.wnids) if positions[w] != i)
            raise LabelError(f"the order {self.name} has {twice} twice")
        object.__setattr__(self, "_positions", positions)

    @classmethod
    def make(cls, name: str, wnids: Iterable[str]) -> Self:
        """An order of any wnids, in the order they come."""
        return cls(name, tuple(wnids))

    def __len__(self) -> int:
        return len(self.wnids)

    def __contains__(self, wnid: object) -> bool:
        return wnid in self._positions

    def wnid(self, i: SupportsIndex) -> str:
        """The class at a position.

        Raises:
            LabelError: the position lies outside the order.
        """
        at = index(i)
        if not 0 <= at < len(self):
            raise LabelError(f"{at} is no class of {self.name}: they are 0..{len(self) - 1}")
        return self.wnids[at]

    def index(self, wnid: str) -> int:
        """The position of a class.

        Raises:
            LabelError: the class is not in the order.
        """
        if wnid not in self._positions:
            raise LabelError(f"{wnid} is not among the {len(self):,} classes of {self.name}")
        return self._positions[wnid]


@dataclass(frozen=True, slots=True)
class _OrderIndex:
    """What an index into a subset's order and one into a model's have in common: the arithmetic."""

    value: int
    order: ClassOrder = field(repr=False)

    def __post_init__(self) -> None:
        _check(self, 0, len(self.order) - 1, f"a class index of {self.order.name}")

    @classmethod
    def of(cls, wnid: str, order: ClassOrder) -> Self:
        """The index of a class in an order.

        Raises:
            LabelError: the class is not in the order.
        """
        return cls(order.index(wnid), order)

    def __index__(self) -> int:
        return self.value

    @property
    def wnid(self) -> str:
        """The class's wnid, or `own:NAME`."""
        return self.order.wnids[self.value]

    @property
    def class_index(self) -> ClassIndex | None:
        """The ILSVRC class index of the same class, if it is one of the 1,000."""
        known = ilsvrc.by_wnid().get(self.wnid)
        return None if known is None else ClassIndex(known.class_index)


class SubsetIndex(_OrderIndex):
    """A class by its place in a subset's own order, 0..K-1; equal only within one order.

    Raises:
        LabelError: the value lies outside the order.

    >>> order = ClassOrder("cranes", ("n02012849", "n03126707"))
    >>> SubsetIndex(1, order).wnid
    'n03126707'
    """

    __slots__ = ()


class ModelIndex(_OrderIndex):
    """A class by a model's own output order; never equal to a subset's index.

    Raises:
        LabelError: the value lies outside the order.

    >>> order = ClassOrder("cranes", ("n02012849", "n03126707"))
    >>> ModelIndex(1, order) == SubsetIndex(1, order)
    False
    """

    __slots__ = ()


def _ilsvrc_class(wnid: str) -> ilsvrc.IlsvrcClass:
    known = ilsvrc.by_wnid().get(wnid)
    if known is None:
        raise LabelError(f"{wnid} is none of ILSVRC's 1,000 classes")
    return known


def _check(label: ClassIndex | IlsvrcId | _OrderIndex, first: int, last: int, what: str) -> None:
    # numpy's integers are taken, and kept as plain ints; a float or a text is a TypeError.
    value = index(label.value)
    if not first <= value <= last:
        raise LabelError(f"{value} is not {what}: they are {first}..{last}")
    object.__setattr__(label, "value", value)
