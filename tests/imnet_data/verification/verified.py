"""A copy of the demo with a class of oddly named images beside it, verified to the last pixel."""

from __future__ import annotations

import io
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

import imnet_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.catalogue import Catalogue
    from imnet_data.demo.build import Demo
    from imnet_data.verification.report import VerifyReport

# A tag, a quote, a control sequence, a sign that turns the writing direction, no text at all.
ODD_NAMES = (
    "<script>alert(1)<!--.jpg",
    "\" onload='alert(2)'.jpg",
    "a\x1b[31mb\n.jpg",
    "left\u202eright.jpg",
    os.fsdecode(b"caf\xe9.jpg"),
)


def picture(*, width: int = 40, height: int = 34, red: int = 0) -> bytes:
    """A small JPEG; another `red`, other bytes."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").point(
        lambda value: (value + red) % 256
    ).save(file, "JPEG")
    return file.getvalue()


def oddly_named(folder: Path) -> Path:
    """A class of one's own whose images break off, under names that mean something elsewhere."""
    (folder / "mine").mkdir(parents=True)
    for at, name in enumerate(ODD_NAMES):
        (folder / "mine" / name).write_bytes(picture(red=at)[:-20])
    return folder


@contextmanager
def verified(demo: Demo, at: Path) -> Iterator[tuple[Catalogue, VerifyReport]]:
    """An open catalogue of a copy of the demo and of the odd names."""
    folder = Path(shutil.copytree(demo.folder, at / "imnet"))
    with imnet_data.open(at / "imagenet.db", create=True) as catalogue:
        catalogue.index([folder])
        catalogue.index(oddly_named(at / "odd"), release="own")
        yield catalogue, catalogue.verify(level="decode", workers=0)
