"""A chain of tar headers that is read ahead of the walk: where it stands, and what it reads next.

It decides nothing of what is indexed: a chain that went wrong has read bytes that nobody wants.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from imnet_data.archives.tars import headers
from imnet_data.archives.tars.headers import BLOCK, BadHeader, padded

if TYPE_CHECKING:
    from collections.abc import Callable

# Bytes between two headers that are read along rather than passed by with a request of their own:
# a label beside an image, or a pax header's records.
_NEAR: Final = 1 << 13
_WIDEST: Final = 1 << 20
# Of the last headers a quarter and more had another one near: whole samples are read at once.
_MANY_NEAR: Final = 2.0
_MEMORY: Final = 0.875
_LONGEST_RECORD: Final = 1 << 16
_ZEROS: Final = 1 << 16
_SEARCHED: Final = 1 << 17  # bytes at a time, in search of a header
_SEARCHED_AT_MOST: Final = 1 << 23


@dataclass(slots=True, eq=False)
class Chain:
    """Headers from the one at `begins` up to before byte `stop`; the next one is at `position`.

    `guessed`: nobody has seen that a header stands at its first byte; it begins at the first one
    behind. `members` counts those that were passed, `tars` those among them that were tars.
    `blocks` are the numbers of those that it has read, ascending.
    """

    begins: int
    stop: int
    guessed: bool = False
    members: int = 0
    tars: int = 0
    is_ended: bool = False
    is_paused: bool = False
    blocks: deque[int] = field(default_factory=deque)
    position: int = field(init=False)
    _skipped: int = 0
    _zeros: int = 0
    _near: float = 0.0
    _width: int = BLOCK

    def __post_init__(self) -> None:
        self.position = self.begins

    def __lt__(self, other: Chain) -> bool:
        return self.begins < other.begins

    @property
    def least(self) -> int:
        """How many bytes from its position on it takes to go on."""
        return self._skipped + BLOCK

    @property
    def wanted(self) -> int:
        """How many bytes to read from its position on."""
        return max(self.least, min(self._width, self.stop - self.position))

    def take(self, window: bytes, found: Callable[[int, int], None]) -> bool:
        """Go on over the headers in a window that begins at its position; False at its end.

        `found` hears of tars: their first byte, and their size.
        """
        start, last = self.position, self.position + len(window) - BLOCK
        if len(window) < self.least:
            return False
        while self.position + self._skipped <= last and self.position < self.stop:
            self.position, self._skipped = self.position + self._skipped, 0
            block = window[self.position - start : self.position - start + BLOCK]
            if block == headers.ZERO_BLOCK:
                return self._pass_zeros(window, start)
            try:
                self._pass(headers.parse(block), found)
            except BadHeader:
                return False
        self._widen(near=self.position - last <= _NEAR, through=len(window))
        return self.position < self.stop

    def _pass(self, header: headers.Header, found: Callable[[int, int], None]) -> None:
        data = self.position + BLOCK
        size = 0 if header.kind in headers.WITHOUT_DATA else header.size
        after = data + padded(size)
        self._near = self._near * _MEMORY + (after - self.position <= _NEAR)
        if header.kind in headers.RECORDS and size <= _LONGEST_RECORD:
            self.position, self._skipped = data, padded(size)  # the walk wants to see it
            return
        self.members += 1
        if header.name[-4:].lower() == ".tar" and size >= BLOCK:
            self.tars += 1
            found(data, size)
        self.position = after

    def _pass_zeros(self, window: bytes, start: int) -> bool:
        """Past an end marker: what follows it may be the outer tar's next header."""
        zeros = window[self.position - start :]
        rest = zeros.lstrip(b"\0")
        passed = len(zeros) - len(rest) & -BLOCK
        self.position += passed
        self._zeros += passed
        self._width = BLOCK if rest else _ZEROS
        if rest:
            self._zeros = 0
        # So many are no padding.
        return self._zeros <= _ZEROS and self.position < self.stop

    def _widen(self, *, near: bool, through: int) -> None:
        """Read more at once where header follows header, and a block alone where none does."""
        if self._near < _MANY_NEAR:
            self._width = BLOCK
        else:
            self._width = min(max(2 * through, _NEAR), _WIDEST) if near else _NEAR


def first_header(
    read_at: Callable[[int, int], bytes], start: int, stop: int
) -> tuple[int, bytes] | None:
    """The byte of the first block from `start` on that reads as a header, and that block.

    None where there is none before `stop`, or none within some megabytes. Data may hold such
    blocks: it is a guess.
    """
    stop = min(stop, start + _SEARCHED_AT_MOST)
    while start < stop:
        window = read_at(_SEARCHED, start)
        table = np.frombuffer(window, np.uint8, len(window) & -BLOCK).reshape(-1, BLOCK)
        says_so = (table[:, 257:262] == np.frombuffer(b"ustar", np.uint8)).all(axis=1)
        for row in np.flatnonzero(says_so).tolist():
            try:
                block = window[row * BLOCK : (row + 1) * BLOCK]
                if headers.parse(block).sound:
                    return start + row * BLOCK, block
            except BadHeader:
                continue
        if len(window) < _SEARCHED:
            return None
        start += len(window) & -BLOCK
    return None
