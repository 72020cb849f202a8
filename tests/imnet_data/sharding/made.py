"""Images to write into shards: a tar of files that begin like pictures, and entries of them."""

from __future__ import annotations

import random
from hashlib import blake2b
from typing import TYPE_CHECKING

from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.reading import Place
from imnet_data.sharding.entry import ClassLabel, Entry
from imnet_data.sharding.options import ShardOptions
from imnet_data.sharding.write import write_shards
from tests.factory import Member, spans, tar_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Any

    from imnet_data.sharding.report import ShardReport
    from imnet_data.work.workers import Workers

JPEG = b"\xff\xd8\xff\xe0"
WNIDS = ("n01440764", "n01443537", "n02085620")
CLASSES = tuple(ClassLabel(at, wnid, f"class {at}") for at, wnid in enumerate(WNIDS))


def picture(name: str, size: int, start: bytes = JPEG) -> bytes:
    """Bytes that are no one else's, behind a picture's first ones."""
    return start + random.Random(name).randbytes(size - len(start))


def images(count: int = 30, *, size: int = 3000) -> dict[str, bytes]:
    """Pictures of unlike sizes by name, class after class."""
    names = [f"{WNIDS[at * 3 // count]}_{at}" for at in range(count)]
    return {name: picture(name, size + at * 37) for at, name in enumerate(names)}


def packed(path: Path, found: dict[str, bytes]) -> list[Entry]:
    """The images as a tar, and the entries of it."""
    members = [Member(f"{name[:9]}/{name}.JPEG", data) for name, data in found.items()]
    path.write_bytes(tar_bytes(members))
    size = path.stat().st_size
    places = [
        Place(str(path), span.data, span.end - span.data, size, f"{name}.JPEG")
        for name, span in zip(found, spans(members), strict=True)
    ]
    return list(map(entry, found, places))


def loose(folder: Path, found: dict[str, bytes]) -> list[Entry]:
    """The images as files, and the entries of them."""
    folder.mkdir()
    places = []
    for at, data in enumerate(found.values()):
        path = folder / f"{at}.JPEG"
        path.write_bytes(data)
        places.append(Place(str(path), 0, len(data), len(data), container=FOLDER))
    return list(map(entry, found, places))


def entry(name: str, place: Place) -> Entry:
    wnid = name[:9] if name[:9] in WNIDS else None
    label = WNIDS.index(wnid) if wnid else -1
    rank = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")
    return Entry(name, place, label, wnid, label if wnid else None, rank)


def write(
    to: Path,
    entries: Iterable[Entry],
    *,
    part: str = "train",
    workers: Workers = 1,
    name: str = "made",
    **options: Any,
) -> ShardReport:
    """Write one part; some five shards of it, where nothing else is said."""
    if "per_shard" not in options:
        options.setdefault("shard_size_bytes", 30_000)
    return write_shards(
        {part: entries}, to, classes=CLASSES, options=ShardOptions(**options),
        about={"name": name}, workers=workers,
    )  # fmt: skip


def written(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
