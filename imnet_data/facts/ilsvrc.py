"""The 1,000 classes of ILSVRC 2012, with both of their published numbers.

Source: ILSVRC2012_devkit_t12 (data/meta.mat), under ilsvrc2012-devkit-COPYING.txt beside this
file. `class_index` is the position in wnid order, which frameworks train with; `ilsvrc2012_id`
is the devkit's own number, from 1, in another order.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CLASSES = 1000


@dataclass(frozen=True, slots=True)
class IlsvrcClass:
    """One class; `words` are its WordNet lemmas, which two classes may share."""

    class_index: int
    wnid: str
    ilsvrc2012_id: int
    num_train_images: int
    words: str


@cache
def classes() -> tuple[IlsvrcClass, ...]:
    """The classes in the order of their class index.

    >>> classes()[65]  # doctest: +NORMALIZE_WHITESPACE
    IlsvrcClass(class_index=65, wnid='n01751748', ilsvrc2012_id=490, num_train_images=1300,
                words='sea snake')
    """
    text = files("imnet_data.facts").joinpath("ilsvrc2012_classes.csv").read_text(encoding="utf-8")
    return tuple(
        IlsvrcClass(
            class_index=int(row["class_index"]),
            wnid=row["wnid"],
            ilsvrc2012_id=int(row["ilsvrc2012_id"]),
            num_train_images=int(row["num_train_images"]),
            words=row["words"],
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def by_wnid() -> dict[str, IlsvrcClass]:
    """The classes by wnid.

    >>> by_wnid()["n02012849"].words == by_wnid()["n03126707"].words == "crane"
    True
    """
    return {one.wnid: one for one in classes()}


@cache
def by_ilsvrc2012_id() -> dict[int, IlsvrcClass]:
    """The classes by the devkit's number.

    >>> by_ilsvrc2012_id()[490].wnid
    'n01751748'
    """
    return {one.ilsvrc2012_id: one for one in classes()}
