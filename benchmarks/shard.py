"""Writing images out as shards: imnet-data; webdataset's writer, tar, cp with sha256sum, litdata.

    python -m benchmarks.shard                           4,000 pictures of 110 kB
    python -m benchmarks.shard --images 40000 --folder /big/disk --runs 5

Everyone reads the same tar and leaves its output on the disk (fsync, for those who do not); the
contenders take turns, and the best time of each counts. `tar` and `cp`
know nothing of images: they are how fast bytes can go at all. litdata is left out where it is not
installed. At the end: are the bytes the same with one worker, with two, and after a kill.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pictures import write_tar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.sharding.entry import Entry

SHARD_BYTES = 64_000_000


def entries(tar: Path) -> Iterator[Entry]:
    """The tar's images, ranked by the hash of their names."""
    from hashlib import blake2b

    from imnet_data.archives.reading import Place
    from imnet_data.sharding.entry import Entry

    size = tar.stat().st_size
    with tarfile.open(tar) as opened:
        for number, info in enumerate(opened):
            base = info.name.rpartition("/")[2]
            place = Place(str(tar), info.offset_data, info.size, size, base)
            rank = int.from_bytes(blake2b(base.encode(), digest_size=8).digest(), "big")
            name = base.removesuffix(".JPEG")
            yield Entry(name, place, number // 100, base[:9], None, rank)


def _ours(tar: Path, to: Path, *, workers: int, digest: bool) -> None:
    from imnet_data.sharding.options import ShardOptions
    from imnet_data.sharding.write import write_shards

    options = ShardOptions(shard_size_bytes=SHARD_BYTES, digest=digest)
    about = {"name": "benchmark"}
    known = list(entries(tar))
    _start()
    write_shards({"train": known}, to, classes=(), options=options, about=about, workers=workers)


def ours(tar: Path, to: Path) -> None:
    _ours(tar, to, workers=1, digest=True)


def ours_two(tar: Path, to: Path) -> None:
    _ours(tar, to, workers=2, digest=True)


def ours_plain(tar: Path, to: Path) -> None:
    _ours(tar, to, workers=1, digest=False)


def ours_plain_two(tar: Path, to: Path) -> None:
    _ours(tar, to, workers=2, digest=False)


def shard_writer(tar: Path, to: Path) -> None:
    """The same images, from the same file, in the order that they lie in."""
    import webdataset as wds

    known = list(entries(tar))
    to.mkdir()
    _start()
    pattern = str(to / "train-%06d.tar")
    with (
        tar.open("rb") as file,
        wds.ShardWriter(pattern, maxsize=SHARD_BYTES, encoder=False, verbose=0) as sink,
    ):
        for entry in known:
            file.seek(entry.place.offset)
            said = {"label": entry.label, "wnid": entry.wnid, "ilsvrc_index": -1}
            sink.write({
                "__key__": entry.name,
                "jpg": file.read(entry.place.size),
                "cls": str(entry.label).encode(),
                "json": json.dumps(said).encode(),
            })  # fmt: skip
    _settle(to)


def _settle(to: Path) -> None:
    """Wait until the disk has what was written, as imnet-data does by itself."""
    for path in to.iterdir():
        fd = os.open(path, os.O_RDONLY)
        os.fsync(fd)
        os.close(fd)


def litdata_optimize(tar: Path, to: Path) -> None:
    """litdata's own chunks: other files, with the same pictures in them."""
    import litdata  # few have it

    known = list(entries(tar))
    _start()
    litdata.optimize(
        fn=_litdata_sample, inputs=known, output_dir=str(to), chunk_bytes=SHARD_BYTES,
        num_workers=1, verbose=False, start_method="fork",
    )  # fmt: skip
    _settle(to)


def _litdata_sample(entry: Entry) -> dict[str, Any]:
    with open(entry.place.path, "rb") as file:
        file.seek(entry.place.offset)
        return {"image": file.read(entry.place.size), "label": entry.label}


def gnu_tar(tar: Path, to: Path) -> None:
    """One tar of the files of a folder, which somebody unpacked before."""
    folder = tar.with_suffix(".folder")
    to.mkdir()
    _start()
    subprocess.run(["tar", "-C", folder, "-cf", to / "train.tar", "."], check=True)
    _settle(to)


def cp(tar: Path, to: Path) -> None:
    to.mkdir()
    _start()
    subprocess.run(["cp", tar, to / "train.tar"], check=True)
    _settle(to)


def cp_and_sum(tar: Path, to: Path) -> None:
    to.mkdir()
    _start()
    subprocess.run(["cp", tar, to / "train.tar"], check=True)
    subprocess.run(["sha256sum", to / "train.tar"], check=True, stdout=subprocess.DEVNULL)
    _settle(to)


def cp_and_hash(tar: Path, to: Path) -> None:
    """The same with Python's SHA-256, which uses the processor's instructions for it."""
    import hashlib

    to.mkdir()
    _start()
    subprocess.run(["cp", tar, to / "train.tar"], check=True)
    with (to / "train.tar").open("rb") as file:
        hashlib.file_digest(file, "sha256")
    _settle(to)


CONTENDERS: dict[str, Callable[[Path, Path], None]] = {
    "imnet-data": ours,
    "imnet-data, 2 workers": ours_two,
    "cp, then sha256sum": cp_and_sum,
    "cp, then hashlib": cp_and_hash,
    "without digest": ours_plain,
    "the same, 2 workers": ours_plain_two,
    "cp": cp,
    "webdataset ShardWriter": shard_writer,
    "tar of loose files": gnu_tar,
    "litdata optimize": litdata_optimize,
}

_began = _cpu = 0.0


def _start() -> None:
    """The clock starts when the contender has its list of images."""
    global _began, _cpu
    _began, _cpu = time.perf_counter(), sum(os.times()[:4])


def contend(name: str, tar: Path, to: Path) -> None:
    """Run one contender here and print what it took."""
    CONTENDERS[name](tar, to)
    seconds = time.perf_counter() - _began
    cpu = sum(os.times()[:4]) - _cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"s": seconds, "cpu": cpu, "rss_mb": peak / 1024}))


def race(names: list[str], tar: Path, runs: int) -> dict[str, dict[str, float]]:
    """The best of some runs of each, in turns, every one in a new process."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(runs):
        for name in names:
            to = tar.with_name("written")
            command = [sys.executable, "-m", "benchmarks.shard", "--contend", name, str(tar)]
            done = subprocess.run([*command, str(to)], check=True, capture_output=True)
            result = json.loads(done.stdout.splitlines()[-1])
            shutil.rmtree(to)
            if name not in best or result["s"] < best[name]["s"]:
                best[name] = result
    return best


def sums(folder: Path) -> dict[str, str]:
    """Every file's SHA-256."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def same_bytes(tar: Path) -> None:
    """Say whether one worker, two, and two runs with a kill between write the same."""
    found = []
    for workers, kill in ((1, False), (2, False), (2, True)):
        to = tar.with_name(f"same-{workers}-{kill}")
        kept = _killed(tar, to) if kill else 0
        _ours(tar, to, workers=workers, digest=True)
        found.append(sums(to))
        shutil.rmtree(to)
    print(f"\nthe same bytes with 1 worker and with 2: {found[0] == found[1]}")
    print(f"the same after a kill, with {kept} shards kept from before it: {found[0] == found[2]}")


def _killed(tar: Path, to: Path) -> int:
    """Begin writing in another process and kill it, and all it started, midway."""
    command = [sys.executable, "-m", "benchmarks.shard", "--contend", "imnet-data, 2 workers"]
    with subprocess.Popen([*command, str(tar), str(to)], start_new_session=True) as process:
        while process.poll() is None and len(list(to.glob("*.tar"))) < 2:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    return len(list(to.glob("*.tar")))


def unpack(tar: Path) -> None:
    """Loose files for who packs such."""
    folder = tar.with_suffix(".folder")
    with tarfile.open(tar) as opened:
        opened.extractall(folder, filter="data")


def pack(photos: Path, tar: Path, images: int) -> None:
    """A tar of one's own photographs, over and over until there are enough."""
    files = sorted(path for path in photos.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    with tarfile.open(tar, "w", format=tarfile.USTAR_FORMAT) as out:
        for number in range(images):
            data = files[number % len(files)].read_bytes()
            info = tarfile.TarInfo(f"n{2084071 + number // 100:08d}_{number}.JPEG")
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--images", type=int, default=4_000)
    parser.add_argument("--photos", type=Path, help="a folder of JPEGs, in place of made ones")
    parser.add_argument("--folder", type=Path, help="where everything is written, and removed")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="only these contenders")
    parser.add_argument("--contend", nargs=3, metavar=("NAME", "TAR", "TO"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contend:
        name, tar, to = arguments.contend
        contend(name, Path(tar), Path(to))
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        tar = Path(folder) / "images.tar"
        if arguments.photos:
            pack(arguments.photos, tar, arguments.images)
        else:
            write_tar(tar, arguments.images)
        unpack(tar)
        names = [
            name for name in CONTENDERS
            if (name in arguments.only if arguments.only else True)
            and (name != "litdata optimize" or find_spec("litdata"))
        ]  # fmt: skip
        table(race(names, tar, arguments.runs), tar.stat().st_size, arguments.images)
        same_bytes(tar)


def table(results: dict[str, dict[str, float]], size: int, images: int) -> None:
    """Rates; `ratio` is the rate beside the first contender's."""
    titles = ("s", "CPU s", "MB/s", "images/s", "memory MB", "ratio")
    print(f"{size / 1e6:,.0f} MB, {images:,} images")
    print(f"{'':24}{{:>9}}{{:>9}}{{:>9}}{{:>11}}{{:>12}}{{:>8}}".format(*titles))
    first = next(iter(results.values()))["s"]
    for name, result in results.items():
        s = result["s"]
        print(
            f"{name:24}{s:>9.2f}{result['cpu']:>9.2f}{size / s / 1e6:>9,.0f}{images / s:>11,.0f}"
            f"{result['rss_mb']:>12.0f}{s / first:>8.2f}"
        )


if __name__ == "__main__":
    main()
