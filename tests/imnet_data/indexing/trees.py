"""Small archives in ImageNet's shapes; each image's content is its own name."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TENCH, GOLDFISH, CRANE_BIRD, CRANE_MACHINE = "n01440764", "n01443537", "n02012849", "n03126707"


def flat_tar(members: dict[str, bytes], *, ended: bool = True) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    data = buffer.getvalue()
    return data if ended else data.rstrip(b"\0") + bytes(-len(data.rstrip(b"\0")) % 512)


def content(name: str, repeat: int = 20) -> bytes:
    return (name + "\n").encode() * repeat


def class_tar(wnid: str, numbers: list[int]) -> bytes:
    names = [f"{wnid}_{number}" for number in numbers]
    return flat_tar({f"{name}.JPEG": content(name) for name in names})


def train_tar(path: Path, classes: dict[str, list[int]]) -> Path:
    path.write_bytes(
        flat_tar({f"{wnid}.tar": class_tar(wnid, numbers) for wnid, numbers in classes.items()})
    )
    return path


def tree(root: Path, files: dict[str, bytes | None]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(path.stem) if data is None else data)
    return root
