"""The packaged class lists: which synsets a published set of classes has, in its own order.

A position in a list is a label only in that list's order; imnet_data/labels.py keeps them apart.

Most lists are in wnid order. `tiny-imagenet` keeps the order of its wnids.txt, and
`imagenet22k-microsoft` has the 1,000 ILSVRC classes first (so that their positions are ILSVRC's
class indices), then the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.errors import LabelError, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class ClassList:
    """A published list of classes: `wnids` in its own order, `ids` the same as synset ids."""

    name: str
    wnids: tuple[str, ...]
    ids: NDArray[np.int64]
    _positions: Mapping[str, int] = field(repr=False)

    def __len__(self) -> int:
        return len(self.wnids)

    def __contains__(self, wnid: object) -> bool:
        return wnid in self._positions

    def index(self, wnid: str) -> int:
        """The position of a class in this list, from 0.

        Raises:
            LabelError: the class is not in the list.

        >>> class_list("imagenette").index("n02102040")
        1
        """
        if wnid not in self._positions:
            raise LabelError(f"{wnid} is not among the {len(self):,} classes of {self.name}")
        return self._positions[wnid]


@cache
def names() -> tuple[str, ...]:
    """The names of the packaged lists, in order.

    >>> "ilsvrc2012" in names()
    True
    """
    folder = files("imnet_data.facts").joinpath("classlists")
    return tuple(sorted(f.name.removesuffix(".txt") for f in folder.iterdir()))


def class_list(name: str) -> ClassList:
    """A packaged class list by its name, case-blind.

    Raises:
        UnknownName: no list of that name is packaged.

    >>> len(class_list("imagenet21k-fall11"))
    21841
    """
    wanted = name.strip().lower()
    if wanted not in names():
        close = get_close_matches(wanted, names())
        raise UnknownName(name, kind="class list", close=close, known=() if close else names())
    return _read(wanted)


@cache
def _read(name: str) -> ClassList:
    file = files("imnet_data.facts").joinpath("classlists", f"{name}.txt")
    wnids = tuple(file.read_text(encoding="ascii").split())
    # Not to_id(): our own lists need no checking, and `show` reads 130,000 wnids of them.
    ids = np.array([int(wnid[1:]) for wnid in wnids], np.int64)
    ids.flags.writeable = False
    return ClassList(name, wnids, ids, {wnid: i for i, wnid in enumerate(wnids)})
