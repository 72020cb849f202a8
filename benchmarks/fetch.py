"""Fetching a file whole and checked: imnet-data, aria2c, curl and requests, from nginx on loopback.

    python -m benchmarks.fetch                       2 GB unlimited; 256 MB at 5 MiB/s a connection
    python -m benchmarks.fetch --folder /dev/shm     without the disk

Every contender fetches in a process of its own and ends with the SHA-256 compared: aria2c with
--checksum, curl with sha256sum after it, requests with hashlib as it comes. The best of some runs
counts. CPU and memory are the contender's alone, without nginx's. What is not there does not race:
apt install nginx-light aria2 curl.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tests.nginx_server import nginx, nginx_path

CONNECTIONS = 8
BLOCK_BYTES = 1 << 26


@dataclass(frozen=True)
class Course:
    """A file that is served, with what is known of it."""

    title: str
    url: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Result:
    seconds: float
    cpu_s: float
    rss_mb: float


def ours(url: str, target: Path, sha256: str) -> None:
    from imnet_data.fetching.download import Download
    from imnet_data.fetching.http import HttpTransport
    from imnet_data.fetching.remote import Remote

    transport = HttpTransport()
    remote = Remote(url, target.name, sha256=sha256)
    done = Download(remote, str(target), transport, connections=CONNECTIONS).run()
    transport.close()
    assert done.sha256 == sha256


def plain_requests(url: str, target: Path, sha256: str) -> None:
    import requests

    digest = hashlib.sha256()
    with requests.get(url, stream=True, timeout=60) as response, target.open("wb") as file:
        response.raise_for_status()
        for piece in response.iter_content(1 << 20):
            digest.update(piece)
            file.write(piece)
    assert digest.hexdigest() == sha256


def contend(name: str, url: str, target: Path, sha256: str) -> None:
    """Run a contender here and print its seconds, without those of Python's imports."""
    for module in ("requests", "imnet_data.fetching.download", "imnet_data.fetching.http"):
        import_module(module)
    start = time.perf_counter()
    IN_PYTHON[name](url, target, sha256)
    print(time.perf_counter() - start)


IN_PYTHON = {"imnet-data": ours, "requests": plain_requests}
NEEDED: dict[str, tuple[str, ...]] = {
    "imnet-data": (),
    "aria2c": ("aria2c",),
    "curl": ("curl", "sha256sum"),
    "requests": (),
}


def command_of(name: str, url: str, target: Path, sha256: str) -> list[str]:
    if name == "aria2c":
        # Its default writes the file full of zeros first.
        return [
            "aria2c", f"-x{CONNECTIONS}", f"-s{CONNECTIONS}", "-k1M", "--file-allocation=falloc",
            "--quiet", f"--checksum=sha-256={sha256}", f"--dir={target.parent}",
            f"--out={target.name}", url,
        ]  # fmt: skip
    if name == "curl":
        path = shlex.quote(str(target))
        check = f"echo {sha256}  {path} | sha256sum --check --quiet"
        return ["sh", "-c", f"curl -sf -o {path} {url} && {check}"]
    return [sys.executable, "-m", "benchmarks.fetch", "--contend", name, url, str(target), sha256]


def run(name: str, course: Course, target: Path) -> Result:
    """One fetch in a new process: seconds, its CPU seconds and those of its children, memory."""
    command = command_of(name, course.url, target, course.sha256)
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    rss_kb = ended = 0
    while not ended:
        rss_kb = max(rss_kb, *map(most_kb, family(process.pid)))
        time.sleep(0.005)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    said, _ = process.communicate()
    if process.returncode:
        sys.exit(f"{name} failed")
    if name in IN_PYTHON:
        seconds = float(said)
    assert target.stat().st_size == course.size
    target.unlink()
    return Result(seconds, usage.ru_utime + usage.ru_stime, rss_kb / 1024)


def family(process: int) -> list[int]:
    """A process and its children."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    except OSError:
        children = ""
    return [process, *map(int, children.split())]


def most_kb(process: int) -> int:
    """The most memory that a process held so far; wait4 would count what it was forked from."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    told = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(told[0].split()[1]) if told else 0


def race(course: Course, folder: Path, runs: int) -> None:
    print(f"\n{course.title}")
    print(f"{'':12}{'s':>9}{'MB/s':>9}{'CPU s/GB':>10}{'memory MB':>11}{'ours to it':>12}")
    names = [name for name, tools in NEEDED.items() if all(map(shutil.which, tools))]
    results: dict[str, list[Result]] = {name: [] for name in names}
    for _ in range(runs):  # in turn, so that a machine's slow minute is everybody's
        for name in names:
            results[name].append(run(name, course, folder / name / "fetched.tar"))
    best = {name: min(held, key=lambda one: one.seconds) for name, held in results.items()}
    for name, result in best.items():
        rate = course.size / result.seconds / 1e6
        cpu_s_per_gb = result.cpu_s / (course.size / 1e9)
        print(
            f"{name:12}{result.seconds:>9.2f}{rate:>9.1f}{cpu_s_per_gb:>10.2f}"
            f"{result.rss_mb:>11.0f}{result.seconds / best['imnet-data'].seconds:>12.2f}"
        )


def write_file(path: Path, size: int) -> str:
    """Write a file of random bytes; gives its SHA-256."""
    block = bytearray(random.Random(0).randbytes(min(BLOCK_BYTES, size)))
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for number in range(-(-size // len(block))):
            block[:8] = number.to_bytes(8, "little")
            piece = memoryview(block)[: size - number * len(block)]
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--mb", type=int, default=2000, help="the file that is not limited")
    parser.add_argument("--limited-mb", type=int, default=256, help="0 for no such race")
    parser.add_argument("--folder", type=Path, help="where the files are written, and removed")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--contend", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contend:
        name, url, target, sha256 = arguments.contend
        contend(name, url, Path(target), sha256)
        return
    if nginx_path() is None:
        sys.exit(
            "nginx is not installed, so there is nothing to fetch from: apt install nginx-light"
        )
    for name, tools in NEEDED.items():
        for tool in tools:
            if shutil.which(tool) is None:
                print(f"{name} does not race: {tool} is not installed")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as scratch:
        folder = Path(scratch)
        for name in NEEDED:
            (folder / name).mkdir()
        served = folder / "served"
        served.mkdir()
        sizes = {"whole": arguments.mb * 10**6, "limited": arguments.limited_mb * 10**6}
        sums = {kind: write_file(served / f"{kind}.tar", n) for kind, n in sizes.items() if n}
        titles = {
            "whole": f"{arguments.mb:,} MB, no limit; best of {arguments.runs}",
            "limited": f"{arguments.limited_mb:,} MB, 5 MiB/s a connection",
        }
        with nginx(served) as url:
            for kind, sha256 in sums.items():
                address = f"{url}/{kind}/{kind}.tar"
                course = Course(titles[kind], address, sizes[kind], sha256)
                race(course, folder, arguments.runs if kind == "whole" else 1)


if __name__ == "__main__":
    main()
