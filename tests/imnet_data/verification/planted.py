"""A small ImageNet with faults planted in it, packed in every way: whole runs are tried on it."""

from __future__ import annotations

import gzip
import zipfile
from functools import partial
from typing import TYPE_CHECKING

from tests.imnet_data.indexing.trees import GOLDFISH, TENCH, flat_tar, tree
from tests.imnet_data.verification.making import encoded, jpeg, picture, scan_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WNIDS = (TENCH, GOLDFISH)
EACH = 8
# Code by the name of the image that has it.
PLANTED = {
    f"{TENCH}_1": "empty",
    f"{TENCH}_2": "truncated",
    f"{TENCH}_5": "wrong-extension",
    f"{GOLDFISH}_3": "corrupt",
    f"{GOLDFISH}_4": "not-an-image",
    f"{GOLDFISH}_7": "gzip-compressed",
}
# Seen in the bytes; the other needs every pixel.
AT_DIGEST = {name: code for name, code in PLANTED.items() if code != "corrupt"}


SPOIL: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda data: data[: len(data) * 2 // 3],
    "wrong-extension": lambda _: encoded(picture(99), "PNG"),
    "corrupt": lambda data: data[: scan_of(data) + 300] + data[scan_of(data) + 420 :],
    "not-an-image": lambda _: b"<html>photo unavailable</html>" * 9,
    "gzip-compressed": lambda data: gzip.compress(data, mtime=0),
}


def files() -> dict[str, bytes]:
    """Members by path: two classes of eight images, six of them with a fault."""
    names = [(wnid, f"{wnid}_{number}") for wnid in WNIDS for number in range(EACH)]
    return {
        f"{wnid}/{name}.JPEG": SPOIL.get(PLANTED.get(name, ""), bytes)(jpeg(seed))
        for seed, (wnid, name) in enumerate(names)
    }


def pack_tar(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "train.tar"
    path.write_bytes(flat_tar(members))
    return path


def pack_gzip(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "train.tar.gz"
    path.write_bytes(gzip.compress(flat_tar(members), mtime=0))
    return path


def pack_zip(folder: Path, members: dict[str, bytes], *, method: int) -> Path:
    path = folder / "train.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def pack_folder(folder: Path, members: dict[str, bytes]) -> Path:
    return tree(folder / "train", dict(members))


PACKINGS: dict[str, Callable[[Path, dict[str, bytes]], Path]] = {
    "tar": pack_tar,
    "tar.gz": pack_gzip,
    "zip": partial(pack_zip, method=zipfile.ZIP_STORED),
    "zip-deflated": partial(pack_zip, method=zipfile.ZIP_DEFLATED),
    "folder": pack_folder,
}
