"""The names of a group's images, fast: a subset's fingerprint is made of every one of them.

For rows of many groups at once there is imnet_data/image_rows.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.layouts.image_names import rebuilt_name
from imnet_data.wnid import FIRST_OWN_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imnet_data.splits import Split


def names_in_group(
    release: str, split: Split, synset: int, numbered: Iterable[tuple[int, str]]
) -> list[str]:
    """The names of images of one class, release and split by (number, stored name).

    >>> from imnet_data.splits import Split
    >>> names_in_group("fall11", Split.NONE, 1440764, [(18, ""), (0, "odd")])
    ['n01440764_18', 'odd']
    """
    if 0 < synset < FIRST_OWN_ID and (head := rebuilt_name(release, split, synset, 0))[-2:] == "_0":
        head = head[:-1]
        return [name or head + str(number) for number, name in numbered]
    return [name or rebuilt_name(release, split, synset, number) for number, name in numbered]
