"""Small pictures of images, also of broken ones as far as they decode, made in a worker process.

What is shown where is contact_sheet.py's.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from imnet_data.amounts import size
from imnet_data.archives import reading
from imnet_data.errors import ArchiveError
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PIL.Image import Image

    from imnet_data.archives.reading import Place

K = TypeVar("K")

SIDE_PX = 144
_QUALITY = 72
# What a report may cost: a file that is read whole, and pixels that are decoded.
_LARGEST_BYTES = 64_000_000
_MOST_PIXELS = 50_000_000
_DEADLINE_S = 20.0
_MEMORY_BYTES = 1 << 30


class NoPicture(Exception):
    """There is nothing to show; the words say why."""


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
        if self.place.size > _LARGEST_BYTES:
            raise NoPicture(f"{size(self.place.size)}, too large to draw")
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
    from PIL import Image  # noqa: PLC0415 - pillow only where something is drawn

    if not data:
        raise NoPicture("no bytes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as image:
                return _small(image)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise NoPicture("too many pixels to draw") from None
        except NoPicture:
            raise
        except MemoryError:
            raise NoPicture("takes too much memory to draw") from None
        except Exception as error:  # Pillow's decoders raise whatever they come upon
            raise NoPicture("no picture decodes from it") from error


def _small(image: Image) -> Thumbnail:
    own = image.size
    image.draft("RGB", (SIDE_PX, SIDE_PX))
    if image.width * image.height > _MOST_PIXELS:
        raise NoPicture("too many pixels to draw")
    try:
        image.load()
    except (OSError, SyntaxError, ValueError):
        # What was decoded before the damage stands in the picture; without tiles it is not loaded
        # again. Pillow's own switch for this holds for the whole process, so it is left alone.
        image.tile = []  # type: ignore[attr-defined]
    drawn = image.convert("RGB")
    drawn.thumbnail((SIDE_PX, SIDE_PX))
    file = io.BytesIO()
    drawn.save(file, "JPEG", quality=_QUALITY)
    return Thumbnail(file.getvalue(), *own)


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
