"""Opening an image in the system's own viewer, out of the archive by way of a temporary file.

What is drawn in the terminal is drawing.py's.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from typing import TYPE_CHECKING, Any

from imnet_data.errors import ArchiveError
from imnet_data.verification.images.pictures import format_of

if TYPE_CHECKING:
    from imnet_data.records import Image

_ENDINGS = {"JPEG": ".jpg", "TIFF": ".tif", "JPEG2000": ".jp2"}
_LONGEST_NAME = 80
# Kept, so that none is thrown away while it runs, of which Python warns.
_started: list[subprocess.Popen[Any]] = []


def open_in_viewer(image: Image) -> str:
    """Open it, without waiting; a sentence on how that went.

    The file is removed when this program ends.
    """
    viewer = viewer_here()
    if viewer is None:
        return "there is no viewer to open it with here, or no display; `cat` writes it to a file"
    try:
        path = _written(image.name, image.read())
        _started.append(
            subprocess.Popen(
                [*viewer, path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
    except (ArchiveError, OSError) as error:
        return f"it cannot be opened: {error}"
    return f"opened with {os.path.basename(viewer[0])}"


def viewer_here() -> list[str] | None:
    """The command that opens a file by its kind, None where there is none or nothing to show on."""
    if sys.platform == "darwin":
        return ["open"]
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    found = shutil.which("xdg-open") or shutil.which("gio")
    if found is None:
        return None
    return [found, "open"] if os.path.basename(found) == "gio" else [found]


def file_name(name: str, data: bytes) -> str:
    r"""A name for a file with these bytes: an image's, without what a path could be made of.

    >>> file_name("../n02084071_1", b"\xff\xd8\xff\xe0")
    'n02084071_1.jpg'
    """
    form = format_of(data) or ""
    ending = _ENDINGS.get(form, f".{form.lower()}" if form else ".bin")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name)
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_-")[:_LONGEST_NAME]
    return (stem or "image") + ending


def _written(name: str, data: bytes) -> str:
    # A folder each, because two images may have one name.
    path = os.path.join(tempfile.mkdtemp(dir=_folder()), file_name(name, data))
    with open(path, "wb") as file:
        file.write(data)
    return path


@cache
def _folder() -> str:
    folder = tempfile.mkdtemp(prefix="imnet-data-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
