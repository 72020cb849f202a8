"""A tar in a store, walked with its headers read ahead; what a first look read is kept.

The reading ahead is ahead.py's, the walk scan.py's.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from imnet_data.archives.compressed.source import ENDLESS
from imnet_data.archives.members import is_image
from imnet_data.archives.tars.ahead import HeadersAhead
from imnet_data.archives.tars.scan import TarScan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.members import Position, Scan, Wanted
    from imnet_data.files.opened import OpenFile

# Blocks of first looks: of one at a tar of 1,000 tars some 5,000, 3 MB.
_KEPT_OF_ONE: Final = 32 << 10
_KEPT: Final = 64 << 10
_LOOKS_AHEAD: Final = 8 << 10
# A first look needs some hundred images, and a run of them would have two thousand.
_STRETCH: Final = 1 << 26

_lock = threading.Lock()
_looked_at: OrderedDict[tuple[str, str], dict[int, bytes]] = OrderedDict()


@contextmanager
def far_scan(
    path: str,
    file: OpenFile,
    *,
    start: Position | None = None,
    max_inner: int | None = None,
    wanted: Wanted = is_image,
) -> Iterator[Scan]:
    """A scan of an open tar in a store, for as long as the context lasts."""
    key = (path, file.version)
    with _lock:
        held = _looked_at.pop(key, None)
    first_look = max_inner is not None
    ahead = HeadersAhead(
        file.read_at,
        file.size,
        start=start,
        max_inner=max_inner,
        held=held,
        **({"most_held": _LOOKS_AHEAD} if first_look else {}),
    )
    try:
        yield TarScan(
            ahead,
            start=start,
            max_inner=max_inner,
            wanted=wanted,
            stretch=_STRETCH if first_look else ENDLESS,
        )
    finally:
        ahead.close()
        if first_look:
            _keep(key, ahead.left(_KEPT_OF_ONE))


def _keep(key: tuple[str, str], blocks: dict[int, bytes]) -> None:
    """Keep what a first look read, of the latest looks."""
    with _lock:
        _looked_at[key] = blocks
        while sum(map(len, _looked_at.values())) > _KEPT:
            _looked_at.popitem(last=False)
