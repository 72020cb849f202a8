"""Reading images for training: imnet-data's dataset; ratarmountcore, wids, a folder of files.

    python -m benchmarks.read                            4,000 pictures of 110 kB
    python -m benchmarks.read --photos FOLDER --images 20000 --folder /big/disk --runs 5

The same images in the same order for everyone: our dataset and ratarmountcore read one tar of class
tars, wids the WebDataset shards that we write of it, the folder is what ImageFolder reads. Bytes
alone, and decoded to RGB by Pillow. Warm, every file is in the page cache; cold, the kernel was
asked to drop it first. The contenders take turns, each in a process of its own, and the best of
some runs counts. wids comes with webdataset before 1.0 and wants torch; who is not installed is
left out.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import mmap
import os
import random
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.pictures import pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Read = Callable[[int], Any]

TAR, SHARDS, FILES, CATALOGUE = "ILSVRC2012_img_train.tar", "shards", "files", "imagenet.db"
A_CLASS = 100
SHARD_BYTES = 64_000_000
_LIMIT_S = 3.0
_STRETCH = 50


def name_of(number: int) -> tuple[str, str]:
    """The wnid and the name of an image: real classes, a hundred of each."""
    from imnet_data.facts.class_lists import class_list

    wnid = class_list("ilsvrc2012").wnids[number // A_CLASS]
    return wnid, f"{wnid}_{number % A_CLASS}"


# -- who reads


def ours(folder: Path) -> tuple[int, Read]:
    import imnet_data

    with imnet_data.open(folder / CATALOGUE) as catalogue:
        dataset = catalogue.images(split="train").dataset(loader=bytes)
    return len(dataset), lambda at: dataset[at][0]


def ratarmountcore(folder: Path) -> tuple[int, Read]:
    from ratarmountcore.mountsource.factory import open_mount_source

    with redirect_stdout(sys.stderr):
        source = open_mount_source(
            str(folder / TAR), recursive=True, indexFilePath=str(folder / "ratarmount.sqlite")
        )
    count = len(list((folder / FILES).rglob("*.JPEG")))

    def read(at: int) -> bytes:
        wnid, name = name_of(at)
        found = source.lookup(f"/{wnid}.tar/{name}.JPEG") or source.lookup(f"/{wnid}/{name}.JPEG")
        with source.open(found) as file:
            content: bytes = file.read()
            return content

    return count, read


def wids(folder: Path) -> tuple[int, Read]:
    library = import_module("wids")  # untyped

    with redirect_stderr(io.StringIO()):
        index = str(folder / SHARDS / "index.json")
        # All shards stay open, as ours and the peer's one tar does.
        dataset = library.ShardListDataset(index, lru_size=200, keep=True, transformations=[])

    def read(at: int) -> bytes:
        content: bytes = dataset[at][".jpg"].getvalue()
        return content

    return len(dataset), read


def files(folder: Path) -> tuple[int, Read]:
    """As torchvision's ImageFolder: paths in a list."""
    paths = [str(path) for path in sorted((folder / FILES).rglob("*.JPEG"))]

    def read(at: int) -> bytes:
        with open(paths[at], "rb") as file:
            return file.read()

    return len(paths), read


CONTENDERS: dict[str, Callable[[Path], tuple[int, Read]]] = {
    "imnet-data": ours,
    "ratarmountcore": ratarmountcore,
    "wids": wids,
    "folder of files": files,
}


# -- the race


def contend(name: str, folder: Path, *, in_order: bool, decode: bool, cold: bool) -> None:
    """Run one contender here and print how many images it read a second."""
    from imnet_data.dataset.dataset import in_rgb

    count, read = CONTENDERS[name](folder)
    order = list(range(count))
    if not in_order:
        random.Random(1).shuffle(order)
    # What a process does once only, as mapping a file's pages, is not on the clock for anybody.
    for at in order if not cold else random.Random(2).sample(order, 50):
        read(at)
    in_rgb(read(0))
    if cold:
        unmap()
        drop(folder)
    # The median of stretches: others' work on the machine comes in bursts.
    stretches = []
    begin = time.perf_counter()
    for first in range(0, len(order) - _STRETCH + 1, _STRETCH):
        start = time.perf_counter()
        for at in order[first : first + _STRETCH]:
            data = read(at)
            if decode:
                in_rgb(data)
        stretches.append(time.perf_counter() - start)
        if time.perf_counter() - begin > _LIMIT_S:
            break
    print(json.dumps({"images_s": _STRETCH / median(stretches)}))


def drop(folder: Path) -> None:
    """Ask the kernel to forget what it has of the files."""
    for path in everything(folder):
        fd = os.open(path, os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def unmap() -> None:
    """Let go of the pages that are mapped here and not dropped else: wids maps its shards."""
    for thing in gc.get_objects():
        if isinstance(thing, mmap.mmap):
            thing.madvise(mmap.MADV_DONTNEED)


def warm(folder: Path) -> None:
    for path in everything(folder):
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass


def everything(folder: Path) -> Iterator[Path]:
    yield folder / TAR
    yield from (folder / SHARDS).glob("*.tar")
    yield from (folder / FILES).rglob("*.JPEG")


def race(folder: Path, names: list[str], runs: int, *options: str) -> dict[str, float]:
    """Images a second, the best of some runs of each, in turns."""
    best = dict.fromkeys(names, 0.0)
    for _ in range(runs):
        for name in names:
            if "--cold" not in options:
                warm(folder)
            command = [sys.executable, "-m", "benchmarks.read", "--contend", name, str(folder)]
            done = subprocess.run([*command, *options], check=True, stdout=subprocess.PIPE)
            best[name] = max(best[name], json.loads(done.stdout.splitlines()[-1])["images_s"])
    return best


def show(title: str, found: dict[str, float]) -> None:
    us = found["imnet-data"]
    for name, rate in found.items():
        ratio = "" if name == "imnet-data" else f"{us / rate:10.2f}"
        print(f"{title:26}{name:18}{rate:12,.0f}{1e6 / rate:12,.1f}{ratio}")


# -- what they read


def prepare(folder: Path, found: Iterator[bytes], count: int) -> None:
    """The tar of class tars, its catalogue, its shards, its files, ratarmountcore's index."""
    import imnet_data
    from imnet_data.sharding.options import ShardOptions

    with tarfile.open(folder / TAR, "w", format=tarfile.USTAR_FORMAT) as outer:
        for first in range(0, count, A_CLASS):
            inner = io.BytesIO()
            with tarfile.open(fileobj=inner, mode="w", format=tarfile.USTAR_FORMAT) as tar:
                for number in range(first, min(first + A_CLASS, count)):
                    wnid, name = name_of(number)
                    data = next(found)
                    _add(tar, f"{name}.JPEG", data)
                    path = folder / FILES / wnid / f"{name}.JPEG"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
            _add(outer, f"{wnid}.tar", inner.getvalue())
    with imnet_data.open(folder / CATALOGUE, create=True) as catalogue:
        catalogue.index(folder / TAR)
        options = ShardOptions(shard_size_bytes=SHARD_BYTES, order="class", digest=False)
        subset = catalogue.subset("ilsvrc2012")
        subset.shard(folder / SHARDS, parts=["train"], options=options, workers=1)
    os.sync()


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def photos(folder: Path) -> Iterator[bytes]:
    """One's own photographs, over and over."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    while True:
        for path in paths:
            yield path.read_bytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where everything is written, and removed")
    parser.add_argument("--photos", type=Path, help="photographs to take; needed for decoding")
    parser.add_argument("--contend", nargs=2, metavar=("NAME", "PATH"), help=argparse.SUPPRESS)
    for flag in ("--cold", "--decode", "--in-order"):
        parser.add_argument(flag, action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.contend:
        name, folder = told.contend
        contend(name, Path(folder), in_order=told.in_order, decode=told.decode, cold=told.cold)
        return
    needs = {"ratarmountcore": "ratarmountcore", "wids": "wids"}
    names = [name for name in CONTENDERS if name not in needs or find_spec(needs[name])]
    print(f"{'':26}{'':18}{'images/s':>12}{'us an image':>12}{'ratio':>10}")
    with tempfile.TemporaryDirectory(dir=told.folder) as where:
        folder = Path(where)
        found = photos(told.photos) if told.photos else (data for _, data in pictures(told.images))
        prepare(folder, found, told.images)
        for cold in ((), ("--cold",)):
            for order in ((), ("--in-order",)):
                for work in ((), ("--decode",)) if told.photos else ((),):
                    words = [("cold" if cold else "warm"), ("in order" if order else "at random")]
                    title = ", ".join([*words, *(["decoded"] if work else [])])
                    show(title, race(folder, names, told.runs, *cold, *order, *work))


if __name__ == "__main__":
    main()
