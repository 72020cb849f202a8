"""Compressed data in sections that decode without what stands before them, and the four ways to.

Finding the sections is each compression's own module's; keeping their places, seek_index.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from imnet_data.archives.members import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # Bytes of the compressed file: up to so many, from an offset on.
    PRead = Callable[[int, int], bytes]

FED: Final = 1 << 16  # compressed bytes given to a decoder at once
PIECE: Final = 1 << 20  # decoded bytes taken from it at once, however well they compress
# Decoded bytes of a section, of which a read decodes half on average: what `xz -9 -T0` makes is
# the longest that is taken. Longer ones are unpacked with more profit.
LONGEST: Final = 192 << 20


class Broken(Exception):
    """Compressed data that cannot be decoded further; `at` is the byte of the file."""

    def __init__(self, reason: str, at: int) -> None:
        self.reason = reason
        self.at = at
        super().__init__(reason)


class BreaksOff(Broken):
    """The file ends in the middle of its compressed data."""

    def __init__(self, at: int) -> None:
        super().__init__("it ends too early", at)


class TooLong(Broken):
    """A section that would be decoded from its start for every image in it; `size` in bytes."""

    def __init__(self, size: int, at: int) -> None:
        self.size = size
        super().__init__(f"a piece of {size / 1e6:,.0f} MB in one go, which is too long", at)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of compressed data, from bit `start` of the file to before bit `stop`.

    It decodes to `size` bytes (None where that is known only afterwards), of which the first is
    byte `offset` of the whole. `lead` is what its decoder is given first: deflate's window, the
    header of an xz stream.
    """

    offset: int
    start: int
    stop: int
    size: int | None
    lead: bytes = b""


class Decoder(Protocol):
    """What the decoders of bz2, lzma and zstd have in common."""

    @property
    def eof(self) -> bool:
        """Whether the compressed data has come to its end."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether it has given all that what it was fed decodes to."""
        ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Decode more."""
        ...


def decoded(
    decoder: Decoder, feed: Iterator[bytes], errors: tuple[type[Exception], ...], at: int
) -> Iterator[bytes]:
    """What a decoder makes of its feed, in pieces; `at` is the byte that a fault is told of.

    Raises:
        Broken: the data is damaged.
    """
    try:
        while not decoder.eof:
            data = next(feed, None) if decoder.needs_input else b""
            if data is None:
                return
            piece = decoder.decompress(data, PIECE)
            if piece:
                yield piece
    except errors as error:
        raise Broken(str(error), at) from None


def fed(pread: PRead, start: int, stop: int) -> Iterator[bytes]:
    """A range of the file's bytes, as decoders take them."""
    while start < stop:
        data = pread(min(FED, stop - start), start)
        if not data:
            return
        yield data
        start += len(data)


def fault_of(broken: Broken, compression: str) -> Fault:
    """What is wrong, in words."""
    if isinstance(broken, BreaksOff):
        sentence = f"the file ends at byte {broken.at:,}, in the middle of its {compression} data"
    else:
        sentence = (
            f"its {compression} data is damaged near byte {broken.at:,} of the file "
            f"({broken.reason}); nothing behind that was indexed"
        )
    return Fault(sentence, severe=True)
