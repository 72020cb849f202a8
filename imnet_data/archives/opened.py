"""Archives that stay open between reads: once a process, the least used closed; safe across fork.

What is kept open (a file, a decoder) is each container's own.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections import OrderedDict
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from imnet_data.errors import ArchiveChanged, ArchiveMissing, ArchiveReplaced, ObjectChanged
from imnet_data.files.address import is_url
from imnet_data.files.opened import open_file
from imnet_data.files.status import status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.archives.reading import Place
    from imnet_data.files.opened import OpenFile

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


def opened(place: Place) -> OpenFile:
    """The open file of a place, on this machine or in a store."""
    return open_file(place.path)


def read_alone(place: Place) -> bytes:
    """An image that is an object of its own: a million of them are not kept open.

    Raises:
        ArchiveMissing, ArchiveChanged: as in `KeptOpen.get()`.
    """
    try:
        with closing(open_file(place.path)) as file:
            _check_size(place, file.size)
            return file.read_at(file.size, 0)
    except FileNotFoundError:
        raise ArchiveMissing(place.path) from None
    except ObjectChanged as error:
        raise ArchiveReplaced(place.path) from error


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
        if is_url(place.path):
            return self._far(place)
        # Asked anew each time, in a microsecond: the file may have been replaced or removed.
        try:
            found = os.stat(place.path)
            _check_size(place, found.st_size)
            # A file may also be written anew in its own place, and a decoder knows the old one. Its
            # date alone does not tell: mending sets it back to that of the file that was indexed.
            dates = (found.st_mtime_ns, found.st_ctime_ns)
            identity = (found.st_dev, found.st_ino, found.st_size, *dates)
            return self._held(place, identity)
        except (FileNotFoundError, NotADirectoryError):
            raise ArchiveMissing(place.path) from None

    @contextmanager
    def reading(self, place: Place) -> Iterator[T]:
        """What is open for a place, while it is read; in a store another may come in its place.

        Raises:
            ArchiveMissing, ArchiveChanged: as in `get()`; ArchiveReplaced, where another came.
        """
        held = self.get(place)
        try:
            yield held.thing
        except ObjectChanged as error:
            with self._lock:
                self._open.pop(_key(place), None)
            raise ArchiveReplaced(place.path) from error

    def _far(self, place: Place) -> Held[T]:
        """What is open in a store, which is asked once: each read says which version it means."""
        identity = (place.file_size,)
        with self._lock:
            found = self._open.get(_key(place))
            if found is not None and found.identity == identity:
                self._open.move_to_end(_key(place))
                return found
        try:
            _check_size(place, status(place.path).size)
            made = Held(self._open_place(place), identity)
        except FileNotFoundError:
            raise ArchiveMissing(place.path) from None
        with self._lock:
            return self._kept(place, made)

    def _held(self, place: Place, identity: tuple[int, ...]) -> Held[T]:
        with self._lock:
            found = self._open.get(_key(place))
            if found is None or found.identity != identity:
                found = Held(self._open_place(place), identity)
            return self._kept(place, found)

    def _kept(self, place: Place, held: Held[T]) -> Held[T]:
        key = _key(place)
        self._open[key] = held
        self._open.move_to_end(key)
        if len(self._open) > self._at_most:
            self._open.popitem(last=False)
        return held

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


def _key(place: Place) -> tuple[str, str | None]:
    return place.path, place.seek_index


def _check_size(place: Place, size: int) -> None:
    if size != place.file_size:
        raise ArchiveChanged(place.path, f"it has {size:,} bytes, and had {place.file_size:,}")


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
