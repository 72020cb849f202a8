"""Images as one may see them: their bytes read, decoded small, and kept for a while.

All of it runs in threads beside the screen's; what is seen of it is grid.py's.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.errors import ArchiveError
from imnet_data.pictures.thumbnail import NoPicture, Small, check_size, small

if TYPE_CHECKING:
    from imnet_data.catalogue import Catalogue
    from imnet_data.query import ImageQuery
    from imnet_data.records import Image

_MOST_BYTES = 16_000_000
# Decoding these ended a process before, or takes too much: they are not tried here.
_NOT_DRAWN = {"decoder-crashed": "ends a decoder", "huge": "too many pixels", "empty": "no bytes"}


@dataclass(frozen=True, slots=True)
class Look:
    """An image as one may see it: a small picture, None where there is none, and what is wrong."""

    small: Small | None
    trouble: str = ""


class Pictures:
    """Small pictures of images, those of late kept, 16 MB of pixels at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, int], Look] = OrderedDict()
        self._bytes = 0

    def look(self, image: Image, side_px: int, catalogue: Catalogue | None) -> Look:
        """A picture of at most `side_px` pixels a side; of a broken image what there is to see.

        What is wrong is what verification found, by the catalogue, or what comes up in decoding.
        """
        key = image.id, side_px
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        look = look_at(image, side_px, catalogue)
        self._keep(key, look)
        return look

    def _keep(self, key: tuple[int, int], look: Look) -> None:
        with self._lock:
            self._kept[key] = look
            self._bytes += _bytes_of(look)
            while self._bytes > _MOST_BYTES and len(self._kept) > 1:
                self._bytes -= _bytes_of(self._kept.popitem(last=False)[1])


def look_at(image: Image, side_px: int, catalogue: Catalogue | None) -> Look:
    """As `Pictures.look()`, and nothing is kept."""
    codes: list[str] = []
    if catalogue is not None:
        found = catalogue.health(image).findings
        codes = [one.code for one in found if one.severity == "broken"]
    refused = next((_NOT_DRAWN[code] for code in codes if code in _NOT_DRAWN), "")
    if refused:
        return Look(None, refused)
    try:
        check_size(image.size)
        seen = small(image.read(), side_px)
    except NoPicture as reason:
        return Look(None, next(iter(codes), str(reason)))
    except (ArchiveError, OSError):
        return Look(None, "its bytes cannot be read")
    return Look(seen, next(iter(codes), "" if seen.is_whole else "truncated"))


def page_of(query: ImageQuery, start: int, size: int, *, seed: int) -> list[Image]:
    """A page of a draw of all the images: the same ones each time, and no row but theirs is read.

    Drawn and not in order, so that a first page shows what there is and not one class of it.
    """
    return list(query.sample(size, seed=seed, start=start))


def _bytes_of(look: Look) -> int:
    return 0 if look.small is None else 3 * look.small.picture.width * look.small.picture.height
