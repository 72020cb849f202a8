"""Verifying: which damage is noticed, and how fast, beside Pillow, simplejpeg and cleanvision.

    python -m benchmarks.verify                       100 generated pictures, a minute or two
    python -m benchmarks.verify --photos DIR          photographs (*.JPEG, *.jpg) of a folder
    python -m benchmarks.verify --images 20000        a longer race through a whole catalogue

Speeds are images a second of one core's time, the contenders taking turns of 16 pictures, ten times
over; the best of each turn counts. Ours is what a worker does, reading from a tar in the page cache
included; the others have the bytes in memory. The last race runs `catalogue.verify`
over a tar of the same pictures, repeated, with one and two worker processes.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import simplejpeg
from PIL import Image

from benchmarks.damage import table
from benchmarks.pictures import encoded
from imnet_data.archives.kinds import TAR
from imnet_data.verification.levels import Level
from imnet_data.verification.spans import ArchiveFile, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ROUNDS = 10
_TURN = 16
_PER_CLASS = 1000


def photographs(folder: Path) -> list[bytes]:
    files = sorted([*folder.rglob("*.JPEG"), *folder.rglob("*.jpg")])
    return [file.read_bytes() for file in files]


def _strict(data: bytes) -> None:
    simplejpeg.decode_jpeg(data, colorspace="GRAY", min_height=1, min_width=1, strict=True)


def _load(data: bytes) -> None:
    with Image.open(io.BytesIO(data)) as image:
        image.load()


def _each(look: Callable[[bytes], object]) -> Callable[[Span, Sequence[bytes]], object]:
    return lambda _, turn: [look(data) for data in turn]


def _worker(level: Level) -> Callable[[Span, Sequence[bytes]], object]:
    return lambda span, _: replace(span, level=level).run()


RACERS: dict[str, Callable[[Span, Sequence[bytes]], object]] = {
    "imnet-data decode": _worker(Level.DECODE),
    "imnet-data digest": _worker(Level.DIGEST),
    "simplejpeg strict": _each(_strict),
    "Pillow load()": _each(_load),
}


def turns(path: Path, pictures: Sequence[bytes]) -> list[tuple[Span, Sequence[bytes]]]:
    """Spans of a tar of the pictures, each with the same pictures in memory."""
    write_tar(path, pictures, len(pictures))
    with tarfile.open(path) as tar:
        members = tar.getmembers()
    file = ArchiveFile(1, str(path), TAR, path.stat().st_size, None)
    found = []
    for first in range(0, len(pictures), _TURN):
        some = members[first : first + _TURN]
        ids = tuple(range(first, first + len(some)))
        offsets = tuple(one.offset_data for one in some)
        sizes = tuple(one.size for one in some)
        names = tuple(Path(one.name).name for one in some)
        span = Span(file, Level.DECODE, ids, ids, offsets, sizes, names)
        found.append((span, pictures[first : first + _TURN]))
    return found


def race(pictures: Sequence[bytes], folder: Path | None) -> None:
    """Print images a second and a core, from the best round of each turn."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        all_turns = turns(Path(scratch) / "race.tar", pictures)
        best = {name: [float("inf")] * len(all_turns) for name in RACERS}
        for _ in range(_ROUNDS):
            for at, (span, turn) in enumerate(all_turns):
                for name, look in RACERS.items():
                    start = time.thread_time()  # others on the machine cost less of it
                    look(span, turn)
                    best[name][at] = min(best[name][at], time.thread_time() - start)
    rates = {name: len(pictures) / sum(times) for name, times in best.items()}
    mean_kb = sum(map(len, pictures)) / len(pictures) / 1000
    print(f"\none core, {len(pictures)} pictures of {mean_kb:.0f} kB on average")
    print(f"{'':20}{'images/s':>10}{'ours is':>11}")
    for name, rate in rates.items():
        print(f"{name:20}{rate:>10,.0f}{rates['imnet-data decode'] / rate:>10.2f}x")


def write_tar(path: Path, pictures: Sequence[bytes], count: int) -> None:
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for at in range(count):
            wnid = f"n{2084071 + at // _PER_CLASS:08d}"
            info = tarfile.TarInfo(f"train/{wnid}/{wnid}_{at}.JPEG")
            info.size = len(pictures[at % len(pictures)])
            tar.addfile(info, io.BytesIO(pictures[at % len(pictures)]))


def whole(tar: Path, workers: int) -> None:
    """Verify a tar here, in a catalogue of its own, and print what it took."""
    import imnet_data

    with (
        tempfile.TemporaryDirectory(dir=tar.parent) as folder,
        imnet_data.open(Path(folder) / "imagenet.db", create=True) as catalogue,
    ):
        catalogue.index(tar)
        before = time.process_time()
        start = time.perf_counter()
        report = catalogue.verify(level="decode", workers=workers)
        seconds = time.perf_counter() - start
        parent_s = time.process_time() - before
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = {"images": report.looked_at, "s": seconds, "parent_s": parent_s, "parent_mb": peak_mb}
    print(json.dumps(result))


def race_whole(pictures: Sequence[bytes], images: int, folder: Path | None) -> None:
    """Print a whole verification's images a second with one and two workers."""
    titles = ("images/s", "ratio", "parent s", "parent MB")
    print(f"\ncatalogue.verify(level='decode') of {images:,} images")
    print(f"{'workers':10}" + "".join(f"{title:>11}" for title in titles))
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        tar = Path(scratch) / "ILSVRC2012_train.tar"
        write_tar(tar, pictures, images)
        first = 0.0
        for workers in (1, 2):
            command = [sys.executable, "-m", "benchmarks.verify", "--whole", str(tar), str(workers)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
            result = json.loads(done.stdout.splitlines()[-1])
            rate = result["images"] / result["s"]
            first = first or rate
            print(
                f"{workers:<10}{rate:>11,.0f}{rate / first:>10.2f}x{result['parent_s']:>11.1f}"
                f"{result['parent_mb']:>11.0f}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--photos", type=Path, help="a folder of photographs; else generated ones")
    parser.add_argument("--images", type=int, default=2000, help="in the catalogue")
    parser.add_argument("--folder", type=Path, help="where the tar is written, and removed")
    parser.add_argument("--only", choices=("damage", "race", "whole"))
    parser.add_argument("--whole", nargs=2, metavar=("TAR", "WORKERS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.whole:
        whole(Path(arguments.whole[0]), int(arguments.whole[1]))
        return
    pictures = photographs(arguments.photos) if arguments.photos else encoded(100, coarse=(12, 16))
    if arguments.only in {None, "damage"}:
        table(pictures)
    if arguments.only in {None, "race"}:
        race(pictures, arguments.folder)
    if arguments.only in {None, "whole"}:
        race_whole(pictures, arguments.images, arguments.folder)


if __name__ == "__main__":
    main()
