"""A contact sheet of images as a file: each read where it lies, drawn small, told where broken.

How a sheet looks is sheet.py's.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Protocol

from imnet_data.errors import ArchiveError
from imnet_data.lasting import written_whole
from imnet_data.pictures.sheet import contact_sheet
from imnet_data.pictures.thumbnail import NoPicture, check_size, small
from imnet_data.progress import Silent, job

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL.Image import Image

    from imnet_data.progress import Progress

# A thousand squares of 160 pixels are a sheet of 30 million, which viewers still open.
MOST_PICTURES = 1_000
SIDE_PX = 160
FORMS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


class Readable(Protocol):
    """An image: its size in bytes, and the bytes."""

    @property
    def size(self) -> int:
        """In bytes."""
        ...

    def read(self) -> bytes:
        """All of them."""
        ...


def form_of(path: str) -> str:
    """Pillow's name of the form that a file's name asks for.

    Raises:
        ValueError: it asks for none that a sheet can have.

    >>> form_of("dogs.PNG")
    'PNG'
    """
    form = FORMS.get(os.path.splitext(path)[1].lower())
    if form is None:
        raise ValueError(f"{path!r} ends in none of {', '.join(FORMS)}")
    return form


def write_sheet(
    path: str,
    images: Iterable[tuple[Readable, str]],
    *,
    columns: int,
    title: str = "",
    progress: Progress | None = None,
) -> int:
    """Write a sheet of images with their labels; gives how many are broken. A present file goes.

    An image that does not decode is a cross, with the reason as its label's last line; of one that
    breaks off, what there is of it is shown.

    Raises:
        ValueError: there is no image, or the file's name asks for no form.
        OSError: it cannot be written; what was at the path before is left alone.
    """
    form_of(path)
    progress = progress or Silent()
    tiles = []
    broken = 0
    with job(progress, "pictures", None, "images"):
        for image, label in images:
            picture, trouble = _look(image)
            broken += bool(trouble)
            tiles.append((picture, f"{label}\n{trouble}" if trouble else label))
            progress.advance(1)
    save_sheet(contact_sheet(tiles, columns=columns, side_px=SIDE_PX, title=title), path)
    return broken


def save_sheet(sheet: Image, path: str) -> None:
    """Write a sheet that is drawn, whole or not at all.

    Raises:
        ValueError: the file's name asks for no form.
        OSError: it cannot be written; what was at the path before is left alone.
    """
    form, file = form_of(path), io.BytesIO()
    # At the usual level, 6, the file is a twentieth smaller and all of it takes a third longer.
    sheet.save(file, form, quality=90, compress_level=3)
    with written_whole(os.path.abspath(path)) as whole:
        whole.write(file.getbuffer())


def _look(image: Readable) -> tuple[Image | None, str]:
    try:
        check_size(image.size)
        found = small(image.read(), SIDE_PX)
    except NoPicture as reason:
        return None, str(reason)
    except (ArchiveError, OSError):
        return None, "its bytes cannot be read"
    return found.picture, "" if found.is_whole else "broken: it breaks off"
