"""Files by their paths, written as a tree or into each kind of container."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .pictures import Picture

    Files = dict[str, bytes]


def tar_of(files: Files) -> bytes:
    """A plain tar; folders have members of their own, as `tar -c` writes them."""
    buffer = io.BytesIO()
    folders: set[str] = set()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in files.items():
            folder = name.rpartition("/")[0]
            if folder and folder not in folders:
                folders.add(folder)
                info = tarfile.TarInfo(folder)
                info.type = tarfile.DIRTYPE
                tar.addfile(info)
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def as_tar(path: Path, files: Files) -> Path:
    path.write_bytes(tar_of(files))
    return path


def as_tar_gz(path: Path, files: Files) -> Path:
    path.write_bytes(gzip.compress(tar_of(files), mtime=0))
    return path


def as_zip(path: Path, files: Files, *, deflated: bool = False) -> Path:
    method = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def as_tree(root: Path, files: Files) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def flat(pictures: Iterable[Picture], head: str = "", tail: str = ".JPEG") -> Files:
    return {f"{head}{one.name}{tail}": one.data for one in pictures}


def in_class_folders(pictures: Iterable[Picture], head: str = "") -> Files:
    return {f"{head}{one.wnid}/{one.name}.JPEG": one.data for one in pictures}
