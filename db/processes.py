"""Which process is which: a number used again, or after a restart, is another process.

Who claims what with it is writer.py's business, and of those who fetch files.
"""

from __future__ import annotations

import os
from pathlib import Path


def running(pid: int) -> bool:
    """Whether a process of this number is there on this host, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def boot() -> str:
    """This start of the machine: process numbers begin anew with each."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def started(pid: int) -> str:
    """When a process started, in the kernel's ticks: a number used again has another start.

    Empty for one that has ended, also where nobody has asked for its exit status: a container
    whose first process is no init keeps those for ever.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *fields = status.rpartition(")")[2].split()
    return "" if state in "ZX" else fields[18]


def numbering() -> str:
    """Whose process numbers these are: containers of one host may share its name, not them."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
