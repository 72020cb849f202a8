"""What an archive has of some images, as stretches.py tells it.

Free of sqlalchemy, so that the modules of both databases may have it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """How many of some images an archive has, and between which ids they lie."""

    images: int
    first_id: int
    last_id: int
