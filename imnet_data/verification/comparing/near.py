"""Groups of alike pictures out of millions of 64-bit looks, without comparing all pairs.

Two looks that differ in at most D of 64 bits differ in at most D of any B blocks of them, so they
agree whole on at least B - D blocks. For every choice of B - D blocks the looks are sorted by the
bits of these, and only neighbours with the same bits are compared: every pair within D is met, and
few others. Which pictures those are is duplicates.py's.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from math import comb
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from imnet_data.verification.comparing.groups import Groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    Looks = npt.NDArray[np.uint64]
    Keys = npt.NDArray[np.uint32]
    Places = npt.NDArray[np.intp]

BITS: Final = 64
# Chance alone brings 400 pairs of 1.28 million unlike pictures so near, within 6 bits 7, within 4
# none. Two of 299 photographs never came nearer than 13.
MOST_BITS: Final = 8

# A key and a look's number share 64 bits: sorting them so is several times as fast as argsort.
_KEY_BITS: Final = 32
# Seconds a look to make and sort one table, and seconds a pair to compare, as measured.
_TABLE_S, _PAIR_S = 1e-7, 3e-8
_MOST_TABLES: Final = 500
# Places compared at a time, so that what is held beside the looks stays small.
_AT_A_TIME: Final = 1 << 20
# Thousands of looks that are nearly one, as of nearly flat pictures, share their keys too. When
# each was compared with so many neighbours they mostly are one group: the rest needs no comparing.
_CROWDED: Final = frozenset({64, 512, 4096, 32768})


class Block(NamedTuple):
    """Some neighbouring bits of a look: from which one up, and how many."""

    low: int
    width: int


def near_groups(
    ids: npt.NDArray[np.int64], looks: Looks, *, within: int
) -> Iterator[npt.NDArray[np.int64]]:
    """The ids of pictures that are alike, a group at a time, in the order of their looks.

    Pictures are alike whose looks differ in at most `within` bits, and a group holds all that are
    joined by a chain of such: a picture, its copy made smaller, and that one's cut. So the ends of
    a chain may differ in more. Equal looks, however many, cost no comparison.

    Args:
        ids: of the pictures, shape (n,).
        looks: their looks, shape (n,).
        within: how many bits may differ, 0 to `MOST_BITS`.

    Raises:
        ValueError: `within` is beyond that.

    >>> found = near_groups(np.arange(3), np.array([0, 1 << 63, 2**64 - 1], np.uint64), within=1)
    >>> [group.tolist() for group in found]
    [[0, 1]]
    """
    check_bits(within)
    order = np.argsort(looks)
    looks, ids = looks[order], ids[order]
    del order
    is_first = np.ones(len(looks), np.bool_)
    is_first[1:] = looks[1:] != looks[:-1]
    different = looks[is_first]
    del looks
    groups = Groups(len(different))
    if within:
        join_near(different, within, groups)
    of_each = groups.roots()[np.cumsum(is_first) - 1]
    yield from _together(ids, of_each)


def check_bits(within: int) -> None:
    """Raise ValueError unless looks are compared within so many bits."""
    if not 0 <= within <= MOST_BITS:
        raise ValueError(f"looks are compared within 0 to {MOST_BITS} bits, not {within}")


def join_near(looks: Looks, within: int, groups: Groups) -> None:
    """Join all looks, each here once, that differ in at most so many bits."""
    for blocks in _tables(len(looks), within):
        packed = _packed(looks, blocks)
        packed.sort()
        numbers = packed.astype(np.uint32)  # the lower half
        packed >>= np.uint64(_KEY_BITS)
        keys = packed.astype(np.uint32)
        del packed
        _join(keys, numbers, looks[numbers], within, groups)


def _tables(count: int, within: int) -> Iterator[Sequence[Block]]:
    """The choices of blocks to sort by, as many blocks as cost least for so many looks."""
    spare = min(range(1, BITS - within + 1), key=lambda more: _cost_s(count, within, more))
    blocks = within + spare
    ends = [BITS * at // blocks for at in range(blocks + 1)]
    cut = [Block(low, high - low) for low, high in pairwise(ends)]
    return combinations(cut, spare)


def _cost_s(count: int, within: int, spare: int) -> float:
    """About how many seconds it takes with so many blocks to spare."""
    blocks = within + spare
    key_bits = spare * BITS // blocks
    if -(-BITS // blocks) * spare > _KEY_BITS or comb(blocks, spare) > _MOST_TABLES:
        return float("inf")
    pairs = count * count / float(2 ** (key_bits + 1))
    return comb(blocks, spare) * (count * _TABLE_S + pairs * _PAIR_S)


def _packed(looks: Looks, blocks: Sequence[Block]) -> Looks:
    """Each look's bits in these blocks above its number."""
    packed = np.zeros(len(looks), np.uint64)
    for block in blocks:
        packed <<= np.uint64(block.width)
        packed |= (looks >> np.uint64(block.low)) & np.uint64((1 << block.width) - 1)
    packed <<= np.uint64(_KEY_BITS)
    packed |= np.arange(len(looks), dtype=np.uint64)
    return packed


def _join(keys: Keys, numbers: Keys, looks: Looks, within: int, groups: Groups) -> None:
    """Join looks with the same key that differ in at most so many bits; keys ascend."""
    last = len(keys) - 1
    for start in range(0, last, _AT_A_TIME):
        stop = min(start + _AT_A_TIME, last)
        here = start + np.flatnonzero(keys[start:stop] == keys[start + 1 : stop + 1])
        step = 1
        while len(here):
            differing = ones(looks[here] ^ looks[here + step])
            alike = here[differing <= within]
            if len(alike):
                some, others = numbers[alike], numbers[alike + step]
                groups.join(some.astype(np.int64), others.astype(np.int64))
            step += 1
            here = here[here <= last - step]
            here = here[keys[here] == keys[here + step]]
            if step in _CROWDED:
                here = _apart(here, keys, numbers, groups)


def _apart(here: Places, keys: Keys, numbers: Keys, groups: Groups) -> Places:
    """Those of some places whose key's looks are not all of one group by now."""
    for key in np.unique(keys[here]):
        first, behind = np.searchsorted(keys, key, "left"), np.searchsorted(keys, key, "right")
        if groups.are_one(numbers[first:behind].astype(np.int64)):
            here = here[keys[here] != key]
    return here


def _together(
    ids: npt.NDArray[np.int64], roots: npt.NDArray[np.int64]
) -> Iterator[npt.NDArray[np.int64]]:
    """The ids of each root that several have, by root."""
    order = np.argsort(roots, kind="stable")
    roots = roots[order]
    starts = np.flatnonzero(np.concatenate(([True], roots[1:] != roots[:-1])))
    ends = np.append(starts[1:], len(roots))
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        yield ids[order[start:end]]


def ones(values: Looks) -> npt.NDArray[np.uint8]:
    """How many bits of each value are set.

    >>> ones(np.array([0, 7, 2**64 - 1], np.uint64)).tolist()
    [0, 3, 64]
    """
    if hasattr(np, "bitwise_count"):  # from numpy 2.0 on
        counted: npt.NDArray[np.uint8] = np.bitwise_count(values)
        return counted
    return _ones_by_halves(values)


def _ones_by_halves(values: Looks) -> npt.NDArray[np.uint8]:
    pairs, fours, eights = (
        np.uint64(mask) for mask in (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F)
    )
    values = values - ((values >> np.uint64(1)) & pairs)
    values = (values & fours) + ((values >> np.uint64(2)) & fours)
    values = (values + (values >> np.uint64(4))) & eights
    summed = values * np.uint64(0x0101010101010101)
    return (summed >> np.uint64(56)).astype(np.uint8)
