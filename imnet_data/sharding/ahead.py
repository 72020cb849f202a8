"""Images that lie in a store, asked for before they are needed: many requests wait at once.

One after the other would wait some 20 ms for each. What lies on this machine is read when it is
needed, by payload.py.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import FOLDER, TAR
from imnet_data.archives.reading import read
from imnet_data.files.address import is_url
from imnet_data.files.at_once import AT_ONCE, begun

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from imnet_data.archives.reading import Place
    from imnet_data.sharding.entry import Entry

# Bytes that are asked for and not needed yet: of the largest images in a release, four.
_MOST_BYTES: Final = 64 << 20

_coming: dict[Place, Future[bytes]] = {}


def read_ahead(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries as they come, each when those behind it are asked for, where they are far."""
    waiting: deque[Entry] = deque()
    asked: set[Place] = set()
    asked_bytes = 0
    try:
        for entry in entries:
            while waiting and (len(waiting) >= AT_ONCE or asked_bytes > _MOST_BYTES):
                first = waiting.popleft()
                asked_bytes -= first.place.size
                yield first
            waiting.append(entry)
            asked_bytes += entry.place.size
            if _is_far(entry.place) and entry.place not in _coming:
                _coming[entry.place] = begun(read, entry.place)
                asked.add(entry.place)
        while waiting:
            yield waiting.popleft()
    finally:
        # What nobody took: some entries are only counted, and after an error none is.
        for place in asked:
            if left := _coming.pop(place, None):
                left.cancel()


def came(place: Place, *, last: bool = False) -> bytes:
    """An image's bytes, waited for, or read now; with `last` they are not kept any longer.

    Raises:
        ImnetDataError, OSError: as in `archives.reading.read()`.
    """
    found = _coming.get(place)
    if found is None:
        return read(place)
    if last:
        _coming.pop(place)
    return found.result()


def _is_far(place: Place) -> bool:
    # What is decoded may itself make many requests at once.
    return is_url(place.path) and place.container in (TAR, FOLDER)
