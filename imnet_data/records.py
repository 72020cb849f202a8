"""What the query API hands out: an image, with its bytes a read away, and the boxes in it.

Both are plain data: they pickle, and an image reads without the catalogue.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.archives import reading

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

    from imnet_data.archives.reading import Place
    from imnet_data.synsets import Synset


@dataclass(frozen=True, slots=True)
class Box:
    """An object in an image: its class, and the rectangle that it fills.

    `name` is the class's (`dog.n.01`), with its `wnid`; a class that is no noun of WordNet has no
    wnid, and the name that its file gives. The sides are pixels from the image's left (x) and top
    (y), as the file has them, unchecked: ImageNet's do not say whether they count from 0 or from
    1, so that a side may be off by one. `image_width` and `image_height` are the size in pixels
    that the image had when it was annotated, None where the file does not say; scale by them if
    the image has another now.
    """

    wnid: str | None
    name: str
    xmin: int
    ymin: int
    xmax: int
    ymax: int
    image_width: int | None = None
    image_height: int | None = None
    truncated: bool = False
    difficult: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """One image of a catalogue.

    `name` is its key within release and split, without ImageNet's folder and extension; `synset`
    and `wnid` are None where it has no label, and `wnid` where its class is a user's own. `split`
    is `train`, `val`, `test` or `none`; `size` is in bytes. `archive` is the indexed file or
    folder and `member` the path in it; `id` means nothing outside this catalogue. `boxes` is None
    unless they were asked for, by `ImageQuery.with_boxes()`.
    """

    id: int
    name: str
    wnid: str | None
    synset: Synset | None
    release: str
    split: str
    size: int
    archive: str
    member: str
    place: Place
    boxes: tuple[Box, ...] | None = None

    def read(self) -> bytes:
        """The image's bytes, as they lie in the archive.

        Raises:
            ArchiveMissing: the archive is not where the catalogue says.
            ArchiveChanged: it is no longer the file that was indexed.
        """
        return reading.read(self.place)

    def open(self) -> PilImage:
        """The image as Pillow opens it; pixels are decoded when first used.

        Raises:
            ArchiveMissing, ArchiveChanged: as in `read()`.
            PIL.UnidentifiedImageError: the bytes are no image.
        """
        from PIL import Image as Pillow  # noqa: PLC0415 - pillow only where a picture is wanted

        return Pillow.open(io.BytesIO(self.read()))
