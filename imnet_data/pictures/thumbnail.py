"""An image's bytes as a small picture; of a broken one as much as there is to see.

Reading the bytes, and what stands for a picture that there is not, are the caller's.
"""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.amounts import size

if TYPE_CHECKING:
    from PIL.Image import Image

# What looking may cost: a file that is read whole, and pixels that are decoded.
LARGEST_BYTES = 64_000_000
_MOST_PIXELS = 50_000_000
# Python's warnings are the whole process's, so two threads may not both silence them.
_ONE_AT_A_TIME = threading.Lock()


class NoPicture(Exception):
    """There is nothing to show; the words say why."""


@dataclass(frozen=True, slots=True)
class Small:
    """A small picture in RGB, with the size of the whole one, and whether all of it decoded."""

    picture: Image
    width_px: int
    height_px: int
    is_whole: bool = True


def thumbnail(data: bytes, side_px: int) -> Image:
    """A picture of at most `side_px` pixels a side, in RGB, of an image's bytes.

    A JPEG is decoded at the scale that is needed, in some 2 ms of a usual photograph. It is not
    turned as EXIF may ask, because what trains on it sees it unturned too.

    Raises:
        NoPicture: nothing of it decodes, or it is too large.
    """
    return small(data, side_px).picture


def small(data: bytes, side_px: int) -> Small:
    """As `thumbnail()`, with the whole picture's own size.

    Raises:
        NoPicture: nothing of it decodes, or it is too large.
    """
    from PIL import Image  # noqa: PLC0415 - pillow only where something is drawn

    check_size(len(data))
    if not data:
        raise NoPicture("no bytes")
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as image:
                return _small(image, side_px)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise NoPicture("too many pixels to draw") from None
        except NoPicture:
            raise
        except MemoryError:
            raise NoPicture("takes too much memory to draw") from None
        except Exception as error:  # Pillow's decoders raise whatever they come upon
            raise NoPicture("no picture decodes from it") from error


def check_size(size_bytes: int) -> None:
    """That a file is not too large to be read for a look at it.

    Raises:
        NoPicture: it is.
    """
    if size_bytes > LARGEST_BYTES:
        raise NoPicture(f"{size(size_bytes)}, too large to draw")


def _small(image: Image, side_px: int) -> Small:
    own = image.size
    image.draft("RGB", (side_px, side_px))
    if image.width * image.height > _MOST_PIXELS:
        raise NoPicture("too many pixels to draw")
    is_whole = True
    try:
        image.load()
    except (OSError, SyntaxError, ValueError):
        # What was decoded before the damage stands in the picture; without tiles it is not loaded
        # again. Pillow's own switch for this holds for the whole process, so it is left alone.
        image.tile = []  # type: ignore[attr-defined]
        is_whole = False
    drawn = _in_rgb(image)
    drawn.thumbnail((side_px, side_px))
    return Small(drawn, *own, is_whole)


def _in_rgb(image: Image) -> Image:
    """In RGB; 16 bits of grey by their upper eight, which Pillow would cut at 255."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    return image.convert("RGB")
