"""A shuffle that needs no memory: the i-th element of a seeded permutation of 0..n-1, for any i.

Our own arithmetic, so that a seed gives the same draw on every machine and version of numpy.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_ROUNDS = 6


class Permutation:
    """A permutation of 0..n-1 that depends on the seed alone.

    A Feistel network over the next even power of two, walked until it falls below n (Black and
    Rogaway, "Ciphers with Arbitrary Finite Domains", 2002): a bijection, and the first k of it are
    the same whether one asks for k or for all.

    >>> Permutation(10, seed="cats").take(0, 4).tolist() == Permutation(10, seed="cats")[:4]
    True
    """

    def __init__(self, n: int, *, seed: int | str) -> None:
        self.n = n
        half_bits = max((max(n - 1, 1).bit_length() + 1) // 2, 1)
        self._half_bits = np.uint64(half_bits)
        self._mask = np.uint64((1 << half_bits) - 1)
        digest = hashlib.sha256(f"imnet-data permutation {seed}".encode()).digest()
        more = hashlib.sha256(digest).digest()
        self._keys = np.frombuffer(digest + more, "<u8")[:_ROUNDS]

    def take(self, start: int, stop: int) -> npt.NDArray[np.int64]:
        """Elements `start` up to `stop`, as int64 of shape (stop - start,)."""
        stop = min(stop, self.n)
        values = np.arange(start, max(stop, start), dtype=np.uint64)
        values = self._mix(values)
        outside = np.flatnonzero(values >= self.n)
        while len(outside):
            values[outside] = self._mix(values[outside])
            outside = outside[values[outside] >= self.n]
        return values.astype(np.int64)

    def __getitem__(self, part: slice) -> list[int]:
        start, stop, _ = part.indices(self.n)
        return [int(value) for value in self.take(start, stop)]

    def _mix(self, values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        left, right = values >> self._half_bits, values & self._mask
        for key in self._keys:
            left, right = right, left ^ (scrambled(right ^ key) & self._mask)
        return (left << self._half_bits) | right


def scrambled(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers thrown about, no two to one: splitmix64's finaliser (Steele and others, 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
