"""Indexing a tar of class tars: imnet-data into its catalogue; ratarmountcore and tarfile.

    python -m benchmarks.index                        10,000 images, a second or two
    python -m benchmarks.index --images 14197122 --peer-images 1000000 --folder /big/disk

Every contender walks its tar in a process of its own, twice, and the better time counts (the file
is in the page cache). A peer may be given a smaller tar of the same shape: its rate is compared.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.synthetic import write_release

if TYPE_CHECKING:
    from collections.abc import Callable


def ours(tar: Path, scratch: Path) -> int:
    import imnet_data

    catalogue = scratch / "imagenet.db"
    with imnet_data.open(catalogue, create=True) as opened:
        (report,) = opened.index(tar).archives
    return report.images


def ratarmountcore(tar: Path, scratch: Path) -> int:
    from contextlib import redirect_stdout

    from ratarmountcore.mountsource.factory import open_mount_source

    with redirect_stdout(sys.stderr):
        source = open_mount_source(
            str(tar),
            recursive=True,
            writeIndex=True,
            indexFilePath=str(scratch / "ratarmount.sqlite"),
        )
    with source:
        return sum(len(source.list(f"/{name}") or ()) for name in source.list("/") or ())


def plain_tarfile(tar: Path, _: Path) -> int:
    images = 0
    with tarfile.open(tar) as outer:
        for member in outer:
            with tarfile.open(fileobj=outer.extractfile(member)) as inner:
                images += sum(1 for _ in inner)
    return images


CONTENDERS: dict[str, Callable[[Path, Path], int]] = {
    "imnet-data": ours,
    "ratarmountcore": ratarmountcore,
    "tarfile": plain_tarfile,
}


def contend(name: str, tar: Path) -> None:
    """Run one contender here and print what it took."""
    for library in ("imnet_data.catalogue", "ratarmountcore.mountsource.factory"):
        import_module(library)  # before the clock starts, for everybody
    with tempfile.TemporaryDirectory(dir=tar.parent) as scratch:
        start = time.perf_counter()
        images = CONTENDERS[name](tar, Path(scratch))
        seconds = time.perf_counter() - start
        written = sum(path.stat().st_size for path in Path(scratch).iterdir())
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"images": images, "s": seconds, "rss_mb": rss_mb, "bytes": written}))


def race(name: str, tar: Path, runs: int) -> dict[str, float]:
    """The best of some runs, each in a new process."""
    command = [sys.executable, "-m", "benchmarks.index", "--contend", name, str(tar)]
    results = []
    for _ in range(runs):
        output = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        results.append(json.loads(output.stdout.splitlines()[-1]))
    return min(results, key=lambda result: float(result["s"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--peer-images", type=int, help="a smaller tar for the peers")
    parser.add_argument("--folder", type=Path, help="where the tars are written, and removed")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--contend", nargs=2, metavar=("NAME", "TAR"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contend:
        contend(arguments.contend[0], Path(arguments.contend[1]))
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        tar = Path(folder) / "fall11_whole.tar"
        write_release(tar, arguments.images)
        peer_tar = tar
        if arguments.peer_images:
            peer_tar = Path(folder) / "peer" / "fall11_whole.tar"
            peer_tar.parent.mkdir()
            write_release(peer_tar, arguments.peer_images)
        rates: dict[str, float] = {}
        titles = ("images", "s", "images/s", "bytes/image", "memory MB", "ratio")
        print(f"{'':16}{{:>12}}{{:>9}}{{:>11}}{{:>13}}{{:>11}}{{:>8}}".format(*titles))
        for name in CONTENDERS:
            result = race(name, tar if name == "imnet-data" else peer_tar, arguments.runs)
            rates[name] = result["images"] / result["s"]
            print(
                f"{name:16}{int(result['images']):>12,}{result['s']:>9.2f}{rates[name]:>11,.0f}"
                f"{result['bytes'] / result['images']:>13.1f}{result['rss_mb']:>11.0f}"
                f"{rates['imnet-data'] / rates[name]:>8.1f}"
            )


if __name__ == "__main__":
    main()
