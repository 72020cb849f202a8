"""Indexing and reading every kind of container: imnet-data, and ratarmountcore on the same files.

    python -m benchmarks.containers                     1,000 images of 110 KB, some minutes
    python -m benchmarks.containers --images 20000 --kinds tar.gz zip --folder /big/disk

Every contender works in a process of its own, on files in the page cache. Reads are timed for some
seconds at most: at random, and in the archive's order from its start. Below some 600 images the
peer has no random access to gzip.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pictures import WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_RANDOM_S, _IN_ORDER_S = 8.0, 4.0
_MOST_READS = 500


def ours(path: Path, scratch: Path) -> dict[str, Any]:
    import imnet_data

    with imnet_data.open(scratch / "imagenet.db", create=True) as catalogue:
        start = time.perf_counter()
        (report,) = catalogue.index(path, release="mine").archives
        index_s = time.perf_counter() - start
        images = list(catalogue.images(release="*"))
        folder = scratch / "imagenet.db.seek"
        seek_bytes = sum(file.stat().st_size for file in folder.iterdir()) if folder.exists() else 0
        return {
            "images": report.images,
            "index_s": index_s,
            "seek_bytes": seek_bytes,
            **_read(images, lambda image: image.read()),
        }


def ratarmountcore(path: Path, scratch: Path) -> dict[str, Any]:
    from contextlib import redirect_stdout

    from ratarmountcore.mountsource.factory import open_mount_source

    with redirect_stdout(sys.stderr):
        start = time.perf_counter()
        source = open_mount_source(
            str(path), writeIndex=True, indexFilePath=str(scratch / "ratarmount.sqlite")
        )
        names = [
            f"/train/{wnid}/{name}"
            for wnid in source.list("/train") or ()
            for name in source.list(f"/train/{wnid}") or ()
        ]
        index_s = time.perf_counter() - start

    def read(name: str) -> bytes:
        with source.open(source.lookup(name)) as file:
            content: bytes = file.read()
            return content

    with source:
        order = sorted(names, key=lambda name: int(name.rpartition("_")[2].partition(".")[0]))
        return {"images": len(names), "index_s": index_s, "seek_bytes": 0, **_read(order, read)}


CONTENDERS: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
    "imnet-data": ours,
    "ratarmountcore": ratarmountcore,
}


def _read(images: Sequence[Any], read: Callable[[Any], bytes]) -> dict[str, float]:
    """Milliseconds of a read at random, and MB a second in order."""
    drawn = random.Random(0).sample(images, len(images))[:_MOST_READS]
    reads, _, seconds = _timed(drawn, read, _RANDOM_S)
    _, size, in_order_s = _timed(images, read, _IN_ORDER_S)
    return {"random_ms": seconds / reads * 1e3, "in_order": size / in_order_s / 1e6}


def _timed(
    images: Sequence[Any], read: Callable[[Any], bytes], limit_s: float
) -> tuple[int, int, float]:
    start = time.perf_counter()
    size = reads = 0
    for image in images:
        size += len(read(image))
        reads += 1
        if time.perf_counter() - start > limit_s:
            break
    return reads, size, time.perf_counter() - start


def contend(name: str, path: Path) -> None:
    """Run one contender here and print what it took."""
    for library in ("imnet_data.catalogue", "ratarmountcore.mountsource.factory"):
        import_module(library)  # before the clock starts, for everybody
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        result = CONTENDERS[name](path, Path(scratch))
    result["rss_mb"] = _peak_mb()
    print(json.dumps(result))


def _peak_mb() -> float:
    """This process's largest memory; the usual count goes on from that of who started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def race(name: str, path: Path) -> dict[str, Any] | None:
    """A contender in a new process; None where it cannot read such a file."""
    command = [sys.executable, "-m", "benchmarks.containers", "--contend", name, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"{name} on {path.name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


_TITLES = ("images/s", "MB/s", "seek index", "random ms", "in order MB/s", "memory MB")


def show(kind: str, name: str, size: int, result: dict[str, Any] | None) -> None:
    head = f"{kind:14}{name:16}"
    if result is None:
        print(f"{head}{'-':>10}")
        return
    rate = result["images"] / result["index_s"]
    share = f"{result['seek_bytes'] / size:.4%}" if result["seek_bytes"] else "-"
    print(
        f"{head}{rate:>10,.0f}{size / result['index_s'] / 1e6:>10,.0f}{share:>12}"
        f"{result['random_ms']:>12.2f}{result['in_order']:>15,.0f}{result['rss_mb']:>11,.0f}"
    )


def compete(kind: str, folder: Path, count: int) -> None:
    name, write = WRITERS[kind]
    path = folder / kind / name
    path.parent.mkdir()
    write(path, count)
    size = sum(file.stat().st_size for file in path.rglob("*")) if path.is_dir() else 0
    size = size or os.stat(path).st_size
    results = {contender: race(contender, path) for contender in CONTENDERS}
    for contender, result in results.items():
        show(kind, contender, size, result)
    we, peer = results["imnet-data"], results["ratarmountcore"]
    if we and peer:
        indexing, at_random = peer["index_s"] / we["index_s"], peer["random_ms"] / we["random_ms"]
        print(
            f"{'':14}{'ratio':16}{indexing:>10.1f}{'':>22}"
            f"{at_random:>12.1f}{we['in_order'] / peer['in_order']:>15.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--kinds", nargs="+", choices=list(WRITERS), default=list(WRITERS))
    parser.add_argument("--folder", type=Path, help="where the archives are written, and removed")
    parser.add_argument("--contend", nargs=2, metavar=("NAME", "PATH"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contend:
        contend(arguments.contend[0], Path(arguments.contend[1]))
        return
    widths = "{:>10}{:>10}{:>12}{:>12}{:>15}{:>11}"
    print(f"{'':30}{widths.format(*_TITLES)}")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        for kind in arguments.kinds:
            compete(kind, Path(folder), arguments.images)


if __name__ == "__main__":
    main()
