"""Which chunks of a file are here, and the digest of each: records appended beside the `.part`.

A record that a crash tore is as if it had never been written. Whether the bytes on disk still
agree is checked when they are read again (checksum.py).
"""

from __future__ import annotations

import json
import os
import struct
import threading
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from imnet_data.lasting import written_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.fetching.remote import Probe

GRAIN_BYTES: Final = 1 << 20
DIGEST_BYTES: Final = 16

_MAGIC: Final = b"imnet-data journal 1\n"
_SIZES: Final = struct.Struct("<II")  # of the head's JSON, and its CRC-32
_RECORD: Final = struct.Struct(f"<I{DIGEST_BYTES}sI")  # chunk, digest, CRC-32 of both


@dataclass(frozen=True, slots=True)
class Head:
    """What a journal is about: the version of the remote file that was begun; sizes in bytes."""

    size: int
    etag: str | None
    last_modified: str | None
    grain: int = GRAIN_BYTES

    @classmethod
    def of(cls, probe: Probe, grain: int = GRAIN_BYTES) -> Head:
        """The head for what a source says of its file."""
        return cls(probe.size, probe.etag, probe.last_modified, grain)

    @property
    def chunks(self) -> int:
        """How many chunks the file has; the last may be shorter."""
        return -(-self.size // self.grain)

    def extent(self, chunk: int) -> tuple[int, int]:
        """Where a chunk starts and stops, in bytes."""
        return chunk * self.grain, min(self.size, (chunk + 1) * self.grain)


class NotAJournal(ValueError):
    """The file is no journal, or its head did not reach the disk."""


class Journal:
    """The chunks that are here; used by several threads at once."""

    def __init__(self, path: str, head: Head, fd: int) -> None:
        self.path = path
        self.head = head
        self._fd = fd
        self._lock = threading.Lock()
        self._here = bytearray(head.chunks)
        self._digests = bytearray(head.chunks * DIGEST_BYTES)
        self._bytes = 0

    @classmethod
    def create(cls, path: str, head: Head) -> Journal:
        """A new journal, without a chunk, on the disk before this returns."""
        text = json.dumps(
            {
                "size": head.size,
                "etag": head.etag,
                "last_modified": head.last_modified,
                "grain": head.grain,
            }
        ).encode()
        with written_whole(path, beside=f"{path}.new") as file:
            file.write(_MAGIC + _SIZES.pack(len(text), crc32(text)) + text)
        return cls(path, head, os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC))

    @classmethod
    def open(cls, path: str) -> Journal:
        """A journal that is there, with the chunks that it knows of.

        Raises:
            NotAJournal: it is none.
            OSError: it cannot be read or written.
        """
        fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        try:
            with os.fdopen(os.dup(fd), "rb") as file:
                data = file.read()
            head, at = _head(data)
            journal = cls(path, head, fd)
            whole = journal._replay(data, at)
            if whole != len(data):  # what a crash left of a record would shift all after it
                os.ftruncate(fd, whole)
        except BaseException:
            os.close(fd)
            raise
        return journal

    def _replay(self, data: bytes, at: int) -> int:
        """Take in the records; gives where the last that is not torn ends."""
        stop = at + (len(data) - at) // _RECORD.size * _RECORD.size
        for chunk, digest, crc in _RECORD.iter_unpack(memoryview(data)[at:stop]):
            if chunk < self.head.chunks and crc == crc32(digest, chunk):
                self._take(chunk, digest)
        return stop

    def add(self, chunk: int, digest: bytes) -> None:
        """Say that a chunk is written, with its digest; appended at once.

        Raises:
            OSError: the disk is full, or the like.
        """
        record = _RECORD.pack(chunk, digest, crc32(digest, chunk))
        with self._lock:
            before = os.fstat(self._fd).st_size
            if os.write(self._fd, record) != len(record):
                os.ftruncate(self._fd, before)
                raise OSError(28, os.strerror(28))
            self._take(chunk, digest)

    def _take(self, chunk: int, digest: bytes) -> None:
        if not self._here[chunk]:
            self._here[chunk] = 1
            start, stop = self.head.extent(chunk)
            self._bytes += stop - start
        self._digests[chunk * DIGEST_BYTES : (chunk + 1) * DIGEST_BYTES] = digest

    def forget(self, chunk: int) -> None:
        """A chunk turned out to be spoilt: it is not here."""
        with self._lock:
            if self._here[chunk]:
                self._here[chunk] = 0
                start, stop = self.head.extent(chunk)
                self._bytes -= stop - start
                self._digests[chunk * DIGEST_BYTES : (chunk + 1) * DIGEST_BYTES] = bytes(
                    DIGEST_BYTES
                )

    def has(self, chunk: int) -> bool:
        """Whether a chunk is here."""
        return bool(self._here[chunk])

    def has_range(self, start: int, stop: int) -> bool:
        """Whether all bytes from `start` up to `stop` are here."""
        if start >= stop:
            return True
        first, last = start // self.head.grain, (stop - 1) // self.head.grain
        return self._here.find(0, first, last + 1) < 0

    def missing(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, int]]:
        """The runs of chunks between two byte offsets that are not here, in bytes, in order."""
        grain, size = self.head.grain, self.head.size
        stop = size if stop is None else stop
        chunk, end = start // grain, -(-stop // grain)
        while (first := self._here.find(0, chunk, end)) >= 0:
            there = self._here.find(1, first, end)
            chunk = end if there < 0 else there
            yield first * grain, min(size, chunk * grain)

    def digest(self, chunk: int) -> bytes:
        """The digest of a chunk that is here."""
        return bytes(self._digests[chunk * DIGEST_BYTES : (chunk + 1) * DIGEST_BYTES])

    def digests(self) -> bytes:
        """The digests of all chunks, one after another; zeros where one is not here."""
        return bytes(self._digests)

    @property
    def bytes_here(self) -> int:
        """How many bytes of the file are here."""
        return self._bytes

    def sync(self) -> None:
        """Wait until the records are on the disk."""
        os.fsync(self._fd)

    def close(self) -> None:
        """Give the file back; more calls do nothing."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)


def digest_of(data: bytes | memoryview) -> bytes:
    """The digest of a chunk: the first 16 bytes of its SHA-256."""
    return sha256(data).digest()[:DIGEST_BYTES]


def _head(data: bytes) -> tuple[Head, int]:
    """The head of a journal, and where its records start."""
    at = len(_MAGIC) + _SIZES.size
    if not data.startswith(_MAGIC) or len(data) < at:
        raise NotAJournal("it is not one of ours")
    length, crc = _SIZES.unpack_from(data, len(_MAGIC))
    text = data[at : at + length]
    if len(text) != length or crc32(text) != crc:
        raise NotAJournal("its head is damaged")
    held: dict[str, Any] = json.loads(text)
    return Head(held["size"], held["etag"], held["last_modified"], held["grain"]), at + length


def bytes_noted(path: str) -> tuple[int, int] | None:
    """The size of a file and how many of its bytes are here, as a journal has it; None for none.

    It is only read: the process that writes it may be at work.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
        head, at = _head(data)
    except (OSError, NotAJournal):
        return None
    journal = Journal(path, head, -1)
    journal._replay(data, at)  # noqa: SLF001 - of this file's own class
    return head.size, journal.bytes_here
