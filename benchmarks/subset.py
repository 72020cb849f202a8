"""Subsets of a large release: making and locking them, their entries, and how memory grows.

    python -m benchmarks.subset --images 1281167
    python -m benchmarks.subset --catalogue imagenet.db     one that is there, of any size

Times are CPU seconds of one core, so that a busy machine does not spoil them; beside them, in the
same run, SHA-256 of as many short lines by hashlib: what a fingerprint cannot be made without.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import imnet_data
from benchmarks.synthetic import write_release
from imnet_data.progress import Silent
from imnet_data.subsets import draw
from imnet_data.subsets.recipe import Recipe
from imnet_data.subsets.stock import take_stock
from imnet_data.subsets.subset import Subset

if TYPE_CHECKING:
    from collections.abc import Callable

RECIPES = (
    Recipe("everything", drop=()),
    Recipe("a-tenth", fraction=0.1),
    Recipe("100-a-class", per_class=100),
    Recipe("held-out", holdout=0.1),
    Recipe(
        "half-of-two-merged",
        fraction=0.5,
        merge={"living": "organism", "made": "artifact - organism"},
    ),
)


def seconds(job: Callable[[], object]) -> float:
    """The CPU seconds that a job takes."""
    start = time.process_time()
    job()
    return time.process_time() - start


def peak_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def hashing(images: int) -> None:
    """What the hashes alone cost."""
    keys = [b"fall11/none/n01440764_%d" % number for number in range(images)]
    plain = seconds(lambda: [sha256(key).digest() for key in keys])
    ranked = seconds(lambda: draw.ranks(keys, seed=1))
    print(f"{images:,} keys: SHA-256 {plain:.2f} s, ranks {ranked:.2f} s")


def measure(catalogue: imnet_data.Catalogue) -> None:
    """Every recipe: going through its images for the lock, and giving the entries of its parts."""
    print(f"{'recipe':20}{'images':>12}{'lock s':>9}{'entries':>12}{'a second':>10}{'peak MB':>9}")
    for recipe in RECIPES:
        subset = Subset(catalogue._storage, catalogue.scope, catalogue.rows, recipe)  # noqa: SLF001
        start = time.process_time()
        stock = take_stock(subset, Silent())
        locked = time.process_time() - start
        start = time.process_time()
        entries = sum(1 for part in subset.parts for _ in subset.entries(part))
        rate = entries / (time.process_time() - start)
        print(
            f"{recipe.name:20}{stock.lock.images:>12,}{locked:>9.2f}{entries:>12,}{rate:>10,.0f}"
            f"{peak_mb():>9.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--images", type=int, default=200_000)
    parser.add_argument("--catalogue", type=Path)
    parser.add_argument("--folder", type=Path, help="where the files are written, and removed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        path = arguments.catalogue
        if path is None:
            path = Path(name) / "imagenet.db"
            write_release(Path(name) / "fall11_whole.tar", arguments.images)
            with imnet_data.open(path, create=True) as catalogue:
                catalogue.index(Path(name) / "fall11_whole.tar")
        with imnet_data.open(path) as catalogue:
            print(f"{catalogue.stats().images:,} images; peak {peak_mb():.0f} MB when opened")
            measure(catalogue)
            hashing(min(catalogue.stats().images, 1_281_167))


if __name__ == "__main__":
    main()
