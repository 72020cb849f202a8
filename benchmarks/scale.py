"""One, two and four workers, on this machine and in Dask: images a second, and what a unit costs.

    python -m benchmarks.scale                        1,000 generated pictures, some minutes
    python -m benchmarks.scale --photos DIR --images 5000
    python -m benchmarks.scale --copy imagenet.db     a catalogue into PostgreSQL and back

The first table is what handing over a unit costs: of one that does nothing, and of verification's,
of 64 pictures, beside Dask's own `Client.map` and `dask.bag` over the same units (no child
processes, no deadline, no bound of memory). The second runs whole stages, each in a process of its
own, with what this process, the one writer, spent on them. The machine's cores bound both: four
workers on two cores show what more workers than cores cost.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pictures import encoded
from benchmarks.scale_units import Nothing, engine, seconds_of, seconds_of_bag, seconds_of_map
from benchmarks.verify import photographs
from imnet_data.archives.kinds import TAR
from imnet_data.verification.levels import Level
from imnet_data.verification.spans import ArchiveFile, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imnet_data.work.workers import Workers

_WNID = "n01440764"
_TAR = "ILSVRC2012_img_train.tar"
_CATALOGUE = "imagenet.db"
_UNIT = 64  # pictures of a unit of verification


def write_tar(path: Path, pictures: Sequence[bytes], images: int) -> None:
    """One class of the train archive: the pictures again and again, each time by another name."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for at in range(images):
            info = tarfile.TarInfo(f"train/{_WNID}/{_WNID}_{at}.JPEG")
            info.size = len(pictures[at % len(pictures)])
            tar.addfile(info, io.BytesIO(pictures[at % len(pictures)]))


def spans(path: Path) -> list[Span]:
    """What verification would hand over for a tar, cut as it cuts it."""
    with tarfile.open(path) as tar:
        members = tar.getmembers()
    file = ArchiveFile(1, str(path), TAR, path.stat().st_size, None)
    found = []
    for first in range(0, len(members), _UNIT):
        some = members[first : first + _UNIT]
        ids = tuple(range(first, first + len(some)))
        offsets, sizes = (tuple(getattr(one, name) for one in some) for name in _PLACE)
        names = tuple(Path(one.name).name for one in some)
        found.append(Span(file, Level.DECODE, ids, ids, offsets, sizes, names))
    return found


_PLACE = ("offset_data", "size")


# -- what a unit costs


def race_units(tar: Path, counts: Sequence[int], empty: int) -> None:
    real = spans(tar)
    nothing = [Nothing(at) for at in range(empty)]
    print(f"\nmilliseconds a unit: {empty:,} that do nothing, {len(real)} of {_UNIT} pictures")
    titles = ("nothing", "pictures", "images/s", "ours is")
    print(f"{'workers':22}" + "".join(f"{title:>12}" for title in titles))
    images = sum(len(one.ids) for one in real)
    for workers in counts:
        rates: dict[str, float] = {}
        for name, measure in _RACERS.items():
            each = measure(nothing, workers) * 1e3 / empty
            took = measure(real, workers)
            rates[name] = images / took
            ratio = rates["dask, ours"] / rates[name] if "dask, ours" in rates else None
            print(
                f"{workers} {name:20}{each:>12.3f}{took * 1e3 / len(real):>12.1f}"
                f"{rates[name]:>12,.0f}" + (f"{ratio:>11.2f}x" if ratio else ""),
                flush=True,
            )


_RACERS: dict[str, Callable[[Sequence[Any], int], float]] = {
    "local": lambda units, workers: seconds_of(units, "local", workers),
    "dask, ours": lambda units, workers: seconds_of(units, "dask", workers),
    "dask Client.map": seconds_of_map,
    "dask.bag": seconds_of_bag,
}


# -- whole stages


def _verify(folder: Path, workers: Workers) -> int:
    import imnet_data

    with imnet_data.open(folder / _CATALOGUE) as catalogue:
        return catalogue.verify(level="decode", workers=workers).looked_at


def _mean(folder: Path, workers: Workers) -> int:
    import imnet_data

    with imnet_data.open(folder / _CATALOGUE) as catalogue:
        return catalogue.subset("ilsvrc2012").mean(workers=workers, again=True).statistics.images


def _preprocess(folder: Path, workers: Workers) -> int:
    import imnet_data
    from imnet_data.tensors.options import TensorOptions
    from imnet_data.tensors.preprocess import RunOptions, preprocess

    with imnet_data.open(folder / _CATALOGUE) as catalogue:
        asked = TensorOptions(per_shard=128)
        plan = catalogue.subset("ilsvrc2012").plan(folder / "plan", parts=["train"], options=asked)
    options = RunOptions("pillow", "cpu", workers)
    return preprocess(plan, folder / "tensors", options=options).images


STAGES: dict[str, Callable[[Path, Workers], int]] = {
    "verify decode": _verify,
    "mean": _mean,
    "preprocess": _preprocess,
}


@dataclass(frozen=True, slots=True)
class Ran:
    """A stage that ran: images, seconds, and what this process took of them."""

    images: int
    seconds: float
    parent_s: float
    parent_mb: float


def run_stage(stage: str, name: str, workers: int, folder: Path) -> None:
    """Run one here and print what it took."""
    with engine(name, workers) as made:
        before, start = time.process_time(), time.perf_counter()
        images = STAGES[stage](folder, made)
        seconds = time.perf_counter() - start
        parent_s = time.process_time() - before
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([images, seconds, parent_s, peak_mb]))


def in_its_own(stage: str, name: str, workers: int, made: Path) -> Ran:
    """Run a stage in a process of its own, on a copy of a catalogue."""
    with tempfile.TemporaryDirectory(dir=made) as folder:
        shutil.copy(made / _CATALOGUE, folder)
        os.link(made / _TAR, Path(folder) / _TAR)
        command = [sys.executable, "-m", "benchmarks.scale", "--run", stage, name, str(workers)]
        done = subprocess.run([*command, folder], check=True, stdout=subprocess.PIPE)
    return Ran(*json.loads(done.stdout.splitlines()[-1]))


def race_stages(made: Path, counts: Sequence[int], stages: Sequence[str]) -> None:
    import imnet_data

    with imnet_data.open(made / _CATALOGUE, create=True) as catalogue:
        catalogue.index(made / _TAR)
    titles = ("images/s", "to one", "to local", "ms of ours", "our MB")
    for stage in stages:
        print(f"\n{stage}\n{'workers':22}" + "".join(f"{title:>12}" for title in titles))
        rates: dict[tuple[str, int], float] = {}
        for workers in counts:
            for name in ("local", "dask"):
                ran = in_its_own(stage, name, workers, made)
                rate = rates[name, workers] = ran.images / ran.seconds
                print(
                    f"{workers} {name:20}{rate:>12,.0f}{rate / rates[name, counts[0]]:>11.2f}x"
                    f"{rate / rates['local', workers]:>11.2f}x"
                    f"{ran.parent_s * 1e3 / ran.images:>12.2f}{ran.parent_mb:>12.0f}",
                    flush=True,
                )


def race(arguments: argparse.Namespace) -> None:
    """Every race that was asked for, over one tar."""
    pictures = photographs(arguments.photos) if arguments.photos else encoded(100, coarse=(12, 16))
    # Workers import this package's modules from the folder that it was started in.
    os.environ["PYTHONPATH"] = os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])
    with tempfile.TemporaryDirectory(dir=arguments.folder) as scratch:
        made = Path(scratch)
        write_tar(made / _TAR, pictures, arguments.images)
        if arguments.only in {None, "units"}:
            race_units(made / _TAR, arguments.workers, arguments.empty)
        if arguments.only in {None, "stages"}:
            race_stages(made, arguments.workers, arguments.stages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--photos", type=Path, help="a folder of photographs; else generated ones")
    parser.add_argument("--images", type=int, default=1000, help="in the tar")
    parser.add_argument("--empty", type=int, default=2000, help="units that do nothing")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--folder", type=Path, help="where the tar is written, and removed")
    parser.add_argument("--only", choices=("units", "stages"))
    parser.add_argument("--stages", nargs="+", default=list(STAGES), choices=list(STAGES))
    parser.add_argument("--copy", type=Path, metavar="CATALOGUE", help="copy this one, and no more")
    parser.add_argument("--run", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        stage, name, workers, folder = arguments.run
        run_stage(stage, name, int(workers), Path(folder))
    elif arguments.copy:
        from benchmarks.scale_copy import race_copies

        race_copies(arguments.copy, arguments.folder)
    else:
        race(arguments)


if __name__ == "__main__":
    main()
