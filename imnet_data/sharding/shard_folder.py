"""The folder that shards are written to: one writer at a time, and never two sets in one.

What is written there is write.py's.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import FolderInUse, ShardNotWritten, ShardsDiffer, ShardsTaken
from imnet_data.sharding.folder_files import PARTIAL, TEMPORARY, WORK, work_folder
from imnet_data.sharding.manifest import (
    BEGUN,
    MANIFEST,
    is_begun,
    keep_begun,
    kept_records,
    read_begun,
    read_manifest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.sharding.formats import Planned
    from imnet_data.sharding.manifest import AskedFor
    from imnet_data.sharding.records import FileRecord, ShardRecord
    from imnet_data.sharding.targets import Target

_LOCK: Final = "lock"
_KEPT: Final = frozenset({_LOCK, BEGUN})
_LASTING: Final = (".json", PARTIAL)
_LONGEST_TOLD: Final = 60
_OTHER: Final = "another"
# What an option is called where its own name would say little: a plan that alone is another has
# other images.
_WORDS: Final = {"plan": "the choice of images"}


class ShardFolder:
    """A folder claimed for writing; `finished` are the shards that an earlier run wrote."""

    def __init__(self, path: str, asked: AskedFor, target: Target) -> None:
        """Look at what is there.

        Raises:
            ShardsDiffer: it has shards of something else, or was begun as something else.
            FolderInUse: it has files of another kind.
        """
        self.path = path
        self.name = target.name
        self.work = work_folder(path)
        self._target = target
        self._asked = json.loads(json.dumps(asked.as_json()))
        self.is_whole = os.path.exists(os.path.join(path, MANIFEST))
        self.finished: dict[str, ShardRecord] = {}
        self.files: dict[str, FileRecord] = {}
        if self.is_whole:
            manifest = read_manifest(path)
            self._compare(manifest.asked)
            self.finished = {one.file.name: one for one in manifest.shards}
            self.files = {one.name: one for one in manifest.files}
            return
        if is_begun(path):
            self._compare(read_begun(path) or {})
            self.finished = kept_records(path)
        else:
            self._check_empty()
            keep_begun(path, self._asked)
            target.send(f"{WORK}/{BEGUN}")

    def is_there(self, shard: Planned, record: ShardRecord | None) -> bool:
        """Whether a planned shard is finished; its record and its files' sizes are looked at.

        Raises:
            ShardsDiffer: it was finished with other images in it.
        """
        if record is None:
            return False
        if record.contents != shard.contents:
            name = record.file.name
            raise ShardsDiffer(
                self.name,
                {f"what is in {name}": (f"{record.samples:,} images", f"{shard.count:,} others")},
            )
        return all(self._target.size(one.name) == one.size_bytes for one in record.files)

    def check_number(self, part: str, shards: int) -> None:
        """That no more shards of a part were finished than it has now.

        Raises:
            ShardsDiffer: there were more.
        """
        there = sum(record.part == part for record in self.finished.values())
        if there > shards or (self.is_whole and there != shards):
            raise ShardsDiffer(self.name, {f"the number of shards of {part}": (there, shards)})

    def sweep(self) -> None:
        """Remove what a run that was stopped left half done."""
        for name in os.listdir(self.work):
            if name.endswith(TEMPORARY) or not (name in _KEPT or name.endswith(_LASTING)):
                with suppress(FileNotFoundError):
                    _remove(os.path.join(self.work, name))

    def close(self) -> None:
        """All is written: the work folder goes."""
        shutil.rmtree(self.work, ignore_errors=True)

    def _check_empty(self) -> None:
        for name in sorted(os.listdir(self.path)):
            if not name.startswith("."):
                raise FolderInUse(self.name, example=name)

    def _compare(self, there: dict[str, Any]) -> None:
        if different := differing(there, self._asked):
            raise ShardsDiffer(self.name, different)


@contextmanager
def claimed(path: str, name: str | None = None) -> Iterator[None]:
    """A folder for this process alone, made where it is not there; a work folder is in it.

    `name` is what users call it, where that is not its path.

    Raises:
        ShardsTaken: another process has it.
        ShardNotWritten: it cannot be made.
    """
    made = not os.path.exists(path)
    try:
        os.makedirs(work_folder(path), exist_ok=True)
        lock = os.open(os.path.join(work_folder(path), _LOCK), os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise ShardNotWritten(path, path, error.strerror or str(error)) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # Lustre and some NFS know no locks: two runs would write the same bytes twice there.
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                raise ShardsTaken(name or path) from None
        try:
            yield
        finally:
            # Not by who was refused: the one that has it may not have begun anything yet.
            _leave(path, remove=made)
    finally:
        os.close(lock)


def _leave(path: str, *, remove: bool) -> None:
    """Leave no work folder where nothing was begun, and no empty folder that was made for it."""
    if os.path.isdir(work_folder(path)) and not is_begun(path):
        shutil.rmtree(work_folder(path), ignore_errors=True)
    if remove:
        with suppress(OSError):
            os.rmdir(path)


def differing(there: dict[str, Any], asked: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What of what was asked for there is not as it is asked for here, in words: (there, here).

    Both in JSON's types, with `subset`, `options`, `parts` and `classes`.
    """
    before, now = _flat(there), _flat(asked)
    found = {
        what: (_told(before.get(what)), _told(now.get(what)))
        for what in [*now, *(what for what in before if what not in now)]
        if before.get(what) != now.get(what)
    }
    if "format" in found:  # whose options are others, so that each of them would be told
        return {"format": found["format"]}
    # That a fingerprint is another helps nobody where what makes it so is told.
    return {what: told for what, told in found.items() if set(told) != {_OTHER}} or found


def _flat(asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, by the words that a difference is told in."""
    subset = dict(asked.get("subset", {}))
    return {
        "subset": subset.pop("name", None),
        **_by_words(asked.get("options", {})),
        "parts": asked.get("parts"),
        **{f"the subset's {what}": value for what, value in subset.items()},
        "the list of classes": asked.get("classes"),
    }


def _by_words(options: dict[str, Any]) -> dict[str, Any]:
    """Options by the words for them; of one that has options of its own, those."""
    flat: dict[str, Any] = {}
    for name, value in options.items():
        words = _WORDS.get(name, name.replace("_", " "))
        if isinstance(value, dict):
            flat |= {f"{words} {inner}": one for inner, one in _by_words(value).items()}
        else:
            flat[words] = value
    return flat


def _told(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        value = ", ".join(map(str, value))
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return "on" if value else "off"
    text = str(value)
    return text if len(text) <= _LONGEST_TOLD and "\n" not in text else _OTHER


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)
