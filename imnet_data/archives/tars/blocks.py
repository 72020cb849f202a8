"""Blocks of a far tar that are at hand: what chains have read, until the walk has passed it.

Who reads them is ahead.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.archives.tars.headers import BLOCK

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterable

_SHIFT = BLOCK.bit_length() - 1


class Blocks:
    """Whole blocks by their number in the file; a tar's headers all begin with one."""

    def __init__(self, size: int, held: dict[int, bytes] | None = None) -> None:
        self._size = size
        self._held = {} if held is None else held

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, offset: int) -> bool:
        return offset >> _SHIFT in self._held

    def put(self, offset: int, data: bytes) -> list[int]:
        """Take in bytes that begin with a block; gives the numbers of those that were not there.

        What is no whole block is left out, unless the file ends with it.
        """
        whole = len(data) if offset + len(data) >= self._size else len(data) & -BLOCK
        first, held = offset >> _SHIFT, self._held
        fresh = [n for n in range(first, first + -(-whole // BLOCK)) if n not in held]
        for number in fresh:
            at = (number - first) * BLOCK
            held[number] = data[at : at + BLOCK]
        return fresh

    def get(self, size: int, offset: int) -> bytes | None:
        """Bytes from an offset on, fewer at the file's end alone; None where some are not here."""
        size = min(size, self._size - offset)
        first = offset >> _SHIFT
        if size <= BLOCK and not offset % BLOCK:
            block = self._held.get(first)
            return block if block is None or len(block) == size else block[:size]
        found = [self._held.get(n) for n in range(first, (offset + size - 1 >> _SHIFT) + 1)]
        if None in found:
            return None
        start = offset - (first << _SHIFT)
        return b"".join(filter(None, found))[start : start + size]

    def some(self, size: int, offset: int) -> bytes:
        """As many bytes from the beginning of a block on as are here; up to `size`."""
        first = offset >> _SHIFT
        found = []
        for number in range(first, first + max(size >> _SHIFT, 1)):
            block = self._held.get(number)
            if block is None:
                break
            found.append(block)
        return b"".join(found)

    def forget(self, numbers: deque[int], *, before: int) -> int:
        """Let go of the blocks that lie before a byte, out of ascending numbers; gives how many."""
        floor = before >> _SHIFT
        count = 0
        while numbers and numbers[0] < floor:
            count += self._held.pop(numbers.popleft(), None) is not None
        return count

    def first(self, most: int) -> dict[int, bytes]:
        """The blocks, no more than so many, those nearest to the file's start."""
        numbers: Iterable[int] = self._held
        if len(self._held) > most:
            numbers = sorted(self._held)[:most]
        return {number: self._held[number] for number in numbers}
