"""Archives that stay open between reads: once a process, the least used closed; safe across fork.

What is kept open (a file, a decoder) is each container's own.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from imnet_data.errors import ArchiveChanged, ArchiveMissing

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.archives.reading import Place

_OPEN_AT_MOST = 64

# Held while a decoder is imported, and over a fork: a child of a process whose other thread is in
# the middle of an import would wait for that thread for ever.
importing = threading.RLock()


class Closable(Protocol):
    """What can be closed, twice too."""

    def close(self) -> None:
        """Give back files and threads."""
        ...


T = TypeVar("T", bound=Closable)


class OpenFile:
    """The open file of a place; `read_at(size, offset)` moves no position, and so suits threads."""

    def __init__(self, place: Place) -> None:
        self.fd = os.open(place.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        self.read_at = partial(os.pread, self.fd)

    def close(self) -> None:
        """Close it."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


class Held(Generic[T]):
    """Something open; it is closed when neither the table nor a thread that reads holds it."""

    def __init__(self, thing: T, identity: tuple[int, ...]) -> None:
        self.thing = thing
        self.identity = identity

    def __del__(self) -> None:
        self.thing.close()


class KeptOpen(Generic[T]):
    """What was opened by this process, by path; `open_place` opens anew."""

    def __init__(self, open_place: Callable[[Place], T], *, at_most: int = _OPEN_AT_MOST) -> None:
        self._open_place = open_place
        self._at_most = at_most
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[str, str | None], Held[T]] = OrderedDict()
        self._inherited: list[OrderedDict[tuple[str, str | None], Held[T]]] = []
        _tables.add(self)

    def get(self, place: Place) -> Held[T]:
        """What is open for a place; hold it as long as its `thing` is used.

        Raises:
            ArchiveMissing: the file is not there.
            ArchiveChanged: its size is another than when it was indexed.
        """
        # Asked anew each time, in a microsecond: the file may have been replaced or removed.
        try:
            status = os.stat(place.path)
            if status.st_size != place.file_size:
                raise ArchiveChanged(
                    place.path, f"it has {status.st_size:,} bytes, and had {place.file_size:,}"
                )
            # A file may also be written anew in its own place, and a decoder knows the old one. Its
            # date alone does not tell: mending sets it back to that of the file that was indexed.
            dates = (status.st_mtime_ns, status.st_ctime_ns)
            identity = (status.st_dev, status.st_ino, status.st_size, *dates)
            return self._held(place, identity)
        except (FileNotFoundError, NotADirectoryError):
            raise ArchiveMissing(place.path) from None

    def _held(self, place: Place, identity: tuple[int, ...]) -> Held[T]:
        key = (place.path, place.seek_index)
        with self._lock:
            found = self._open.get(key)
            if found is None or found.identity != identity:
                found = self._open[key] = Held(self._open_place(place), identity)
            self._open.move_to_end(key)
            if len(self._open) > self._at_most:
                self._open.popitem(last=False)
            return found

    def start_anew(self) -> None:
        """In a forked child: the parent's lock may be held, and its file positions are its own.

        What the parent opened is not closed here: a decoder's threads stayed with the parent, and
        closing would wait for them for ever.
        """
        self._lock = threading.Lock()
        self._inherited.append(self._open)
        self._open = OrderedDict()

    def close(self) -> None:
        """Close everything, before the interpreter takes the decoders' threads away."""
        with self._lock:
            self._open.clear()


_tables: weakref.WeakSet[KeptOpen[Any]] = weakref.WeakSet()


def _start_anew() -> None:
    for table in _tables:
        table.start_anew()


@atexit.register
def _close_all() -> None:
    for table in _tables:
        table.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
    os.register_at_fork(
        before=importing.acquire,
        after_in_parent=importing.release,
        after_in_child=importing.release,
    )
