"""A tar of class tars with the true structure of an ImageNet release and empty pictures.

The walk over headers is what indexing costs, so 512 bytes of data an image are enough: 1 KiB an
image, 14.8 GB for the whole of fall11. Names and classes are real, the class sizes are like it.
"""

from __future__ import annotations

import os
import tarfile
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.facts.class_lists import class_list

if TYPE_CHECKING:
    from pathlib import Path

DATA_BYTES = 400


def class_sizes(images: int, classes: int, *, seed: int = 0) -> list[int]:
    """So many images spread over classes, from a few to some thousands each, as in fall11."""
    draw = np.random.default_rng(seed).gamma(1.6, size=classes)
    sizes = np.maximum((draw / draw.sum() * images).astype(int), 1)
    sizes[-1] += images - sizes.sum()
    if sizes[-1] < 1:
        sizes[int(np.argmax(sizes))] += sizes[-1] - 1
        sizes[-1] = 1
    return [int(size) for size in sizes]


def write_release(path: Path, images: int, *, seed: int = 0) -> None:
    """Write the tar of tars, one class for every 650 images, as in fall11."""
    wnids = class_list("imagenet21k-fall11").wnids[: max(images // 650, 1)]
    rng = np.random.default_rng(seed)
    with path.open("wb") as file:
        for wnid, count in zip(wnids, class_sizes(images, len(wnids), seed=seed), strict=True):
            numbers = rng.permutation(max(count * 3, 30_000))[:count]
            inner = _class_tar(wnid, numbers)
            file.write(_header(f"{wnid}.tar", len(inner)))
            file.write(inner)
        file.write(bytes(10240))
        file.flush()
        os.fsync(file.fileno())


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.USTAR_FORMAT)


def _class_tar(wnid: str, numbers: np.ndarray) -> bytes:
    """One class's tar, its headers made by patching the name and checksum of one."""
    template = np.frombuffer(_header("", DATA_BYTES), np.uint8)
    members = np.zeros((len(numbers), 1024), np.uint8)
    members[:, :512] = template
    names = np.array([f"{wnid}_{number}.JPEG" for number in numbers], "S100")
    members[:, :100] = names.view(np.uint8).reshape(len(numbers), 100)
    members[:, 148:156] = ord(" ")
    sums = members[:, :512].sum(axis=1, dtype=np.int64)
    texts = np.array([b"%06o\0 " % total for total in sums], "V8")
    members[:, 148:156] = texts.view(np.uint8).reshape(len(numbers), 8)
    return members.tobytes() + bytes(10240)
