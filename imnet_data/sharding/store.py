"""A set of shards for a URL: staged here shard by shard, put whole, claimed for one writer.

What a target is, and the folder that is one, is targets.py's; the client imnet_data/files'.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from shutil import disk_usage
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import (
    FolderInUse,
    LoginNeeded,
    NoRoomForShards,
    ObjectMissing,
    ObjectThere,
    ShardLost,
    ShardNotWritten,
    ShardOptionError,
    ShardsTaken,
    StoreError,
    StoreFailed,
    StoreRefused,
)
from imnet_data.files.address import join
from imnet_data.files.store import abandon_uploads, delete_below, names, put_file, read, status
from imnet_data.sharding.folder_files import WORK, work_folder
from imnet_data.sharding.manifest import BEGUN, MANIFEST, record_name
from imnet_data.sharding.packed import Packed
from imnet_data.sharding.store_claim import StoreClaim
from imnet_data.work.pool import ProcessLost
from imnet_data.work.scratch import scratch
from imnet_data.work.unit import Retried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.sharding.records import ShardRecord
    from imnet_data.work.unit import Unit

_MANY: Final = 1 << 16
CLAIM: Final = "claim"


class Store:
    """A URL. Shards are written to a folder of this machine, put whole, and removed here.

    The set's state lies in the store, as it lies in a folder: who begins again on another machine
    goes on as well. A shard's record is put last, with the store's own version of the shard. What
    is told on the way is given to `notice`.
    """

    is_shared = False

    def __init__(self, url: str, notice: Callable[[str], None] = lambda _: None) -> None:
        self.url = url
        self._notice = notice
        called = sha256(url.encode()).hexdigest()[:16]
        # One a URL and user, so that two runs here meet at its lock.
        self.folder = os.path.join(tempfile.gettempdir(), f"imnet-data-{os.getuid()}-{called}")
        self._claim = StoreClaim(self._path(f"{WORK}/{CLAIM}"), url)
        self._versions: dict[str, str | None] = {}
        self._is_own = False
        self._is_new = False
        self._is_finished = False

    @property
    def name(self) -> str:
        """The URL."""
        return self.url

    @property
    def workers(self) -> int:
        """One alone where the store is this process's own memory."""
        return 1 if self.url.startswith("memory:") else _MANY

    def begin(self) -> None:
        """Claim the set, and bring what the store knows of it: its manifest, or what is finished.

        Raises:
            LoginNeeded, ShardNotWritten: the store does not answer.
            FolderInUse: other files are there.
            ShardsTaken: another machine writes there.
        """
        self._check_own()
        self._is_own = True
        self._empty()
        with self._said(WORK):
            there = names(self.url)
        others = [name for name in there if not name.startswith(".")]
        begun = self._begun() if WORK in there else []
        if MANIFEST not in there and BEGUN not in begun and others:
            raise FolderInUse(self.url, example=others[0])
        self._take_claim()
        self._is_new = MANIFEST not in there and BEGUN not in begun
        if MANIFEST in there:
            self._bring(MANIFEST)
        elif BEGUN in begun:
            for name in self._begun():
                if name != CLAIM:
                    self._bring(f"{WORK}/{name}")
            self._versions = self._noted()

    def size(self, name: str) -> int | None:
        """What the store says, if its version of the file is the one that was put."""
        with self._said(name), suppress(ObjectMissing):
            found = status(self._path(name))
            noted = self._versions.get(name)
            return None if noted and found.version != noted else found.size
        return None

    def send(self, name: str) -> None:
        """Put a file, and see that it came whole.

        Raises:
            LoginNeeded, ShardNotWritten: it did not.
            FolderInUse: something else is there, that was not when the set was begun.
            ShardsTaken: another machine took the set over.
        """
        if self._claim.lost:
            raise ShardsTaken(self.url)
        with self._said(name):
            self._put(name)

    def unit(self, unit: Unit[ShardRecord] | Packed) -> Unit[ShardRecord]:
        """Write here, put there."""
        return PutUnit(unit, self.url, self.folder, new_only=self._is_new)

    def room(self, _whole: int, at_once: int) -> int:
        """What is under way at once."""
        return at_once

    def close(self) -> None:
        """Remove the state from the store, and the folder here."""
        with self._said(WORK):
            delete_below(self._path(WORK))
        shutil.rmtree(self.folder, ignore_errors=True)
        self._is_finished = True

    def leave(self) -> None:
        """Give the claim back; nothing half put stays in the store, and nothing here."""
        if not self._is_finished:
            self._abandon()
        self._claim.release()
        if self._is_own and not self._is_finished:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _put(self, name: str) -> None:
        put_file(self._path(name), os.path.join(self.folder, name), new_only=self._is_new)

    def _take_claim(self) -> None:
        with self._said(f"{WORK}/{CLAIM}"):
            before = self._claim.take()
        if before is not None:
            self._notice(
                f"{self.url} was being written by {before.user} on {before.host}, process "
                f"{before.process}, which is gone: this run goes on with it"
            )
        self._abandon()

    def _abandon(self) -> None:
        """Give up what a run that was killed had half put; not all may look for it."""
        with suppress(StoreError, LoginNeeded):
            abandon_uploads(self.url)

    def _empty(self) -> None:
        for name in os.listdir(self.folder):
            if name != WORK:
                os.unlink(os.path.join(self.folder, name))
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(self.folder, WORK, BEGUN))

    def _noted(self) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        work = work_folder(self.folder)
        for name in os.listdir(work):
            if name.endswith(".json"):
                with suppress(OSError, ValueError), open(os.path.join(work, name)) as file:
                    found |= json.load(file).get("versions", {})
        return found

    def _check_own(self) -> None:
        """The folder's name can be foreseen: it is this user's, and no link to another."""
        status = os.lstat(self.folder)
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
            raise ShardNotWritten(self.url, self.folder, "it is another user's")

    def _path(self, name: str) -> str:
        return join(self.url, name)

    def _begun(self) -> list[str]:
        with self._said(WORK):
            return names(self._path(WORK))

    def _bring(self, name: str) -> None:
        with self._said(name):
            data = read(self._path(name))
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(data)

    def _said(self, name: str) -> Any:
        return said(self.url, name)


@contextmanager
def said(url: str, name: str) -> Iterator[None]:
    """The errors of a store as those of a set that is written there."""
    try:
        yield
    except StoreRefused as error:
        raise ShardOptionError(f"nothing is written to {url}: {error.reason}") from error
    except ObjectThere as error:
        raise FolderInUse(url, example=name) from error
    except StoreFailed as error:
        raise ShardNotWritten(url, join(url, name), error.reason) from error
    except StoreError as error:
        raise ShardNotWritten(url, join(url, name), str(error)) from error


@dataclass(frozen=True)
class PutUnit:
    """A shard that is written here and put to a store, its record last.

    One that is packed may run on any machine, and twice at a time where one was taken for dead:
    each time in a folder of its own. Any other one is written in `folder`.
    """

    inner: Unit[ShardRecord] | Packed
    url: str
    folder: str
    new_only: bool

    @property
    def shard(self) -> Any:
        """The plan of the shard, for who names it."""
        return getattr(self.inner, "shard", None)

    def after(self, how: str) -> PutUnit | None:
        """The same with what the shard's own unit would try instead."""
        inner = self.inner.after(how) if isinstance(self.inner, Retried) else None
        return None if inner is None else replace(self, inner=inner)

    def run(self) -> ShardRecord:
        """Write it, put it, and leave nothing of it here."""
        if not isinstance(self.inner, Packed):
            return self._written(self.inner, self.folder)
        with tempfile.TemporaryDirectory(prefix="imnet-data-", dir=scratch()) as folder:
            os.makedirs(work_folder(folder))
            self._check_room(folder)
            return self._written(self.inner.unpacked(folder), folder)

    def _check_room(self, folder: str) -> None:
        needed, free = getattr(self.shard, "size_bytes", 0), disk_usage(folder).free
        if needed > free:
            raise NoRoomForShards(folder, needed=needed, missing=needed - free)

    def _written(self, unit: Unit[ShardRecord], folder: str) -> ShardRecord:
        try:
            record = unit.run()
        except ProcessLost as error:
            raise ShardLost(self.url, self.shard.stem, error.how) from None
        put = partial(self._put, folder)
        versions = {one.name: put(one.name, new_only=self.new_only) for one in record.files}
        path = os.path.join(folder, record_name(record))
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**found, "versions": versions}, file)
        put(record_name(record), new_only=False)
        return record

    def _put(self, folder: str, name: str, *, new_only: bool) -> str:
        path = os.path.join(folder, name)
        with said(self.url, name):
            version = put_file(join(self.url, name), path, new_only=new_only).version
        os.unlink(path)
        return version
