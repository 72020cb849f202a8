"""Several images at a time out of stores: those that lie together in one request, all at once.

One image at a time is reading.py's; of files of this machine this is no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import TAR
from imnet_data.archives.reading import read, while_open, without_head
from imnet_data.archives.tars.headers import BLOCK
from imnet_data.errors import ArchiveError, StoreError
from imnet_data.files.address import is_url
from imnet_data.files.at_once import all_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imnet_data.archives.reading import Place

# Bytes between two images that are read along: less than what a request costs in time.
_GAP: Final = 1 << 16
# Of one request: a store gives some 50 MB/s to each, and several are under way.
_LONGEST: Final = 2 << 20


@dataclass(slots=True)
class _Range:
    """Images that are read by one request, each with its number in what was asked."""

    path: str
    start: int
    stop: int
    held: list[tuple[int, Place]] = field(default_factory=list)


def read_together(places: Sequence[Place]) -> list[bytes | ArchiveError | OSError]:
    """The bytes of each place, or why they cannot be read.

    Raises:
        StoreError, LoginNeeded: a store does not answer, which says nothing of an image.
    """
    found: list[bytes | ArchiveError | OSError] = [b""] * len(places)
    far = [(at, place) for at, place in enumerate(places) if is_url(place.path)]
    there = {at for at, _ in far}
    for some in all_of(_read, list(_ranges(far))):
        for at, data in some:
            found[at] = data
    for at, place in enumerate(places):
        if at not in there:
            found[at] = _one(place)
    return found


def _ranges(far: Iterable[tuple[int, Place]]) -> Iterator[_Range]:
    """What each request is for."""
    current: _Range | None = None
    for at, place in sorted(far, key=lambda one: (one[1].path, one[1].offset)):
        start = place.offset - (0 if place.member is None else BLOCK)
        stop = place.offset + place.size
        joins = (
            current is not None
            and place.container == TAR
            and current.path == place.path
            and start - current.stop <= _GAP
            and stop - current.start <= _LONGEST
        )
        if not joins or current is None:
            if current is not None:
                yield current
            current = _Range(place.path, start, stop)
        current.stop = max(current.stop, stop)
        current.held.append((at, place))
    if current is not None:
        yield current


def _read(asked: _Range) -> list[tuple[int, bytes | ArchiveError | OSError]]:
    (_, first), *others = asked.held
    if not others or first.container != TAR:
        return [(at, _one(place)) for at, place in asked.held]
    try:
        with while_open(first) as file:
            data = file.read_at(asked.stop - asked.start, asked.start)
    except ArchiveError as error:
        return [(at, error) for at, _ in asked.held]
    return [(at, _cut(data, place, asked.start)) for at, place in asked.held]


def _cut(data: bytes, place: Place, start: int) -> bytes | ArchiveError:
    begin = place.offset - start
    before = 0 if place.member is None else BLOCK
    try:
        return without_head(data[begin - before : begin + place.size], place)
    except ArchiveError as error:
        return error


def _one(place: Place) -> bytes | ArchiveError | OSError:
    try:
        return read(place)
    except StoreError:
        raise
    except (ArchiveError, OSError) as error:
        return error
