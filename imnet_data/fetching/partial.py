"""A file that is on its way: `NAME.part` with its journal, until it gets its finished name.

Which bytes are fetched, and whether they are right, is the download's business.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Self

from imnet_data.archives.tars.partial import list_path
from imnet_data.errors import DiskFull, NotWritten, PartUnknown, RemoteChanged
from imnet_data.fetching.claim import Claim
from imnet_data.fetching.journal import Head, Journal, NotAJournal
from imnet_data.lasting import sync_folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from imnet_data.fetching.remote import Probe

# A full disk, a quota, a limit on the size of files (`ulimit -f`, or the file system's own).
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def part_path(target: str) -> str:
    """Where a file lies while it is on its way."""
    return f"{target}.part"


def journal_path(target: str) -> str:
    """Where the journal of a file on its way lies."""
    return f"{target}.part.journal"


def claim_path(target: str) -> str:
    """Where the claim of the process that fetches a file lies."""
    return f"{target}.part.claim"


class Partial:
    """A file on its way, claimed by this process; used by several threads at once."""

    def __init__(self, target: str, claim: Claim) -> None:
        self.target = target
        self.path = part_path(target)
        self.claim = claim
        self._fd = -1
        self._journal: Journal | None = None
        self._abandoned = False

    @classmethod
    def open(
        cls, target: str, probe: Probe, *, restart: bool = False, has_checksum: bool = False
    ) -> Partial:
        """Begin a file, or go on with what is there of it.

        Raises:
            PartTaken: another process is at it.
            PartUnknown: a file is in the way that no journal belongs to.
            RemoteChanged: what is there is of another version; with a published checksum a new
                tag or date alone is none, for the checksum decides.
            NotWritten: the folder cannot be written.
        """
        with not_written(part_path(target)):
            os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
            partial = cls(target, Claim(claim_path(target)))
        try:
            with not_written(partial.path):
                if restart:
                    partial.discard()
                partial._journal = partial._begun(probe, has_checksum=has_checksum)
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
                partial._fd = os.open(partial.path, flags, 0o666)
        except BaseException:
            partial.close()
            raise
        return partial

    def _begun(self, probe: Probe, *, has_checksum: bool) -> Journal:
        path = journal_path(self.target)
        held = os.path.getsize(self.path) if os.path.exists(self.path) else 0
        try:
            journal = Journal.open(path)
        except FileNotFoundError:
            if held:
                raise PartUnknown(self.path, "no journal tells what is in it") from None
            return Journal.create(path, Head.of(probe))
        except NotAJournal as error:
            if held:
                raise PartUnknown(self.path, f"its journal does not read: {error}") from None
            return Journal.create(path, Head.of(probe))
        try:
            _compare(journal.head, probe, has_checksum=has_checksum)
        except RemoteChanged:
            journal.close()
            raise
        if not held:  # the journal alone was kept: nothing of what it tells is here
            journal.close()
            return Journal.create(path, Head.of(probe))
        return journal

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def journal(self) -> Journal:
        """What is here of the file."""
        assert self._journal is not None
        return self._journal

    @property
    def needed(self) -> int:
        """How many bytes are still to come."""
        return self.journal.head.size - self.journal.bytes_here

    def reserve(self) -> None:
        """Take the room for the whole file now, where the file system does so without writing.

        Raises:
            DiskFull: there is not enough.
        """
        before = os.fstat(self._fd).st_size
        try:
            with not_written(self.path, self.needed):
                _allocate(self._fd, self.journal.head.size)
        except DiskFull:
            os.ftruncate(self._fd, before)  # what was got of it goes back
            raise

    def write(self, at: int, data: bytes | memoryview) -> None:
        """Write bytes at an offset.

        Raises:
            DiskFull: there is no room.
            NotWritten: it fails otherwise.
        """
        view = memoryview(data)
        with not_written(self.path, self.needed):
            while view:
                n = os.pwrite(self._fd, view, at)
                at, view = at + n, view[n:]

    def read(self, at: int, into: memoryview) -> None:
        """Read bytes that are here, as many as the buffer holds; zeros past the file's end.

        Raises:
            NotWritten: the disk fails.
        """
        with not_written(self.path, doing="read"):
            while into:
                n = os.preadv(self._fd, [into], at)
                if n == 0:  # shorter than its journal says: it was cut by someone, or by a crash
                    into[:] = bytes(len(into))
                    return
                at, into = at + n, into[n:]

    def done(self, chunk: int, digest: bytes) -> None:
        """Say that a chunk is written.

        Raises:
            DiskFull: there is no room for the record.
        """
        with not_written(self.path, self.needed):
            self.journal.add(chunk, digest)

    def sync(self) -> None:
        """Wait until what was written is on the disk.

        Raises:
            DiskFull: there was no room for it, as file servers say only now.
        """
        with not_written(self.path, self.needed):
            os.fdatasync(self._fd)

    def finish(self) -> None:
        """Give the file its finished name; its journal goes."""
        with not_written(self.target):
            os.ftruncate(self._fd, self.journal.head.size)
            os.fsync(self._fd)
            os.rename(self.path, self.target)
            sync_folder_of(self.target)
            os.unlink(journal_path(self.target))
            self._drop_list()

    def discard(self) -> None:
        """Throw away what is here, and its journal; the claim stays."""
        # The data first: a journal without data is as nothing, data without a journal a riddle.
        for path in (self.path, journal_path(self.target)):
            with suppress(FileNotFoundError):
                os.unlink(path)
        self._drop_list()

    def _drop_list(self) -> None:
        """Forget which tars in it were here: it is whole now, or nothing of it is."""
        with suppress(FileNotFoundError):
            os.unlink(list_path(self.path))

    def abandon(self) -> None:
        """Leave the files open at the end: a thread that cannot be woken may yet write to them."""
        self._abandoned = True

    def close(self) -> None:
        """Give up the claim, and the files."""
        if not self._abandoned:
            if self._fd >= 0:
                fd, self._fd = self._fd, -1
                os.close(fd)
            if self._journal is not None:
                self._journal.close()
        self.claim.release()


@contextmanager
def not_written(path: str, needed: int = 0, *, doing: str = "written") -> Iterator[None]:
    """Raise the file system's errors as ours."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in _NO_ROOM:
            raise DiskFull(path, needed=needed, reason=reason) from error
        raise NotWritten(path, reason, doing=doing) from error


def _compare(head: Head, probe: Probe, *, has_checksum: bool) -> None:
    """Raise RemoteChanged if what was begun is another version than what is there now."""
    facts: list[tuple[str, int | str | None, int | str | None]] = [("size", head.size, probe.size)]
    versions = [
        ("tag", head.etag, probe.etag),
        ("date", head.last_modified, probe.last_modified),
    ]
    if not has_checksum:
        facts += [fact for fact in versions if fact[1] and fact[2]]
    for what, before, now in facts:
        if before != now:
            raise RemoteChanged(probe.url, what=what, before=before, now=now)


def _allocate(fd: int, size: int) -> None:
    """fallocate(2): room without writing, or nothing.

    Not os.posix_fallocate: where the file system cannot, glibc writes a byte into each block.
    """
    import ctypes  # noqa: PLC0415 - needed here alone, and nothing is loaded at import

    call = getattr(ctypes.CDLL(None, use_errno=True), "fallocate64", None)
    if call is None or size == 0:
        return
    call.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    if call(fd, 0, 0, size) == 0:
        return
    number = ctypes.get_errno()
    if number in _NO_ROOM:
        raise OSError(number, os.strerror(number))
