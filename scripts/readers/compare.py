"""Every format of `imnet-data shard`, read by those who will, held against the catalogue.

How each reader is called is reading.py's; scripts/check_readers makes the environment.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image
from reading import BYTES, READERS

import imnet_data
from imnet_data.demo.build import build_demo
from imnet_data.sharding.options import ShardOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.catalogue import Catalogue

_SUBSET: Final = "ilsvrc2012"
_OPTIONS: Final = {
    "webdataset": ShardOptions(shard_size_bytes=150_000),
    "parquet": ShardOptions("parquet", shard_size_bytes=150_000),
    "folder": ShardOptions("folder"),
    "tar": ShardOptions("tar"),
}
_PARTS: Final = ("train", "val", "test")


def main() -> int:
    """Write the sets, read them, print a table; 1 if anything differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("readers", nargs="*")
    parser.add_argument("--one", action="store_true", help="in this process, as JSON")
    asked = parser.parse_args()
    if asked.one:
        print("\n" + json.dumps(_read(asked.folder, asked.readers[0])))
        return 0
    _write(asked.folder)
    width = max(map(len, READERS))
    all_well = True
    for name in asked.readers or READERS:
        package, found, well = _outcome(asked.folder, name)
        print(f"{'ok ' if well else 'NOT'}  {name:{width}}  {package:27}  {found}", flush=True)
        all_well &= well
    return 0 if all_well else 1


def _write(folder: Path) -> None:
    folder.mkdir(parents=True)
    build_demo(folder / "demo")
    with imnet_data.open(folder / "imagenet.db", create=True) as catalogue:
        catalogue.index(folder / "demo")
        # The demo has broken images: what is verified is left out of the sets.
        catalogue.verify(level="decode")
        expected = {part: list(_expected(catalogue, part)) for part in _PARTS}
        (folder / "expected.json").write_text(json.dumps(expected))
        for name, options in _OPTIONS.items():
            catalogue.subset(_SUBSET).shard(folder / name, options=options)
    (folder / "classes.txt").write_text((folder / "webdataset" / "classes.txt").read_text())


def _expected(catalogue: Catalogue, part: str) -> Iterator[tuple[str, str, int]]:
    """SHA-256 of the bytes, of the pixels in RGB, and the label of each image, by the catalogue."""
    subset = catalogue.subset(_SUBSET)
    numbers = {one.wnid: one.index for one in subset.class_labels}
    taken = {one.name for one in subset.listing(part)}
    for image in catalogue.images(split=part, release=_SUBSET):
        if image.name not in taken:
            continue
        data = image.read()
        label = -1 if part == "test" or image.wnid is None else numbers[image.wnid]
        yield sha256(data).hexdigest(), pixels(data), label


def pixels(data: bytes) -> str:
    """The SHA-256 of a picture's pixels."""
    with Image.open(io.BytesIO(data)) as picture:
        return sha256(np.asarray(picture.convert("RGB")).tobytes()).hexdigest()


def _outcome(folder: Path, name: str) -> tuple[str, str, bool]:
    """A reader's row: in a process of its own, for it may take that down."""
    package = _version(name)
    command = [sys.executable, __file__, str(folder), name, "--one"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it died"])[-1]
        return package, f"failed: {last[:300]}", False
    return (package, *_judged(folder, json.loads(done.stdout.splitlines()[-1]), name))


def _judged(folder: Path, found: dict[str, Any], name: str) -> tuple[str, bool]:
    expected = json.loads((folder / "expected.json").read_text())
    what = READERS[name].compares
    told, well = [], True
    for part, samples in found.items():
        column = 0 if what == BYTES else 1
        wanted = sorted([one[column], one[2]] for one in expected[part])
        same = sorted(samples) == wanted
        well &= same
        told.append(f"{part} {len(samples)}" + ("" if same else f" of {len(wanted)}, differing"))
    return f"{', '.join(told)}: number, {what}, labels", well


def _read(folder: Path, name: str) -> dict[str, list[tuple[str, int]]]:
    reader = READERS[name]
    names = (folder / "classes.txt").read_text().split()
    classes = {name: label for label, name in enumerate(names)}
    return {
        part: [
            (sha256(data).hexdigest(), classes[label] if isinstance(label, str) else label)
            for data, label in reader.read(folder / reader.format, part)
        ]
        for part in reader.parts
    }


def _version(name: str) -> str:
    package = READERS[name].package
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package}, not installed"


if __name__ == "__main__":
    sys.exit(main())
