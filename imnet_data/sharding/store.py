"""A set of shards for a URL that fsspec writes to: staged here shard by shard, put whole.

What a target is, and the folder that is one, is targets.py's.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import (
    FolderInUse,
    LoginNeeded,
    NeedsExtra,
    ShardError,
    ShardNotWritten,
    ShardOptionError,
)
from imnet_data.extras import needed
from imnet_data.sharding.folder_files import WORK, work_folder
from imnet_data.sharding.manifest import BEGUN, MANIFEST, record_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.sharding.records import ShardRecord
    from imnet_data.work.unit import Unit

_MANY: Final = 1 << 16
# What stores call the version of an object.
_VERSIONS: Final = ("ETag", "etag", "md5Hash")
_S3_SETTING: Final = "AWS_PROFILE=…, or AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…"
_NO_KEYS: Final = ("NoCredentialsError", "DefaultCredentialsError")


@dataclass(frozen=True)
class Store:
    """A URL. Shards are written to a folder of this machine, put whole, and removed here.

    The set's state lies in the store, as it lies in a folder: who begins again on another machine
    goes on as well. A shard's record is put last, with the store's own version of the shard.
    """

    url: str

    @cached_property
    def folder(self) -> str:
        """One a URL and user, so that two runs here meet at its lock."""
        called = sha256(self.url.encode()).hexdigest()[:16]
        return os.path.join(tempfile.gettempdir(), f"imnet-data-{os.getuid()}-{called}")

    @property
    def name(self) -> str:
        """The URL."""
        return self.url

    @property
    def workers(self) -> int:
        """One alone where the store is this process's own memory."""
        return 1 if self.url.startswith("memory:") else _MANY

    def begin(self) -> None:
        """Bring what the store knows of the set: its manifest, or what is finished of it.

        Raises:
            LoginNeeded, ShardNotWritten: the store does not answer.
            FolderInUse: other files are there.
        """
        self._check_own()
        for name in os.listdir(self.folder):
            if name != WORK:
                os.unlink(os.path.join(self.folder, name))
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(self.folder, WORK, BEGUN))
        there = self._listing("")
        if MANIFEST in there:
            self._bring(MANIFEST)
            return
        begun = self._listing(WORK)
        if BEGUN in begun:
            for name in begun:
                self._bring(f"{WORK}/{name}")
            return
        others = [name for name in there if not name.startswith(".")]
        if others:
            raise FolderInUse(self.url, example=others[0])

    def size(self, name: str) -> int | None:
        """What the store says, if its version of the file is the one that was put."""
        about = self._about(name)
        noted = self._versions.get(name)
        if about is None or (noted and _version(about) != noted):
            return None
        return int(about["size"])

    def send(self, name: str) -> None:
        """Put a file, and see that it came whole.

        Raises:
            LoginNeeded, ShardNotWritten: it did not.
        """
        here = os.path.join(self.folder, name)
        with self._said(name):
            _system(self.url).put_file(here, self._path(name))
        about = self._about(name)
        if about is None or about["size"] != os.path.getsize(here):
            came = "nothing" if about is None else f"{about['size']:,} bytes"
            raise ShardNotWritten(self.url, f"{self.url}/{name}", f"{came} came there")

    def unit(self, unit: Unit[ShardRecord]) -> Unit[ShardRecord]:
        """Write here, put there."""
        return PutUnit(unit, self)

    def room(self, _whole: int, at_once: int) -> int:
        """What is under way at once."""
        return at_once

    def close(self) -> None:
        """Remove the state from the store, and the folder here."""
        with self._said(WORK), suppress(FileNotFoundError):
            _system(self.url).rm(self._path(WORK), recursive=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def put_record(self, record: ShardRecord) -> None:
        """Put a shard's record, with the versions of its files."""
        name = record_name(record)
        path = os.path.join(self.folder, name)
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        abouts = {one.name: self._about(one.name) for one in record.files}
        found["versions"] = {one: _version(about) for one, about in abouts.items() if about}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(found, file)
        self.send(name)

    @cached_property
    def _versions(self) -> dict[str, str | None]:
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
        return f"{self.url}/{name}" if name else self.url

    def _listing(self, folder: str) -> list[str]:
        with self._said(folder), suppress(FileNotFoundError):
            found = _system(self.url).ls(self._path(folder), detail=False)
            return sorted(str(one).rstrip("/").rpartition("/")[2] for one in found)
        return []

    def _bring(self, name: str) -> None:
        with self._said(name):
            data = _system(self.url).cat_file(self._path(name))
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(data)

    def _about(self, name: str) -> dict[str, Any] | None:
        with self._said(name), suppress(FileNotFoundError):
            about: dict[str, Any] = _system(self.url).info(self._path(name))
            return about
        return None

    @contextmanager
    def _said(self, name: str) -> Iterator[None]:
        """The errors of a store's library as ours."""
        try:
            yield
        except (NeedsExtra, ShardError):
            raise
        except Exception as error:
            # Every store's library has errors of its own.
            if isinstance(error, PermissionError) or type(error).__name__ in _NO_KEYS:
                raise self._login(given=isinstance(error, PermissionError)) from error
            reason = str(error) or type(error).__name__
            raise ShardNotWritten(self.url, self._path(name), reason) from error

    def _login(self, *, given: bool) -> LoginNeeded:
        scheme, _, rest = self.url.partition("://")
        keys = f"the keys that fsspec reads for {scheme}://, set"
        setting = _S3_SETTING if scheme in ("s3", "s3a") else keys
        return LoginNeeded(f"{scheme}://{rest.partition('/')[0]}", given=given, setting=setting)


@dataclass(frozen=True)
class PutUnit:
    """A shard that is written here and put to a store, its record last."""

    inner: Unit[ShardRecord]
    store: Store

    @property
    def shard(self) -> Any:
        """The plan of the shard, for who names it."""
        return getattr(self.inner, "shard", None)

    def run(self) -> ShardRecord:
        """Write it, put it, and leave only its record here."""
        record = self.inner.run()
        for one in record.files:
            self.store.send(one.name)
            os.unlink(os.path.join(self.store.folder, one.name))
        self.store.put_record(record)
        return record


def _version(about: dict[str, Any]) -> str | None:
    return next((str(about[name]) for name in _VERSIONS if about.get(name)), None)


def _system(url: str) -> Any:
    """The file system of a URL, which fsspec keeps."""
    fsspec = needed("fsspec", extra="remote")
    scheme = url.partition("://")[0]
    try:
        # A listing that is kept would show what was there before.
        return fsspec.core.url_to_fs(url, use_listings_cache=False)[0]
    except ImportError as error:
        if scheme in ("s3", "s3a"):
            raise NeedsExtra("s3fs", extra="remote", purpose=f"writing to {scheme}://") from error
        raise ShardOptionError(f"fsspec cannot write to {scheme}:// here: {error}") from error
    except ValueError as error:
        raise ShardOptionError(f"nothing is written to {url}: {error}") from error
