"""What a fetch will do, before its first byte: which files, where to, room, time, and logins.

Nothing is written here, and a source is asked only for what is not known of its file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal

from imnet_data.amounts import size as amount
from imnet_data.archives.tars.partial import JOURNAL, PART
from imnet_data.errors import DiskFull, FetchError, LoginNeeded, PartUnknown
from imnet_data.fetching.host_rates import rate_of
from imnet_data.fetching.journal import bytes_noted
from imnet_data.fetching.room import Room, room_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imnet_data.fetching.remote import Remote
    from imnet_data.fetching.wanted import Wanted

State = Literal["new", "begun", "here", "other"]

# Beside a file that is being fetched lie its journal and its claim.
_FILES_EACH: Final = 3
# What is read by an extra alone; for bzip2 and xz Python brings what it takes.
_COMPRESSED: Final = (".tar.gz", ".tgz", ".tar.zst")


@dataclass(frozen=True, slots=True)
class Item:
    """A file of a plan; sizes in bytes.

    `size` is None where nobody tells it before it is asked for; `here_bytes` are those that need
    not be fetched again. In the state `other`, something of another size has the file's name.
    """

    wanted: Wanted
    target: str
    size: int | None
    state: State = "new"
    here_bytes: int = 0
    disk_bytes: int = 0

    @property
    def lacks_login(self) -> bool:
        """Whether its source is known to want a login, and none is set."""
        needed = self.wanted.source.login == "required" and self.state != "here"
        return needed and self.wanted.remote.credentials is None

    @property
    def expected_bytes(self) -> int | None:
        """Its size, or what it roughly is."""
        return self.size if self.size is not None else self.wanted.about_size

    @property
    def bytes_to_come(self) -> int | None:
        """What is still to be fetched of it; None where its size is not known."""
        expected = self.expected_bytes
        return None if expected is None else max(0, expected - self.here_bytes)

    @property
    def bytes_to_write(self) -> int:
        """What it will take of the disk beyond what it takes already, as far as is known."""
        return max(0, (self.expected_bytes or 0) - self.disk_bytes)


@dataclass(frozen=True, slots=True)
class Plan:
    """Files, and the folder with its room; `rate` is in bytes a second, None where unknown.

    `measured` tells whether the rate is that of an earlier fetch from the same host, or the limit
    that the user set.
    """

    folder: str
    items: tuple[Item, ...]
    room: Room
    rate: float | None = None
    measured: bool = False

    @property
    def bytes_to_come(self) -> int | None:
        """What is still to be fetched; None where a size is not known."""
        told = [item.bytes_to_come for item in self.items]
        return None if None in told else sum(n for n in told if n is not None)

    @property
    def is_exact(self) -> bool:
        """Whether all sizes are known to the byte."""
        return all(item.size is not None for item in self.items)

    @property
    def seconds(self) -> float | None:
        """How long it will take at that rate; None where that cannot be said."""
        n = self.bytes_to_come
        return None if n is None or not self.rate else n / self.rate

    @property
    def bytes_to_write(self) -> int:
        """What will be taken of the disk, as far as is known."""
        return sum(item.bytes_to_write for item in self.items)

    def obstacle(self) -> FetchError | None:
        """What would stop it before its first byte; None for nothing that can be seen from here."""
        return self._in_the_way() or self._no_room() or self._no_login()

    def _in_the_way(self) -> FetchError | None:
        for item in self.items:
            if item.state == "other":
                held = os.stat(item.target).st_size
                return PartUnknown(item.target, f"has {held:,} bytes in place of {item.size:,}")
        return None

    def _no_room(self) -> FetchError | None:
        if self.bytes_to_write > self.room.bytes_left:
            short = f"{amount(self.room.bytes_left)} are free there"
            if self.room.quota_bytes is not None and self.room.quota_bytes < self.room.free_bytes:
                short = f"{amount(self.room.bytes_left)} are left of your quota there"
            return DiskFull(self.folder, needed=self.bytes_to_write, reason=short)
        files = _FILES_EACH * sum(item.state == "new" for item in self.items)
        if self.room.files_left is not None and files > self.room.files_left:
            left = f"no more than {self.room.files_left:,} files can be made there"
            return DiskFull(self.folder, needed=self.bytes_to_write, reason=left)
        return None

    def _no_login(self) -> FetchError | None:
        for item in self.items:
            if item.lacks_login:
                source = item.wanted.source
                return LoginNeeded(source.host, page=source.terms)
        return None

    def unreadable(self) -> list[str]:
        """The files that could not be indexed here, since what reads them is not installed."""
        names = [item.wanted.remote.name.lower() for item in self.items]
        lacking = []
        if find_spec("rapidgzip") is None:
            lacking += [name for name in names if name.endswith(_COMPRESSED)]
        if find_spec("pyarrow") is None:
            lacking += [name for name in names if name.endswith(".parquet")]
        return lacking


def make_plan(
    wanted: Sequence[Wanted],
    folder: str,
    *,
    limit: int | None = None,
    anew: bool = False,
    size_of: Callable[[Remote], int] | None = None,
) -> Plan:
    """The plan of fetching files into a folder; `limit` is in bytes a second.

    With `anew`, what is there of them is to be thrown away. `size_of` asks a source for the size
    of its file; it is asked where nobody else knows.

    Raises:
        FetchError: a source that is asked does not answer, or wants a login.
        OSError: the folder's file system does not answer.
    """
    folder = os.path.abspath(folder)
    items = tuple(_item(one, folder, size_of, anew=anew) for one in wanted)
    rates = [rate_of(item.wanted.remote.url) for item in items]
    known = [rate for rate in rates if rate is not None]
    rate = min(known) if known and len(known) == len(rates) else None
    measured = rate is not None and (limit is None or rate < limit)
    return Plan(folder, items, room_at(folder), rate if measured else limit, measured)


def _item(
    wanted: Wanted, folder: str, size_of: Callable[[Remote], int] | None, *, anew: bool
) -> Item:
    target = os.path.join(folder, wanted.remote.name)
    if wanted.choice is not None:  # what of it is here, only its own list of classes can tell
        whole = not wanted.is_per_class and os.path.exists(target)
        item = Item(wanted, target, None)
        return _here(replace(item, size=wanted.remote.size)) if whole else item
    item = Item(wanted, target, wanted.remote.size)
    item = item if anew else _here(item)
    if item.size is not None or size_of is None or item.lacks_login:
        return item
    return replace(item, size=size_of(wanted.remote))


def _here(item: Item) -> Item:
    """What is there of a file: all of it, a part that was begun, or nothing."""
    try:
        size = os.stat(item.target).st_size
    except OSError:
        pass
    else:
        if item.size not in (None, size):
            return replace(item, state="other")
        return replace(item, size=size, state="here", here_bytes=size, disk_bytes=size)
    noted = bytes_noted(item.target + PART + JOURNAL)
    if noted is None:
        return item
    size, here_bytes = noted
    # What is reserved of the disk, or holes that are not: its blocks say what it takes now.
    try:
        taken = os.stat(item.target + PART).st_blocks * 512
    except OSError:
        taken = 0
    return replace(item, size=size, state="begun", here_bytes=here_bytes, disk_bytes=taken)
