"""Writing a miniature ImageNet: the archives of ILSVRC 2012 in their true structure, in seconds.

Safe in any folder: it writes only into an empty one or an earlier demo's, and replaces nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.demo.pictures import draw
from imnet_data.demo.plan import WNIDS, plan
from imnet_data.errors import DemoError
from imnet_data.lasting import sync

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from imnet_data.demo.plan import Picture, Plan

TRAIN: Final = "ILSVRC2012_img_train.tar"
VAL: Final = "ILSVRC2012_img_val.tar"
TEST: Final = "ILSVRC2012_img_test_v10102019.tar"
# Written before the archives: a folder without it that holds a train tar holds somebody's ImageNet.
MARKER: Final = "imnet-data-demo.json"

_PARTIAL = ".demo-partial"
_MTIME = 1339545600  # 13 June 2012, when the real class tars were written


@dataclass(frozen=True, slots=True)
class Demo:
    """A miniature ImageNet on disk.

    `train`, `val` and `test` are its archives, `wnids` its classes in their order. `odd` maps the
    name of each odd train image to what it is: `grey`, `cmyk`, `png` (though named .JPEG),
    `truncated`, `rotated` (by EXIF) or `empty`. `counts` maps each split to its images.
    """

    folder: Path
    train: Path
    val: Path
    test: Path
    wnids: tuple[str, ...]
    odd: Mapping[str, str]
    counts: Mapping[str, int]


def build_demo(folder: Path, *, images_per_class: int = 6, seed: int = 0) -> Demo:
    """Write a miniature ImageNet into a folder, or keep the one that is there.

    Args:
        folder: made where it does not exist.
        images_per_class: train images of each of the 24 classes; validation has 2 a class.
        seed: the same seed gives the same bytes, with the same Pillow and numpy.

    Raises:
        DemoError: the folder holds something else than this demo.
        OSError: it cannot be written.
        ValueError: fewer than one image a class.
    """
    chosen = plan(images_per_class, seed)
    asked = {"images_per_class": images_per_class, "seed": seed}
    _make(folder)
    digests = _digests(folder, asked)
    missing = [name for name in (TRAIN, VAL, TEST) if not (folder / name).exists()]
    if missing:
        for name in missing:
            data = _archive(name, chosen, seed)
            digests[name] = hashlib.sha256(data).hexdigest()
            _write(folder / (name + _PARTIAL), data)
        text = json.dumps({**asked, "sha256": digests}, indent=2) + "\n"
        _write(folder / (MARKER + _PARTIAL), text.encode())
        for name in (MARKER, *missing):
            (folder / (name + _PARTIAL)).rename(folder / name)
        sync(str(folder))
    return _demo(folder, chosen)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise DemoError(str(folder), "it is no folder") from None


def _digests(folder: Path, asked: Mapping[str, int]) -> dict[str, str]:
    """The SHA-256 of each archive that an earlier run wrote here, by its marker.

    Raises:
        DemoError: the folder is not ours to write to.
    """
    try:
        text = (folder / MARKER).read_bytes()
    except FileNotFoundError:
        foreign = sorted(p.name for p in folder.iterdir() if not p.name.endswith(_PARTIAL))
        if foreign:
            raise DemoError(str(folder), f"it holds {foreign[0]}, and no demo") from None
        return {}
    try:
        facts = json.loads(text)
        held = {key: int(facts[key]) for key in asked}
        digests = {str(name): str(digest) for name, digest in facts["sha256"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DemoError(str(folder), f"its {MARKER} cannot be read") from None
    if held != asked:
        count, seed = held["images_per_class"], held["seed"]
        raise DemoError(str(folder), f"it holds a demo of {count} images a class with seed {seed}")
    for name in (TRAIN, VAL, TEST):
        file = folder / name
        if file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() != digests.get(name):
            raise DemoError(str(folder), f"its {name} is not the one that the demo wrote")
    return digests


def _archive(name: str, chosen: Plan, seed: int) -> bytes:
    if name == VAL:
        return _tar(_files(chosen.val, seed))
    if name == TEST:
        return _tar(_files(chosen.test, seed, "test/"))
    return _tar(
        (f"{wnid}.tar", _tar(_files(pictures, seed))) for wnid, pictures in chosen.train.items()
    )


def _files(pictures: Iterable[Picture], seed: int, head: str = "") -> Iterator[tuple[str, bytes]]:
    for picture in pictures:
        yield f"{head}{picture.name}.JPEG", draw(picture, seed)


def _tar(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A plain tar that is the same bytes whoever writes it, whenever."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(data), _MTIME
            tar.addfile(member, io.BytesIO(data))
    return file.getvalue()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _demo(folder: Path, chosen: Plan) -> Demo:
    train = [picture for pictures in chosen.train.values() for picture in pictures]
    return Demo(
        folder, folder / TRAIN, folder / VAL, folder / TEST, WNIDS,
        odd={picture.name: picture.kind for picture in train if picture.kind != "plain"},
        counts={"train": len(train), "val": len(chosen.val), "test": len(chosen.test)},
    )  # fmt: skip
