"""What a container or a batch system lets this process use: the limits of Linux's control groups.

Both forms are read, version 1 and 2; a limit of a group above holds too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Version 1 writes "no limit" as the largest multiple of a page; nobody has an exbibyte.
_NO_LIMIT = 1 << 60


@dataclass(frozen=True, slots=True)
class Limits:
    """The tightest limits: memory in bytes, what is left of it, and cores; None where none."""

    memory_bytes: int | None = None
    memory_left_bytes: int | None = None
    cpus: float | None = None


def limits(root: str = "/") -> Limits:
    """The limits on this process; `root` is where proc and sys are looked for."""
    memory: list[int] = []
    left: list[int] = []
    for folder in _groups(root, "memory"):
        limit, used = _memory(folder)
        if limit is not None:
            memory.append(limit)
            left.append(max(0, limit - used))
    cpus = [quota for folder in _groups(root, "cpu") if (quota := _cpus(folder)) is not None]
    return Limits(min(memory, default=None), min(left, default=None), min(cpus, default=None))


def _groups(root: str, controller: str) -> Iterator[str]:
    """The folders of this process's group and of those above it, in both hierarchies."""
    top = os.path.join(root, "sys/fs/cgroup")
    for line in _read(os.path.join(root, "proc/self/cgroup")).splitlines():
        _, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if not names:
            bases = [top, os.path.join(top, "unified")]
        elif controller in names.split(","):
            bases = [os.path.join(top, names), os.path.join(top, controller)]
        else:
            continue
        for base in bases:
            # In a container the path may be the host's: then only the top is there to be read.
            group = path.strip("/")
            while True:
                yield os.path.join(base, group) if group else base
                if not group:
                    break
                group = os.path.dirname(group)


def _memory(folder: str) -> tuple[int | None, int]:
    """The limit of one group, and the bytes that its processes hold and cannot give back."""
    for limit, usage, cache in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        found = _number(_read(os.path.join(folder, limit)))
        if found is not None and found < _NO_LIMIT:
            used = _number(_read(os.path.join(folder, usage))) or 0
            stat = dict(
                line.split(" ", 1)
                for line in _read(os.path.join(folder, "memory.stat")).splitlines()
                if " " in line
            )
            return int(found), int(used - (_number(stat.get(cache, "")) or 0))
    return None, 0


def _cpus(folder: str) -> float | None:
    words = _read(os.path.join(folder, "cpu.max")).split()
    if not words:
        words = [
            _read(os.path.join(folder, f"cpu.cfs_{name}_us")).strip()
            for name in ("quota", "period")
        ]
    quota, period = (_number(word) for word in (*words, "", "")[:2])
    return quota / period if quota is not None and quota > 0 and period else None


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None  # "max", or a file that is not there


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""
