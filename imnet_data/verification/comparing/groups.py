"""Things joined pair by pair into groups: a forest of roots in one numpy array.

What the things are is the caller's; a million pairs are joined in a few steps over arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]


class Groups:
    """Groups of the numbers 0 to `count` - 1, each by itself at first.

    >>> groups = Groups(5)
    >>> groups.join(np.array([4, 1]), np.array([3, 3]))
    >>> groups.roots().tolist()
    [0, 1, 2, 1, 1]
    """

    def __init__(self, count: int) -> None:
        self._above = np.arange(count, dtype=np.int64)

    def join(self, some: Numbers, others: Numbers) -> None:
        """Let each of some and its counterpart, shape (n,) both, be in one group."""
        while len(some):
            some, others = self._roots_of(some), self._roots_of(others)
            apart = some != others
            some, others = some[apart], others[apart]
            # A root hangs under a lower one alone, so that no circle can come about.
            np.minimum.at(self._above, np.maximum(some, others), np.minimum(some, others))

    def are_one(self, numbers: Numbers) -> bool:
        """Whether all of these are in one group."""
        roots = self._roots_of(numbers)
        return bool((roots == roots[:1]).all())

    def roots(self) -> Numbers:
        """The lowest number of each one's group, shape (count,)."""
        return self._roots_of(np.arange(len(self._above), dtype=np.int64))

    def _roots_of(self, numbers: Numbers) -> Numbers:
        roots = self._above[numbers]
        while not np.array_equal(above := self._above[roots], roots):
            roots = above
        self._above[numbers] = roots
        return roots
