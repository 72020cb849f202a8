"""The orders that models number their classes in, each as a map to the classes scored against.

Which of them a file of predictions is in is doctor.py's question.

The numbers 0..999 of ILSVRC's classes alone are in use in half a dozen ways, and every wider set
of classes has its own: `orders_for()` names those that are known. timm's names for its heads are
aliases: its `imagenet21k` is Google's list (21,843), its `imagenet22k` the fall 2011 release
(21,841), as its packaged lists of synsets were found to be the same, line by line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import repeat
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.errors import UnknownOrder
from imnet_data.facts import class_lists, ilsvrc
from imnet_data.labels import ClassOrder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Ints = NDArray[np.int32]

NO_ANSWER: Final = -1
"""Where a row has no class."""
OTHER: Final = -2
"""A class that is none of those scored against."""

# Beside our own names of lists, those that people call such heads by.
_LIST_ALIASES: Final = {
    "imagenet21k-fall11": ("timm-22k", "fall11"),
    "imagenet21k-google": ("timm-21k", "timm-21k-goog", "google"),
    "imagenet22k-microsoft": ("timm-22k-ms", "microsoft"),
    "imagenet12k": ("timm-12k",),
    "imagenet21k-p-fall11": ("timm-21k-miil", "21k-p-fall11"),
    "imagenet21k-p-winter21": ("timm-21k-miil-w21", "21k-p-winter21"),
    "mini-imagenet": (),
    "tiny-imagenet": (),
    "imagenet-a": (),
    "imagenet-r": (),
    "imagenette": (),
    "imagewoof": (),
}
_FRAMEWORKS: Final = ("torchvision", "timm", "keras", "caffe")


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """A way in which `width` outputs are numbered, from 0.

    `to_index` (int32, shape (width,), read-only) has the class of each number, as an index of the
    classes scored against; -1 where it is none of them, such as a background class.
    """

    name: str
    words: str
    width: int
    to_index: Ints
    aliases: tuple[str, ...] = ()

    @property
    def columns(self) -> NDArray[np.intp]:
        """The outputs that are one of the classes scored against, ascending."""
        return np.flatnonzero(self.to_index >= 0)

    def classes_of(self, numbers: NDArray[np.integer]) -> Ints:
        """The class index of each number; `OTHER` where it is none, `NO_ANSWER` where it was.

        >>> order_named("background-first", 1001).classes_of(np.array([0, 1, 66, 1001, -1]))
        array([-2,  0, 65, -2, -1], dtype=int32)
        """
        inside = (numbers >= 0) & (numbers < self.width)
        found = self.to_index[np.where(inside, numbers, 0)]
        found[~inside | (found < 0)] = OTHER
        found[numbers < 0] = NO_ANSWER
        return found


def ilsvrc_order() -> ClassOrder:
    """ILSVRC's 1,000 classes by class index."""
    return _ilsvrc_order()


def orders_for(width: int | None, classes: ClassOrder | None = None) -> tuple[Order, ...]:
    """The known orders of this many outputs; of any, where only class numbers are known (None).

    `classes` are those scored against, in the order of their index: ILSVRC's by default. Orders
    that have none of them are left out, for class numbers those that have less than half of them,
    and of two that are the same the second is an alias.

    >>> [order.name for order in orders_for(1001)]
    ['background-first', 'background-last', 'ilsvrc-id']
    >>> [order.name for order in orders_for(21_842)]
    ['imagenet22k-microsoft', 'imagenet21k-fall11-background-first']
    """
    classes = classes or _ilsvrc_order()
    if width is None:
        return tuple(one for one in _orders(classes) if 2 * len(one.columns) >= len(classes))
    return tuple(one for one in _orders(classes) if one.width == width)


def order_named(name: str, width: int | None = None, classes: ClassOrder | None = None) -> Order:
    """An order by its name or alias, case-blind.

    `index` is the usual order of each width that has one usual order.

    Raises:
        UnknownOrder: none of this width is called so.

    >>> order_named("timm-21k", 21_843).name, order_named("index", 21_841).name
    ('imagenet21k-google', 'imagenet21k-fall11')
    """
    wanted = name.strip().lower().replace("_", "-")
    known = orders_for(width, classes)
    for order in known:
        if order.name == wanted:
            return order
    for order in known:
        if wanted in order.aliases:
            return order
    raise UnknownOrder(name, width=width, known=[order.name for order in known])


def order_of_columns(wnids: Iterable[str], classes: ClassOrder | None = None) -> Order:
    """The order of a file that names the class of every column.

    >>> order_of_columns(["n01443537", "n01440764", "n00007846"]).to_index
    array([ 1,  0, -1], dtype=int32)
    """
    named = tuple(wnids)
    to_index = _places(named, classes or _ilsvrc_order())
    return _order("columns", "as the file's columns are titled", to_index)


def order_of_names(classes: ClassOrder) -> Order:
    """The order of a file that writes classes by name: these are read as class indices at once."""
    return _order("names", "classes are written by name", np.arange(len(classes), dtype=np.int32))


def known_widths(classes: ClassOrder | None = None) -> dict[int, str]:
    """The numbers of outputs that an order is known for, with what has as many."""
    widths: dict[int, str] = {}
    for order in _orders(classes or _ilsvrc_order()):
        # That any list may have a background class in front goes without saying.
        if order.width not in widths and not order.name.endswith("-background-first"):
            widths[order.width] = order.name
    return dict(sorted(widths.items()))


@cache
def _ilsvrc_order() -> ClassOrder:
    return ClassOrder.make("ilsvrc2012", (one.wnid for one in ilsvrc.classes()))


@lru_cache(maxsize=8)
def _orders(classes: ClassOrder) -> tuple[Order, ...]:
    """Every order that has one of the classes, the likeliest first."""
    found: dict[tuple[int, bytes], Order] = {}
    for order in _candidates(classes):
        if (order.to_index < 0).all():
            continue
        key = (order.width, order.to_index.tobytes())
        if key in found:
            same = found[key]
            more = [one for one in (order.name, *order.aliases) if one not in same.aliases]
            order = Order(  # noqa: PLW2901 - the one that stands for both
                same.name, same.words, same.width, same.to_index, (*same.aliases, *more)
            )
        found[key] = order
    return tuple(found.values())


def _candidates(classes: ClassOrder) -> Iterator[Order]:
    own = np.arange(len(classes), dtype=np.int32)
    is_ilsvrc = classes.wnids == _ilsvrc_order().wnids
    yield from _numberings(own, "", _index_of(classes.name))
    if is_ilsvrc:
        yield from _ilsvrc_ids(own)
    by_folder = sorted(range(len(classes)), key=lambda i: classes.wnids[i].removeprefix("own:"))
    words = f"the classes of {classes.name}, sorted by wnid or folder"
    yield _order("folders", words, own[by_folder], ("wnid",))
    if not is_ilsvrc:
        held = _places(_ilsvrc_order().wnids, classes)
        yield from _numberings(held, "ilsvrc2012-", _index_of("ilsvrc2012"))
        yield from _ilsvrc_ids(held)
    yield from _of_lists(classes)


def _index_of(name: str) -> str:
    return "ILSVRC's class index" if name == "ilsvrc2012" else f"the class index of {name}"


def _numberings(head: Ints, prefix: str, words: str) -> Iterator[Order]:
    """One list of classes, numbered in the ways that people number it."""
    count = len(head)
    from_0 = sorted(range(count), key=str)
    from_1 = sorted(range(count), key=lambda i: str(i + 1))
    for name, aliases, told, to_index in (
        ("index", _FRAMEWORKS if count == ilsvrc.CLASSES else (), "from 0", head),
        (
            "background-first",
            ("index-1",),
            "from 1; 0 is a background class, or no class",
            _behind_background(head),
        ),
        ("background-last", (), "from 0, a background class last", np.append(head, -1)),
        ("text", (), 'folders "0", "1", "10", "100", … sorted as text', head[from_0]),
        ("text-1", (), 'folders "1", "10", "100", "1000", … sorted as text', head[from_1]),
    ):
        also = (name, *aliases) if prefix else aliases
        if name == "background-first" and count + 1 != ilsvrc.CLASSES:
            also = (*also, "index")
        called = (prefix + name).removesuffix("-index") if prefix else name
        yield _order(called, f"{words}, {told}", to_index, also)


def _ilsvrc_ids(head: Ints) -> Iterator[Order]:
    """The devkit's ILSVRC2012_ID, in the ways that it is met with."""
    by_id = [one.class_index for _, one in sorted(ilsvrc.by_ilsvrc2012_id().items())]
    ids = head[by_id]
    as_text = sorted(range(len(ids)), key=lambda i: str(i + 1))
    words = "the devkit's ILSVRC2012_ID"
    yield _order("ilsvrc-id", f"{words}, 1..1000", _behind_background(ids))
    yield _order("ilsvrc-id-0", f"{words} less 1, 0..999", ids)
    yield _order("ilsvrc-id-text", f"{words}, folders sorted as text", ids[as_text])


def _of_lists(classes: ClassOrder) -> Iterator[Order]:
    lists = [class_lists.class_list(name) for name in _LIST_ALIASES]
    widths = [len(one) for one in lists]
    held = [_places(one.wnids, classes) for one in lists]
    for one, to_index in zip(lists, held, strict=True):
        aliases = _LIST_ALIASES[one.name]
        if widths.count(len(one)) == 1 and len(one) not in (len(classes), ilsvrc.CLASSES):
            aliases = (*aliases, "index")
        yield _order(one.name, f"the class list {one.name}", to_index, aliases)
    for one, to_index in zip(lists, held, strict=True):
        shifted = _behind_background(to_index)
        yield _order(f"{one.name}-background-first", f"the class list {one.name}, from 1", shifted)


def _behind_background(to_index: Ints) -> Ints:
    return np.concatenate((np.full(1, -1, np.int32), to_index))


def _order(name: str, words: str, to_index: Ints, aliases: tuple[str, ...] = ()) -> Order:
    to_index = np.ascontiguousarray(to_index, np.int32)
    to_index.flags.writeable = False
    return Order(name, words, len(to_index), to_index, aliases)


def _places(wnids: tuple[str, ...], classes: ClassOrder) -> Ints:
    """The index of each class of a list among `classes`, -1 where it is none of them."""
    place = {wnid: i for i, wnid in enumerate(classes.wnids)}
    return np.fromiter(map(place.get, wnids, repeat(-1)), np.int32, len(wnids))
