"""Small pictures of images as JPEGs, also of broken ones, made in a worker process.

Making a picture small is pictures/thumbnail.py's, what is shown where contact_sheet.py's.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from imnet_data.archives import reading
from imnet_data.errors import ArchiveError
from imnet_data.pictures.thumbnail import NoPicture, check_size, small
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imnet_data.archives.reading import Place

K = TypeVar("K")

SIDE_PX = 144
_QUALITY = 72
_DEADLINE_S = 20.0
_MEMORY_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A JPEG of at most 144 pixels a side, and its own size in pixels."""

    jpeg: bytes
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class _Drawing:
    """The unit of work: one image's bytes, drawn small. `key` is the caller's."""

    key: object
    place: Place

    def run(self) -> Thumbnail:
        """Read and draw it.

        Raises:
            NoPicture: it cannot be drawn.
        """
        check_size(self.place.size)
        try:
            data = reading.read(self.place)
        except (ArchiveError, OSError) as error:
            raise NoPicture("its bytes cannot be read") from error
        return draw(data)


def draw(data: bytes) -> Thumbnail:
    """A thumbnail of an image's bytes; of a broken one as much as there is to see.

    Raises:
        NoPicture: nothing of it decodes, or it is too large.
    """
    drawn = small(data, SIDE_PX)
    file = io.BytesIO()
    drawn.picture.save(file, "JPEG", quality=_QUALITY)
    return Thumbnail(file.getvalue(), drawn.width_px, drawn.height_px)


def thumbnails(
    places: Iterable[tuple[K, Place]], *, workers: int = 1
) -> Iterator[tuple[K, Thumbnail | str]]:
    """The thumbnail of each place, or why there is none, with the caller's key; as they come.

    Decoding a broken picture may end or hold up a process, so none is decoded in this one, unless
    `workers` is 0.
    """
    units = (_Drawing(key, place) for key, place in places)
    for outcome in outcomes(
        units, workers=workers, deadline_s=_DEADLINE_S, memory_bytes=_MEMORY_BYTES
    ):
        unit = outcome.unit
        assert isinstance(unit, _Drawing)
        key: K = unit.key  # type: ignore[assignment]
        if isinstance(outcome, Done):
            yield key, outcome.result
        elif isinstance(outcome, Failed):
            known = isinstance(outcome.error, NoPicture)
            yield key, str(outcome.error) if known else "cannot be drawn"
        else:
            yield key, f"drawing it took its process along: it {outcome.how}"
