"""The claim of one writer on a set in a store: two machines never write one set at once.

It is an object, put where none is, which the store itself sees to; a lock of this machine is
shard_folder.py's. Who holds it renews it; one that nobody renews is taken over.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Final

from imnet_data.amounts import count
from imnet_data.errors import ImnetDataError, ObjectMissing, ObjectThere, ShardsTaken
from imnet_data.files.store import delete, put_bytes, read, status

_RENEWED_EVERY_S: Final = 60.0
# Several renewals that were missed, and clocks that differ by some minutes.
_STALE_AFTER_S: Final = 15 * 60.0


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a claim, as they wrote it down themselves; times are seconds since 1970.

    `space` tells containers of one host apart, which do not see each other's processes.
    """

    user: str
    host: str
    space: str
    process: int
    began: float
    renewed: float
    token: str

    def told(self, now: float) -> str:
        """What users are told of it."""
        began = datetime.fromtimestamp(self.began, UTC).strftime("%Y-%m-%d %H:%M UTC")
        minutes = count(max(int((now - self.renewed) // 60), 0), "minute")
        return (
            f"{self.user} on {self.host} (process {self.process}) since {began}, "
            f"last heard of {minutes} ago"
        )

    def is_gone(self, now: float) -> bool:
        """Whether its process ended: nobody renews the claim, or this machine knows."""
        if (self.host, self.space) == _this_space() and self.space:
            return not os.path.exists(f"/proc/{self.process}")
        return now - self.renewed > _STALE_AFTER_S


class StoreClaim:
    """A claim that is held from `take()` to `release()`; `lost` once somebody else has it."""

    def __init__(self, url: str, folder: str) -> None:
        self._url = url
        self._folder = folder
        self._holder = _this_process()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="claim", daemon=True)
        self.lost = False

    def take(self) -> Holder | None:
        """Take it; whose it was, where it is taken over from somebody who is gone.

        Raises:
            ShardsTaken: somebody has it.
            StoreError, LoginNeeded, NeedsExtra: the store does not take it.
        """
        before: Holder | None = None
        try:
            self._put(new_only=True)
        except ObjectThere:
            before = self._take_over()
        self._thread.start()
        return before

    def release(self) -> None:
        """Give it back, if it was taken and is still ours."""
        self._ended.set()
        if not self._thread.is_alive():
            return
        self._thread.join()
        with suppress(ImnetDataError):
            found = _read(self._url)
            if found is not None and found.token == self._holder.token:
                delete(self._url)

    def _take_over(self) -> Holder | None:
        version = status(self._url).version
        found, now = _read(self._url), datetime.now(UTC).timestamp()
        if found is not None and not found.is_gone(now):
            raise ShardsTaken(self._folder, holder=found.told(now))
        try:
            # Where the store knows that condition, one alone of several who see this takes it.
            self._put(over=version)
        except ObjectMissing:
            raise ShardsTaken(self._folder) from None
        except ObjectThere:
            # Ceph compares versions with their quotes, and finds none that is the same.
            if status(self._url).version != version:
                raise ShardsTaken(self._folder) from None
            self._put()
        return found

    def _put(self, *, new_only: bool = False, over: str | None = None) -> None:
        said = json.dumps(asdict(self._holder)).encode()
        put_bytes(self._url, said, new_only=new_only, over=over)

    def _renew(self) -> None:
        while not self._ended.wait(_RENEWED_EVERY_S):
            # What fails is tried at the next time: fifteen of them are missed until it is stale.
            with suppress(ImnetDataError):
                self.renew()

    def renew(self) -> None:
        """Say that this process is alive, unless somebody took it for gone.

        Raises:
            StoreError, LoginNeeded: the store does not take it.
        """
        found = _read(self._url)
        if found is not None and found.token != self._holder.token:
            self.lost = True
        if not self.lost:
            self._holder = replace(self._holder, renewed=datetime.now(UTC).timestamp())
            self._put()


def _this_process() -> Holder:
    now = datetime.now(UTC).timestamp()
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a number without a name, as in containers
        user = f"user {os.getuid()}"
    return Holder(user, *_this_space(), os.getpid(), now, now, os.urandom(8).hex())


def _this_space() -> tuple[str, str]:
    """This host, and what tells its containers apart; empty where the system does not say."""
    try:
        return socket.gethostname(), os.readlink("/proc/self/ns/pid")
    except OSError:
        return socket.gethostname(), ""


def _read(url: str) -> Holder | None:
    """Who a claim says has it; None of what does not read as one, or is gone."""
    try:
        return Holder(**json.loads(read(url)))
    except (ObjectMissing, ValueError, TypeError):
        return None
