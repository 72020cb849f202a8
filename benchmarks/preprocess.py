"""From a JPEG to a normalised tensor: imnet-data's engines, torchvision with DataLoader, DALI.

    python -m benchmarks.preprocess                        512 made pictures of 110 kB
    python -m benchmarks.preprocess --photos DIR --images 2000 --runs 5

Everyone reads the same files of a folder from the page cache, makes 224 x 224 of their centre at a
short side of 256, and hands over batches of 64 as float16. The contenders take turns, in processes
of their own, and the best run of each counts. CPU seconds are those of all its processes. Peers
that are not installed are named and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 64
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def files_of(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*") if path.is_file())


def _fill(engine: str, device: str, files: list[str]) -> int:
    """One engine of ours over some files; how many it made."""
    import numpy as np

    from imnet_data.tensors.engines.engine import EngineSpec
    from imnet_data.tensors.geometry import Geometry
    from imnet_data.tensors.normalisation import Normalisation

    threads = 1 if device == "cpu" else os.cpu_count() or 1
    torch_s = Normalisation.named("torch")
    spec = EngineSpec(engine, device, Geometry(), torch_s, "float16", threads)  # type: ignore[arg-type]
    made, out = 0, np.empty((BATCH, 3, 224, 224), np.float16)
    with spec.open() as opened:
        for at in range(0, len(files), BATCH):
            some = [(name, Path(name).read_bytes()) for name in files[at : at + BATCH]]
            made += opened.fill(some, out[: len(some)]).count(None)
    return made


def ours(folder: Path, *, engine: str, device: str = "cpu", workers: int = 1) -> int:
    files = files_of(folder)
    _fill(engine, device, [])  # everyone's modules are loaded before the clock starts
    _start()
    if workers == 1:
        return _fill(engine, device, files)
    with ProcessPoolExecutor(workers) as pool:
        shares = [files[at::workers] for at in range(workers)]
        return sum(pool.map(partial(_fill, engine, device), shares))


def torchvision_v1(folder: Path, *, workers: int) -> int:
    """As most training code has it: ImageFolder, and transforms of Pillow's pictures."""
    import torch
    from torchvision import datasets, transforms

    torch.set_num_threads(1)
    steps = [transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor()]
    transform = transforms.Compose([*steps, transforms.Normalize(MEAN, STD)])
    return _load(datasets.ImageFolder(str(folder), transform), workers)


def torchvision_v2(folder: Path, *, workers: int) -> int:
    """torchvision's fastest on a CPU: its own decoder, and transforms of tensors."""
    import torch
    from torchvision import datasets
    from torchvision.io import ImageReadMode, decode_jpeg, read_file
    from torchvision.transforms import v2

    torch.set_num_threads(1)
    steps = [v2.Resize(256, antialias=True), v2.CenterCrop(224)]
    last = [v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)]
    transform = v2.Compose([*steps, *last])

    def load(path: str) -> Any:
        return decode_jpeg(read_file(path), ImageReadMode.RGB)

    return _load(datasets.ImageFolder(str(folder), transform, loader=load), workers)


def _load(dataset: Any, workers: int) -> int:
    from torch.utils.data import DataLoader

    _start()
    made = 0
    for images, _ in DataLoader(dataset, batch_size=BATCH, num_workers=workers):
        made += len(images.half())
    return made


def dali_pipeline(folder: Path, *, device: str = "cpu") -> int:
    """DALI as its examples have it: its own reader, decoder and shorter side."""
    from nvidia.dali import Pipeline, fn, types

    gpu = device != "cpu"
    files = files_of(folder)
    number = int(device.partition(":")[2]) if gpu else None
    threads = os.cpu_count() or 1 if gpu else 1
    _start()
    pipeline = Pipeline(batch_size=BATCH, num_threads=threads, device_id=number)
    with pipeline:
        data, _ = fn.readers.file(files=files, name="files")
        images = fn.decoders.image(data, device="mixed" if gpu else "cpu", output_type=types.RGB)
        small = fn.resize(images, resize_shorter=256, interp_type=types.INTERP_TRIANGULAR)
        tensors = fn.crop_mirror_normalize(
            small, crop=(224, 224), dtype=types.FLOAT16,
            mean=[one * 255 for one in MEAN], std=[one * 255 for one in STD],
        )  # fmt: skip
        pipeline.set_outputs(tensors)
    pipeline.build()
    made = 0
    while made < len(files):
        (batch,) = pipeline.run()
        made += len(batch.as_cpu() if gpu else batch)
    return len(files)


CONTENDERS: dict[str, tuple[Callable[[Path], int], str]] = {
    "imnet-data, pillow": (partial(ours, engine="pillow"), "PIL"),
    "imnet-data, pillow, 2 processes": (partial(ours, engine="pillow", workers=2), "PIL"),
    "imnet-data, dali on the cpu": (partial(ours, engine="dali"), "nvidia.dali"),
    "torchvision on Pillow": (partial(torchvision_v1, workers=0), "torchvision"),
    "torchvision on Pillow, 2 workers": (partial(torchvision_v1, workers=2), "torchvision"),
    "torchvision on tensors": (partial(torchvision_v2, workers=0), "torchvision"),
    "torchvision on tensors, 2 workers": (partial(torchvision_v2, workers=2), "torchvision"),
    "DALI's own pipeline": (dali_pipeline, "nvidia.dali"),
}
ON_GPU: dict[str, tuple[Callable[[Path], int], str]] = {
    "imnet-data, dali on cuda:0": (partial(ours, engine="dali", device="cuda:0"), "nvidia.dali"),
    "DALI's own pipeline on cuda:0": (partial(dali_pipeline, device="cuda:0"), "nvidia.dali"),
}

_began = _cpu = 0.0


def _start() -> None:
    """The clock starts when the contender has its modules and its list of files."""
    global _began, _cpu
    _began, _cpu = time.perf_counter(), sum(os.times()[:4])


def contend(name: str, folder: Path) -> None:
    """Run one contender here and print what it took."""
    made = (CONTENDERS | ON_GPU)[name][0](folder)
    seconds, cpu = time.perf_counter() - _began, sum(os.times()[:4]) - _cpu
    print(json.dumps({"s": seconds, "cpu": cpu, "made": made}))


def race(names: list[str], folder: Path, runs: int) -> dict[str, dict[str, float]]:
    """The best of some runs of each, in turns, every one in a new process."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(runs):
        for name in names:
            command = [sys.executable, "-m", "benchmarks.preprocess", "--contend", name]
            done = subprocess.run(
                [*command, str(folder)], check=True, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            result = json.loads(done.stdout.splitlines()[-1])
            kept = best.setdefault(name, result)
            best[name] = {key: min(kept[key], result[key]) for key in ("s", "cpu", "made")}
    return best


def table(results: dict[str, dict[str, float]], images: int) -> None:
    """Rates; the ratios are to the first contender's, which is ours."""
    titles = ("images/CPU s", "ratio", "images/s", "ratio")
    print(f"{'':36}{{:>14}}{{:>8}}{{:>10}}{{:>8}}".format(*titles))
    first = next(iter(results.values()))
    for name, result in results.items():
        rates = images / result["cpu"], images / result["s"]
        ratios = result["cpu"] / first["cpu"], result["s"] / first["s"]
        print(f"{name:36}{rates[0]:14,.0f}{ratios[0]:8.2f}{rates[1]:10,.0f}{ratios[1]:8.2f}")
        if result["made"] != images:
            print(f"    only {result['made']:,.0f} of {images:,} were made")


def write_pictures(folder: Path, photos: Path | None, images: int) -> None:
    """As many files as are asked for in one class's folder, over and over the same pictures."""
    from benchmarks.pictures import encoded

    if photos is None:
        known = encoded(64)
    else:
        found = [path for path in sorted(photos.rglob("*")) if path.suffix.lower() in _JPEG]
        known = [path.read_bytes() for path in found]
    (folder / "n02084071").mkdir()
    for at in range(images):
        (folder / "n02084071" / f"n02084071_{at}.JPEG").write_bytes(known[at % len(known)])


_JPEG = (".jpg", ".jpeg")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--images", type=int, default=512)
    parser.add_argument("--photos", type=Path, help="a folder of JPEGs, in place of made ones")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--gpu", action="store_true", help="race on cuda:0, too")
    parser.add_argument("--only", nargs="*", help="only these contenders")
    parser.add_argument("--contend", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contend:
        contend(arguments.contend[0], Path(arguments.contend[1]))
        return
    asked = CONTENDERS | (ON_GPU if arguments.gpu else {})
    names = [name for name in asked if not arguments.only or name in arguments.only]
    for name in [name for name in names if not _is_there(asked[name][1])]:
        print(f"{name} is left out: {asked[name][1]} is not installed", file=sys.stderr)
        names.remove(name)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_pictures(folder, arguments.photos, arguments.images)
        size = sum(os.path.getsize(path) for path in files_of(folder))
        print(f"{arguments.images:,} pictures, {size / arguments.images / 1000:,.0f} kB each")
        table(race(names, folder, arguments.runs), arguments.images)


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    main()
