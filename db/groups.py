"""How images are asked for in bulk: a class's images in one release and split.

Free of sqlalchemy, so that whoever only counts does not load it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """The images of one class in one release and split, in the order of their key."""

    synset: int
    release: int
    split: int
