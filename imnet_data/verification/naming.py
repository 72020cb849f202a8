"""The names of images out of their rows, where no more of an image is wanted.

Records, and names by the million, are image_rows.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.layouts.image_names import rebuilt_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def name_of(row: Sequence[Any], releases: Mapping[int, str]) -> str:
    """The name of one image, by its row of `selects.IMAGE_COLUMNS` and the releases' names."""
    _, release, synset, split, number, *_, name = row
    return name or rebuilt_name(releases[release], split, synset, number)
