"""Finding near looks: imnet-data's blocks, and comparing all pairs or a BK-tree beside them.

    python -m benchmarks.duplicates --looks 50000
    python -m benchmarks.duplicates --alone 1280000        ours alone, of so many
    python -m benchmarks.duplicates --catalogue 1280000    a whole catalogue's, made up

Looks are 64-bit hashes at random with a copy planted of each hundredth, some bits away. Every peer
gives the same groups, or the benchmark fails. The peers are plain numpy (all pairs, exclusive or
and a count of bits), pybktree (pip install pybktree), and imagededup's own compiled search, the
part of it that its `find_duplicates` runs (pip install --no-deps imagededup).
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import imnet_data
from imnet_data.verification.comparing.groups import Groups
from imnet_data.verification.comparing.near import near_groups, ones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    Looks = npt.NDArray[np.uint64]
    Found = set[frozenset[int]]

WITHIN = 4


def planted(count: int, *, seed: int = 0) -> Looks:
    """Looks at random; every hundredth has a copy, up to `WITHIN` bits away, among the last."""
    random = np.random.default_rng(seed)
    looks = random.integers(0, 1 << 64, count, np.uint64)
    copies = looks[: count // 100].copy()
    for _ in range(WITHIN):
        flipped = np.uint64(1) << random.integers(0, 64, len(copies)).astype(np.uint64)
        copies ^= np.where(random.random(len(copies)) < 0.9, flipped, 0).astype(np.uint64)
    looks[count - len(copies) :] = copies
    return looks


def ours(looks: Looks) -> Found:
    groups = near_groups(np.arange(len(looks)), looks, within=WITHIN)
    return {frozenset(group.tolist()) for group in groups}


def by_numpy(looks: Looks) -> Found:
    groups = Groups(len(looks))
    for at, look in enumerate(looks):
        (near,) = np.nonzero(ones(looks[at + 1 :] ^ look) <= WITHIN)
        groups.join(np.full(len(near), at), near + at + 1)
    return _grouped(groups)


def by_bktree(looks: Looks) -> Found:
    tree_of = import_module("pybktree").BKTree
    items = list(zip(looks.tolist(), range(len(looks)), strict=True))
    tree = tree_of(lambda one, other: (one[0] ^ other[0]).bit_count(), items)
    return _joined(
        len(looks), ((item[1], found[1]) for item in items for _, found in tree.find(item, WITHIN))
    )


def by_imagededup(looks: Looks) -> Found:
    peer = import_module("imagededup.handlers.search.brute_force_cython")
    hashes = {str(at): f"{look:016x}" for at, look in enumerate(looks.tolist())}
    search = peer.BruteForceCython(hashes, None)
    return _joined(
        len(looks),
        (
            (at, int(name))
            for at, value in enumerate(hashes.values())
            for name, _ in search.search(value, WITHIN)
        ),
    )


def _joined(count: int, pairs: Iterator[tuple[int, int]]) -> Found:
    groups = Groups(count)
    while some := list(islice(pairs, 100_000)):
        one, other = np.array(some).T
        groups.join(one, other)
    return _grouped(groups)


def _grouped(groups: Groups) -> Found:
    roots = groups.roots()
    held: dict[int, set[int]] = {}
    for at in np.flatnonzero(np.bincount(roots)[roots] > 1).tolist():
        held.setdefault(int(roots[at]), set()).add(at)
    return {frozenset(group) for group in held.values()}


def seconds(job: Callable[[Looks], Found], looks: Looks) -> tuple[float, Found]:
    start = time.perf_counter()
    found = job(looks)
    return time.perf_counter() - start, found


def race(count: int, *, slow: int) -> None:
    """Ours and each peer on the same looks; slow peers on fewer, with ours of as many."""
    print(f"{'within 4 bits of 64':28}{'looks':>10}{'peer s':>10}{'ours s':>10}{'ratio':>9}")
    peers = [
        ("numpy, all pairs", by_numpy, count),
        ("pybktree", by_bktree, slow),
        ("imagededup, all pairs", by_imagededup, slow),
    ]
    for name, peer, size in peers:
        looks = planted(size)
        try:
            theirs, found = seconds(peer, looks)
        except ImportError as error:
            print(f"{name:28}{size:>10,}  not here: {error}")
            continue
        times = []
        for _ in range(3):
            took, mine = seconds(ours, looks)
            assert mine == found, f"{name} finds other groups"
            times.append(took)
        median = sorted(times)[1]
        print(f"{name:28}{size:>10,}{theirs:>10.2f}{median:>10.3f}{theirs / median:>9.0f}")


def alone(count: int) -> None:
    """Ours of very many looks, in a process of its own: seconds, and memory above the looks' own.

    A tenth of the looks are one and the same, as those of flat pictures are.
    """
    looks = planted(count)
    looks[count // 3 : count // 3 + count // 10] = 0
    ids = np.arange(count)
    before = peak_mb()
    start, start_cpu = time.perf_counter(), time.process_time()
    groups = sum(1 for _ in near_groups(ids, looks, within=WITHIN))
    took, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    print(
        f"ours alone: {count:,} looks, {groups:,} groups, {took:.1f} s ({cpu:.1f} of a core), "
        f"{peak_mb() - before:,.0f} MB above the {looks.nbytes * 2 / 1e6:,.0f} of ids and looks"
    )


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


# -- a whole catalogue


def write_catalogue(path: Path, count: int) -> None:
    """A catalogue of so many inspected images that lie nowhere; each hundredth is a copy."""
    from imnet_data.db import archives, bulk, inspections
    from imnet_data.db.engine import open_storage, writing
    from imnet_data.facts.class_lists import class_list
    from imnet_data.verification.stamps import stamps

    ids = class_list("imagenet21k-fall11").ids.tolist()[: max(1, count // 650)]
    looks = planted(count).view(np.int64)
    with (
        closing(open_storage(str(path), create=True, made_by="a benchmark")) as storage,
        writing(storage) as connection,
    ):
        release = bulk.release_id_of(connection, "fall11")
        archive = archives.add_archive(
            connection, uri="fall11.tar", container="tar", layout="ilsvrc-train",
            release=release, size=count << 17, signature="1", state=archives.WHOLE,
        )  # fmt: skip
        a_class = -(-count // len(ids))
        with bulk.ImageLoader(connection, release_id=release, archive_id=archive) as loader:
            for at, synset in enumerate(ids):
                numbers = range(min(at * a_class, count), min((at + 1) * a_class, count))
                if numbers:
                    offsets = [n << 17 for n in numbers]
                    loader.add_plain(synset, 1, numbers, offsets, [100_000] * len(numbers))
            loader.flush()
        bulk.add_counts(connection, release, loader.loaded.counts)
        for start in range(0, count, 100_000):
            numbers = range(start, min(start + 100_000, count))
            signs = stamps(archive, ((n << 17, 100_000) for n in numbers), "1")
            inspections.record(connection, list(_inspections(numbers, signs, looks, count)))


def _inspections(
    numbers: range, signs: list[int], looks: npt.NDArray[np.int64], count: int
) -> Iterator[Any]:
    first_copy = count - count // 100
    some = looks[numbers.start : numbers.stop].tolist()
    for number, sign, look in zip(numbers, signs, some, strict=True):
        original = number if number < first_copy else number - first_copy
        yield number + 1, sign, 3, 1, 1, 500, 375, _digest(original), look


def _digest(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "little")).digest()[:16]


def whole(count: int, path: Path) -> None:
    """Findings of comparing, and groups by bytes and by looks, out of a catalogue on disk."""
    if not path.exists():
        write_catalogue(path, count)
    for what in ("compared", "duplicates", "near"):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.duplicates", "--ask", what, "--at", str(path)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        print(f"{count:,} images, {what:12}{done.stdout.strip()}")


def ask(what: str, path: Path) -> None:
    from imnet_data.verification.comparing.compare import compared

    with imnet_data.open(path) as catalogue:
        start = time.perf_counter()
        if what == "compared":
            with catalogue.reading() as connection:
                found = sum(1 for _ in compared(connection))
        else:
            near = WITHIN if what == "near" else None
            found = sum(1 for _ in catalogue.duplicates(near=near))
        took = time.perf_counter() - start
    print(f"{found:>10,} found in {took:6.1f} s, {peak_mb():,.0f} MB at most")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--looks", type=int, default=50_000, help="of the race with peers")
    parser.add_argument("--slow", type=int, default=3_000, help="of the race with slow ones")
    parser.add_argument("--alone", type=int, help="so many looks, ours alone")
    parser.add_argument("--catalogue", type=int, help="a made-up catalogue of so many images")
    parser.add_argument("--at", type=Path, help="where that is, or is to be, to be kept")
    parser.add_argument("--ask", choices=("compared", "duplicates", "near"))
    arguments = parser.parse_args()
    if arguments.ask:
        ask(arguments.ask, arguments.at)
    elif arguments.alone:
        alone(arguments.alone)
    elif arguments.catalogue and arguments.at:
        whole(arguments.catalogue, arguments.at)
    elif arguments.catalogue:
        with tempfile.TemporaryDirectory() as folder:
            whole(arguments.catalogue, Path(folder) / "imagenet.db")
    else:
        race(arguments.looks, slow=arguments.slow)


if __name__ == "__main__":
    main()
