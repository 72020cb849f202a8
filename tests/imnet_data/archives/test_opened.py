"""What is kept open between reads: shared by threads, made anew in forked and spawned processes."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imnet_data.archives.compressed.random_access import SeekableFile
from imnet_data.archives.compressed.tars import read as read_compressed
from imnet_data.archives.opened import KeptOpen
from imnet_data.archives.reading import read
from tests.factory import Member, tar_bytes

from .packing import KINDS, index, packed

if TYPE_CHECKING:
    from imnet_data.archives.reading import Place

_CHECKOUT = Path(__file__).parents[3]


def members() -> list[Member]:
    draw = random.Random(3)
    return [Member(f"{at}.jpg", draw.randbytes(draw.randrange(15_000))) for at in range(30)]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Place, bytes]]:
    """Images of one compressed tar of each kind, with what they hold."""
    folder = tmp_path_factory.mktemp("opened")
    found = []
    for kind in KINDS:
        path = folder / f"a.{kind}"
        path.write_bytes(packed(kind, tar_bytes(members()), piece=100_000))
        places, _ = index(path)
        found += [(places[one.name], one.data) for one in members()]
    return found


def test_threads_read_different_images_of_the_same_archives_at_once(
    images: list[tuple[Place, bytes]],
) -> None:
    order = random.Random(1).sample(images, 40) * 2
    with ThreadPoolExecutor(8) as threads:
        read_back = list(threads.map(read, [place for place, _ in order]))
    assert read_back == [data for _, data in order]


def test_spawned_processes_read_what_they_were_handed(images: list[tuple[Place, bytes]]) -> None:
    spawned = multiprocessing.get_context("spawn")
    chosen = images[::7]
    with ProcessPoolExecutor(1, mp_context=spawned) as process:
        read_back = list(process.map(read, [place for place, _ in chosen], chunksize=99))
    assert read_back == [data for _, data in chosen]


# A process of its own: forking beside threads is what is tried, and Python warns of it.
_FORKER = """
import hashlib, json, os, random, sys, threading, warnings
warnings.simplefilter("ignore")
from imnet_data.archives.reading import Place, read

found = [(Place(**place), digest) for place, digest in json.load(sys.stdin)]

def right(seed, count):
    chosen = random.Random(seed).sample(found, count)
    return all(hashlib.md5(read(place)).hexdigest() == digest for place, digest in chosen)

ended = threading.Event()
wrong = []

def keep_reading(seed):
    while not ended.is_set():
        if not right(seed, 3):
            wrong.append(seed)
        seed += 7

threads = [threading.Thread(target=keep_reading, args=(seed,)) for seed in range(3)]
for thread in threads:
    thread.start()
children = []
for seed in range(5):
    child = os.fork()
    if not child:
        os._exit(0 if right(seed, 12) else 3)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
ended.set()
for thread in threads:
    thread.join()
print(json.dumps([codes, wrong, right(0, 12)]))
"""


def test_forked_processes_read_while_the_parents_threads_do(
    images: list[tuple[Place, bytes]],
) -> None:
    import hashlib

    given = [(asdict(place), hashlib.md5(data).hexdigest()) for place, data in images]
    done = subprocess.run(
        [sys.executable, "-c", _FORKER],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=_CHECKOUT,
    )
    assert json.loads(done.stdout) == [[0] * 5, [], True]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc here")
def test_no_more_archives_stay_open_than_allowed(tmp_path: Path) -> None:
    kept = KeptOpen(SeekableFile, at_most=2)
    before = len(os.listdir("/proc/self/fd"))
    for at in range(6):
        path = tmp_path / f"{at}.tar.gz"
        path.write_bytes(packed("tar.gz", tar_bytes(members()[:3])))
        places, _ = index(path)
        assert kept.get(places["1.jpg"]).thing.read(9, 512)
        # Each has its file and its seek index open.
        assert len(os.listdir("/proc/self/fd")) <= before + 4
    kept.close()
    assert len(os.listdir("/proc/self/fd")) == before


def test_an_archive_replaced_by_one_of_the_same_size_is_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.xz"
    data = {name: os.urandom(5000) for name in ("a.jpg", "b.jpg")}
    read_back = {}
    for name, content in data.items():
        path.write_bytes(packed("tar.xz", tar_bytes([Member(name, content)])))
        places, _ = index(path)
        read_back[name] = read_compressed(places[name])
    assert read_back == data
