"""Who fetches a file: a claim beside it, so that a second process can say who is at it.

No lock of the file system's: NFS and Lustre are often mounted without. The claim appears whole by
a hard link, which is atomic there too. What is fetched is not its business.
"""

from __future__ import annotations

import json
import os
import socket
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final

from imnet_data.db.processes import boot, numbering, running, started
from imnet_data.errors import PartTaken

# A process of another host cannot be asked whether it lives: it touches its claim.
BEAT_S: Final = 10.0
STALE_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Holder:
    """A process: its host, that host's start, whose numbers it is counted by, and its own."""

    host: str
    boot: str
    numbering: str
    pid: int
    started: str

    @classmethod
    def this(cls) -> Holder:
        """This process."""
        pid = os.getpid()
        return cls(socket.gethostname(), boot(), numbering(), pid, started(pid))

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"

    @property
    def is_known_dead(self) -> bool | None:
        """Whether it has ended; None where that cannot be told from here."""
        if self.host != socket.gethostname():
            return None
        if self.boot != boot():
            return True
        if self.numbering != numbering():  # another container's
            return None
        return not (running(self.pid) and self.started == started(self.pid))


class Claim:
    """The claim on `path`; `beat` keeps it alive, `release` gives it up."""

    def __init__(self, path: str) -> None:
        """Take it.

        Raises:
            PartTaken: another process has it, and lives.
            OSError: the folder cannot be written.
        """
        self.path = path
        self._beaten = time.monotonic()
        token = uuid.uuid4().hex
        self._text = json.dumps({**asdict(Holder.this()), "token": token}).encode()
        mine = f"{path}.{token[:12]}"
        _write(mine, self._text)
        try:
            _take(mine, path)
        finally:
            os.unlink(mine)

    def beat(self) -> None:
        """Say that this process lives, every ten seconds at most; called often.

        Raises:
            PartTaken: the claim is another's by now: this process was taken for dead.
        """
        now = time.monotonic()
        if now - self._beaten < BEAT_S:
            return
        self._beaten = now
        try:
            found = _read(self.path)
            if found == self._text:
                os.utime(self.path)
        except FileNotFoundError:
            found = b""
        except OSError:
            return  # a file server that hangs for a moment takes no claim away
        if found != self._text:
            raise _taken(self.path, _holder(found))

    def release(self) -> None:
        """Give it up, if it is still this process's."""
        with suppress(OSError):
            if _read(self.path) == self._text:
                _sweep(self.path)
                os.unlink(self.path)


def holder_of(path: str) -> Holder | None:
    """Who has a claim at a path and may live; None where nobody has."""
    with suppress(FileNotFoundError):
        holder = _holder(_read(path))
        return None if holder is None or holder.is_known_dead else holder
    return None


def _linked(mine: str, path: str) -> bool:
    try:
        os.link(mine, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links, such as exFAT: nobody shares it
        return _created(path, _read(mine))
    return True


def _created(path: str, text: bytes) -> bool:
    try:
        _write(path, text)
    except FileExistsError:
        return False
    return True


def _write(path: str, text: bytes) -> None:
    with open(path, "xb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # else a power cut leaves a claim that names nobody


def _take(mine: str, path: str) -> None:
    """Put `mine` at `path`, also in the place of a dead process's.

    Two processes may find the same dead claim. Only who holds a guard named for its very bytes may
    remove it, and looks again first: else the later would remove what the earlier has put there.
    """
    while not _linked(mine, path):
        try:
            seen = _read(path)
            if _lives(_holder(seen), path, mine):
                raise _taken(path, _holder(seen))
        except FileNotFoundError:
            continue  # it was given up this moment
        guard = f"{path}.{sha256(seen).hexdigest()[:12]}"
        _take(mine, guard)
        try:
            with suppress(FileNotFoundError):
                if _read(path) == seen:
                    os.unlink(path)
        finally:
            os.unlink(guard)


def _lives(holder: Holder | None, path: str, mine: str) -> bool:
    if holder is not None and (dead := holder.is_known_dead) is not None:
        return not dead
    # By the file server's clock on both sides: hosts' clocks differ.
    os.utime(mine)
    return os.stat(mine).st_mtime - os.stat(path).st_mtime < STALE_S


def _sweep(path: str) -> None:
    """Remove what processes left that were killed while they took the claim."""
    folder, name = os.path.split(os.path.abspath(path))
    for entry in os.listdir(folder):
        if entry.startswith(f"{name}."):
            left = os.path.join(folder, entry)
            with suppress(OSError):
                holder = _holder(_read(left))
                if holder is not None and holder.is_known_dead:
                    os.unlink(left)


def _taken(path: str, holder: Holder | None) -> PartTaken:
    return PartTaken(path.partition(".part.claim")[0], holder=str(holder or "another process"))


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _holder(text: bytes) -> Holder | None:
    """The holder in a claim; None where its bytes did not reach the disk."""
    try:
        held: dict[str, Any] = json.loads(text)
        return Holder(**{name: held[name] for name in Holder.__slots__})
    except (ValueError, TypeError, KeyError):
        return None
