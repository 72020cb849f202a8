"""Whether the bytes of an archive's file are those that were fetched, or that were published.

By stretches where fetch kept their digests (stretches.py), so that the damaged ones are known by
their bytes; else by the whole file's checksum, where one is known. What has neither is not judged.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import FOLDER
from imnet_data.db.engine import reading
from imnet_data.db.origins import archives_with_digests
from imnet_data.errors import StoreError
from imnet_data.files.address import base_name, is_url
from imnet_data.files.opened import pieces_of
from imnet_data.progress import Silent, job
from imnet_data.verification.archives.stretches import Due, in_words, ranges_of, wrong_stretches
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done
from imnet_data.work.workers import is_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from imnet_data.db.engine import Storage
    from imnet_data.fetching.registry import Registry
    from imnet_data.progress import Progress
    from imnet_data.upkeep import ArchiveInfo
    from imnet_data.work.workers import Workers

_READ_BYTES: Final = 4 << 20
_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Expected:
    """The checksum that a whole file should have: `sha256:…` or `md5:…`, and who told it."""

    checksum: str
    told: str

    @property
    def algorithm(self) -> str:
        """The name of its algorithm, as hashlib has it."""
        return self.checksum.partition(":")[0]


def expected_checksum(archive: ArchiveInfo, registry: Registry) -> Expected | None:
    """The checksum that an archive's whole file should have; None where nobody told one.

    The one that it was fetched with, else the one that is published for a file of its name and
    exact size.
    """
    if archive.container == FOLDER or archive.is_partial:
        return None
    if archive.checksum is not None:
        return Expected(archive.checksum, "when it was fetched")
    name = base_name(archive.path)
    for release in registry.releases.values():
        for part in release.parts.values():
            if (part.file, part.size) != (name, archive.file_size):
                continue
            if part.sha256 is not None:
                return Expected(f"sha256:{part.sha256.lower()}", "as published")
            if part.md5 is not None:
                return Expected(f"md5:{part.md5.lower()}", "as published")
    return None


def untold(archives: Iterable[ArchiveInfo], storage: Storage) -> list[ArchiveInfo]:
    """The archives of which nothing tells what their bytes should be.

    Raises:
        RegistryRefused: the user's own list of published archives does not read.
    """
    from imnet_data.fetching.registry import Registry  # noqa: PLC0415 - where one is looked up

    with reading(storage) as connection:
        by_stretch = archives_with_digests(connection)
    registry = Registry.load()
    rest = (one for one in archives if one.id not in by_stretch)
    return [one for one in rest if expected_checksum(one, registry) is None]


def bad_stretches(
    storage: Storage,
    archive: ArchiveInfo,
    *,
    workers: Workers = 0,
    progress: Progress | None = None,
) -> list[tuple[int, int]] | None:
    """(offset, size) in bytes of what is wrong in an archive's file, neighbours joined.

    None where fetch kept no digests of its stretches. The file is read whole, in `workers`
    processes.

    Raises:
        WorkersDie: the processes cannot begin.
    """
    due = Due.of(storage, archive)
    if due.grain is None:
        return None
    wrong = wrong_stretches([due], workers=workers, progress=progress or Silent())[archive.id]
    return ranges_of(due, wrong)


def checksum_of(path: str, algorithm: str, *, advance: Callable[[int], None]) -> str:
    """The checksum of a whole file, as `sha256:…`; `advance` hears of the bytes as they pass.

    Raises:
        OSError: it cannot be read.
        ValueError: there is no such algorithm.
    """
    running = hashlib.new(algorithm, usedforsecurity=False)
    far = is_url(path)
    for piece in pieces_of(path, _READ_BYTES, at_once=_AT_ONCE) if far else _pieces(path):
        running.update(piece)
        advance(len(piece))
    return f"{algorithm}:{running.hexdigest()}"


def _pieces(path: str) -> Iterator[memoryview]:
    """A file's bytes in order; each piece is there until the next is asked for."""
    buffer = memoryview(bytearray(_READ_BYTES))
    with open(path, "rb", buffering=0) as file:
        _tell_order(file.fileno())
        while count := file.readinto(buffer):
            yield buffer[:count]


def wrong_bytes(
    due: Sequence[Due], *, workers: Workers, progress: Progress
) -> Iterator[tuple[int, str]]:
    """(archive's id, what is wrong) of the archives whose bytes are not what they should be.

    Raises:
        RegistryRefused: the user's own list of published archives does not read.
        WorkersDie: the processes cannot begin.
    """
    by_stretch = [one for one in due if one.grain is not None]
    wrong = wrong_stretches(by_stretch, workers=workers, progress=progress)
    for one in by_stretch:
        if wrong[one.info.id]:
            yield one.info.id, in_words(one, wrong[one.info.id])
    yield from _wrong_files([one for one in due if one.grain is None], workers, progress)


# -- by the whole file's checksum


def _wrong_files(
    due: Sequence[Due], workers: Workers, progress: Progress
) -> Iterator[tuple[int, str]]:
    """(archive's id, what is wrong) of files whose checksum is another than is known of them."""
    if not due:
        return
    from imnet_data.fetching.registry import Registry  # noqa: PLC0415 - where one is looked up

    registry = Registry.load()
    known = [(one, expected_checksum(one.info, registry)) for one in due]
    with_one = [(one, expected) for one, expected in known if expected is not None]
    if not with_one:
        return
    total = sum(one.info.file_size for one, _ in with_one)
    with job(progress, "checksums of whole files", total, "bytes"):
        if is_cluster(workers):
            with_one = list(_not_agreeing(with_one, workers, progress))
        for one, expected in with_one:
            detail = _difference(one.info.path, expected, progress)
            if detail is not None:
                yield one.info.id, detail


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A unit of work: the checksum of a file."""

    at: int
    path: str
    algorithm: str

    def run(self) -> str:
        """Read it."""
        return checksum_of(self.path, self.algorithm, advance=lambda _: None)


def _not_agreeing(
    due: Sequence[tuple[Due, Expected]], workers: Workers, progress: Progress
) -> Iterator[tuple[Due, Expected]]:
    """Those of some files that a cluster's worker found amiss: they are looked at here, too."""
    units = (WholeFile(at, one.info.path, told.algorithm) for at, (one, told) in enumerate(due))
    for outcome in outcomes(units, workers=workers):
        assert isinstance(outcome.unit, WholeFile)
        one, told = due[outcome.unit.at]
        if isinstance(outcome, Done) and outcome.result == told.checksum.lower():
            progress.advance(one.info.file_size)
        else:
            yield one, told


def _difference(path: str, expected: Expected, progress: Progress) -> str | None:
    try:
        found = checksum_of(path, expected.algorithm, advance=progress.advance)
    except StoreError:
        raise
    except OSError as error:
        return f"it cannot be read whole: {error.strerror}"
    if found == expected.checksum.lower():
        return None
    name, _, wanted = expected.checksum.partition(":")
    return f"its {name} is {found.partition(':')[2]}, and {expected.told} it was {wanted}"


def _tell_order(fd: int) -> None:
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_SEQUENTIAL)
