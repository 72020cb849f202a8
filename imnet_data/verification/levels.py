"""How deep verification looks; each level includes those before it.

What is looked at is verify.py's and inspect.py's.
"""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """What a verification costs: headers, every byte, or every pixel.

    >>> Level.of("decode").label
    'decode'
    """

    QUICK = 1
    DIGEST = 2
    DECODE = 3

    @classmethod
    def of(cls, label: str) -> Level:
        """The level of a label.

        Raises:
            ValueError: there is none of that name.
        """
        try:
            return cls[label.upper()]
        except KeyError:
            names = ", ".join(level.label for level in cls)
            raise ValueError(f"there is no level {label!r}; there are {names}") from None

    @property
    def label(self) -> str:
        """What people call it: `quick`, `digest` or `decode`."""
        return self.name.lower()
