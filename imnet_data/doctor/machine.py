"""The machine as this process may use it: memory, cores, open files, shared memory, Python."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING

from imnet_data._version import VERSION
from imnet_data.amounts import size
from imnet_data.cores import usable_cores
from imnet_data.doctor.cgroups import Limits, limits
from imnet_data.doctor.finding import Finding, guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.doctor.finding import State

_SECTION = "machine"

# Indexing 14.2 million images takes 170 MB (docs/performance.md); a data loader takes much more.
_INDEXING_BYTES = 200_000_000
_LITTLE_BYTES = 1_000_000_000
# An archive stays open between reads, 64 of them at most, beside what a training program opens.
_FILES_NEEDED, _FILES_WANTED = 128, 1024
# What Docker gives is 64 MiB: a data loader's batches pass through it.
_SHARED_BYTES = 1_000_000_000


def findings(*, root: str = "/") -> Iterator[Finding]:
    """What is known of the machine; `root` is where proc, sys and dev are looked for."""
    allowed = limits(root)
    yield from guarded(_SECTION, "memory", lambda: _memory(root, allowed))
    yield from guarded(_SECTION, "cores", lambda: _cores(allowed))
    yield from guarded(_SECTION, "open files", _open_files)
    yield from guarded(_SECTION, "shared memory", lambda: _shared_memory(root))
    yield from guarded(_SECTION, "python", _python)


def _memory(root: str, allowed: Limits) -> Iterator[Finding]:
    meminfo = _meminfo(root)
    available, total = meminfo.get("MemAvailable"), meminfo.get("MemTotal")
    if total is None:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if available is None:
        yield Finding(
            _SECTION, "memory", "well", f"{size(total)}; how much is available is not known here"
        )
        return
    found = f"{size(available)} available of {size(total)}"
    if allowed.memory_bytes is not None and allowed.memory_bytes < total:
        left = allowed.memory_left_bytes or 0
        found += f"; this container may use {size(allowed.memory_bytes)}, {size(left)} is left"
        available = min(available, left)
    state: State = "well"
    if available < _LITTLE_BYTES:
        state = "trouble" if available < _INDEXING_BYTES else "note"
        found += "; indexing takes up to 170 MB, training much more"
    advice = "" if state == "well" else "end other programs, or ask for more memory"
    yield Finding(_SECTION, "memory", state, found, advice)


def _meminfo(root: str) -> dict[str, int]:
    """The lines of /proc/meminfo in bytes; none where there is no such file."""
    try:
        with open(os.path.join(root, "proc/meminfo"), encoding="ascii") as file:
            lines = [line.split() for line in file]
    except OSError:
        return {}
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines if len(words) == 3}


def _cores(allowed: Limits) -> Iterator[Finding]:
    all_cores = os.cpu_count() or 1
    usable = usable_cores()
    found = f"{usable}" if usable == all_cores else f"{usable} of {all_cores}"
    if allowed.cpus is not None and allowed.cpus < usable:
        yield Finding(
            _SECTION, "cores", "note",
            f"{found}, and this container may use {allowed.cpus:.2g} of them at a time",
            "as many workers as that, not more",
        )  # fmt: skip
    else:
        yield Finding(_SECTION, "cores", "well", found)


def _open_files() -> Iterator[Finding]:
    import resource  # noqa: PLC0415 - POSIX alone has it

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        yield Finding(_SECTION, "open files", "well", "as many as wanted")
        return
    state: State = "trouble" if soft < _FILES_NEEDED else "note"
    if soft >= _FILES_WANTED or soft == hard >= _FILES_NEEDED:
        state = "well"
    most = _FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, _FILES_WANTED)
    advice = "" if state == "well" else f"ulimit -n {most}"
    yield Finding(_SECTION, "open files", state, f"up to {soft:,} in one process", advice)


def _shared_memory(root: str) -> Iterator[Finding]:
    folder = os.path.join(root, "dev/shm")
    try:
        status = os.statvfs(folder)
    except OSError:
        yield Finding(_SECTION, "shared memory", "well", "not known on this system", aside=True)
        return
    total, free = status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize
    found = f"{size(free)} free of {size(total)} in /dev/shm"
    if free < _SHARED_BYTES:
        yield Finding(
            _SECTION, "shared memory", "note",
            f"{found}; a training program's workers hand their batches over there",
            "docker run --shm-size=8g, or num_workers=0" if total < _SHARED_BYTES else
            "remove what other programs left there",
        )  # fmt: skip
    else:
        yield Finding(_SECTION, "shared memory", "well", found)


def _python() -> Iterator[Finding]:
    from imnet_data.db.health import SQLITE_VERSION  # noqa: PLC0415 - sqlalchemy, 0.3 s

    yield Finding(
        _SECTION, "python", "well",
        f"{platform.python_version()} with SQLite {SQLITE_VERSION}, on {_system()}",
    )  # fmt: skip
    yield Finding(_SECTION, "imnet-data", "well", VERSION)
    yield Finding(_SECTION, "interpreter", "well", sys.executable, aside=True)


def _system() -> str:
    return f"{platform.system()} {platform.release()}, {platform.machine()}"
