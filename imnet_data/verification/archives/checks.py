"""Whether each archive's file is there, and is still the file that was indexed.

Its bytes are compared in archive_digests.py; nothing here reads an image.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.containers import folder_scan
from imnet_data.archives.signature import signature_of
from imnet_data.db import archives as archive_rows
from imnet_data.db import comparisons, inspections
from imnet_data.db import findings as finding_rows
from imnet_data.db import selects as image_rows
from imnet_data.db.engine import reading
from imnet_data.files.address import is_url
from imnet_data.files.status import is_folder, status
from imnet_data.progress import Silent, job
from imnet_data.verification.archives.digests import wrong_bytes
from imnet_data.verification.archives.stretches import Due
from imnet_data.verification.codes import CHECKS, check
from imnet_data.verification.images.inspect import Found
from imnet_data.verification.levels import Level
from imnet_data.verification.naming import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imnet_data.archives.members import Fault
    from imnet_data.db.engine import Storage
    from imnet_data.progress import Progress
    from imnet_data.upkeep import ArchiveInfo
    from imnet_data.work.workers import Workers

_CHECKSUM: Final = "archive-checksum"
# Any of these found, and the others of the file would say the same in other words.
_ENOUGH: Final = ("archive-missing", "archive-truncated", "archive-changed")
# The scans' own sentences of a file that breaks off; an inner tar's begins with its name.
_BREAKS_OFF: Final = re.compile(r"(?:it|the file) ends at byte [\d,]+, in the middle of ")
_SHOWN: Final = 3
_NOTHING: Final = "nothing is there"


@dataclass(frozen=True, slots=True)
class AtPath:
    """An archive as it was indexed, and what lies at its path now.

    `size_bytes` and `signature` are those of the present file or folder, as indexing takes them;
    `trouble` says why there are none.
    """

    info: ArchiveInfo
    row: Any
    size_bytes: int = 0
    signature: str = ""
    trouble: str = ""
    is_other_kind: bool = False

    @property
    def indexed_signature(self) -> str:
        """The signature without what the user said of label numbers."""
        return str(self.row.signature).partition(" ")[0]


def check_archives(
    storage: Storage,
    archives: Sequence[ArchiveInfo],
    *,
    level: Level,
    progress: Progress | None = None,
    workers: Workers = 0,
) -> dict[int, list[Found]]:
    """What is wrong with each archive, by its id; an empty list where nothing is.

    From `Level.DIGEST` on the bytes of the files are compared with what was fetched, or published,
    by `workers`: those that were compared before and have not changed since are not read
    again, and what was found of them then is found again.

    Raises:
        RegistryRefused: the user's own list of published archives does not read.
        WorkersDie: the processes cannot begin.
    """
    progress = Silent() if progress is None else progress
    known = _Known.of(storage, archives)
    found: dict[int, list[Found]] = {}
    due: list[Due] = []
    with job(progress, "looking at the archives", len(archives), "archives"):
        for info in archives:
            there = _see(info, known.rows[info.id])
            found[info.id] = _looked_at(there, known)
            if not any(one.code in _ENOUGH for one in found[info.id]) and not info.is_loading:
                if known.compared(there):
                    found[info.id] += known.checksums.get(info.id, [])
                elif level >= Level.DIGEST:
                    due.append(Due.of(storage, info))
            progress.advance(1)
    for archive_id, detail in wrong_bytes(due, workers=workers, progress=progress):
        found[archive_id].append(Found(_CHECKSUM, detail))
    return found


# -- what the catalogue knows


@dataclass(frozen=True, slots=True)
class _Known:
    """What the catalogue holds of archives: their rows, and what was verified of them.

    `twice` are images that come twice in one, and the name of the first.
    """

    rows: dict[int, Any]
    levels: dict[int, tuple[str, int]]
    checksums: dict[int, list[Found]]
    twice: dict[int, tuple[int, str]]

    @classmethod
    def of(cls, storage: Storage, archives: Sequence[ArchiveInfo]) -> _Known:
        with reading(storage) as connection:
            rows = {row.id: row for row in archive_rows.list_archives(connection)}
            releases = image_rows.releases(connection)
            twice = {}
            for info in archives:
                several = comparisons.names_twice(connection, info.id) if info.alternates else None
                if several is not None:
                    twice[info.id] = several[0], name_of(several[1], releases)
            checksums: dict[int, list[Found]] = {}
            for row in finding_rows.findings(connection, {_CHECKSUM}):
                one = Found(_CHECKSUM, row.detail)
                checksums.setdefault(row.found_archive, []).append(one)
            levels = inspections.archive_levels(connection)
        return cls(rows, levels, checksums, twice)

    def compared(self, there: AtPath) -> bool:
        """Whether the bytes of a file were compared, and it has not changed since."""
        signature, level = self.levels.get(there.info.id, ("", 0))
        return level >= Level.DIGEST and signature == there.row.signature


def _see(info: ArchiveInfo, row: Any) -> AtPath:
    if is_url(info.path):
        return _see_far(info, row)
    try:
        there = os.stat(info.path)
    except (FileNotFoundError, NotADirectoryError):
        return AtPath(info, row, trouble=_NOTHING)
    except OSError as error:
        return AtPath(info, row, trouble=f"it cannot be reached: {error.strerror}")
    if not os.access(info.path, os.R_OK):
        return AtPath(info, row, trouble="this account may not read it")
    if stat.S_ISDIR(there.st_mode) != info.is_folder:
        return AtPath(info, row, is_other_kind=True)
    return _see_folder(info, row) if info.is_folder else _see_file(info, row)


def _see_far(info: ArchiveInfo, row: Any) -> AtPath:
    """What lies at a URL; a store that does not answer says nothing of the archive, and is told."""
    try:
        file = _see_file(info, row)
    except FileNotFoundError:
        holds_some = is_folder(info.path)
        if holds_some and info.is_folder:
            return _see_folder(info, row)
        return AtPath(info, row, trouble="" if holds_some else _NOTHING, is_other_kind=holds_some)
    return AtPath(info, row, is_other_kind=True) if info.is_folder else file


def _see_file(info: ArchiveInfo, row: Any) -> AtPath:
    there = status(info.path)
    return AtPath(info, row, there.size, signature_of(there))


def _see_folder(info: ArchiveInfo, row: Any) -> AtPath:
    scan = folder_scan(info.path)
    size_bytes = sum(sum(run.sizes) for run in scan.runs())
    return AtPath(info, row, size_bytes, scan.signature())


def _looked_at(there: AtPath, known: _Known) -> list[Found]:
    """What a look at the file's size and time shows, and what indexing had found of it."""
    found: list[Found] = []
    for code in (*_ENOUGH, "archive-faulty", "archive-partial"):
        detail = CHECKS[code](there)
        if detail is not None:
            found.append(Found(code, detail))
            if code in _ENOUGH:
                break
    if (several := known.twice.get(there.info.id)) is not None:
        found.append(Found("name-twice", _twice(several)))
    return found


# -- the checks: each gives the detail of its finding, or None


@check("archive-missing")
def _missing(there: AtPath) -> str | None:
    return there.trouble or None


@check("archive-truncated")
def _truncated(there: AtPath) -> str | None:
    shorter = not there.is_other_kind and there.size_bytes < there.info.file_size
    if shorter and not there.info.is_folder:
        return f"it has {there.size_bytes:,} bytes, and had {there.info.file_size:,} when indexed"
    if there.row.state != archive_rows.FAULTY or _change(there) is not None:
        return None
    return next((f.sentence for f in there.info.faults if _BREAKS_OFF.match(f.sentence)), None)


@check("archive-changed")
def _changed(there: AtPath) -> str | None:
    return None if there.info.is_loading else _change(there)


@check("archive-faulty")
def _faulty(there: AtPath) -> str | None:
    return _sentences(there.info.faults) if there.row.state == archive_rows.FAULTY else None


@check("archive-partial")
def _partial(there: AtPath) -> str | None:
    if there.info.is_loading:
        return "its indexing was cut off; imnet-data index with its path goes on"
    if not there.info.is_partial:
        return None
    return next((fault.sentence for fault in there.info.faults), "not all of it was fetched")


@check("name-twice")
def _twice(several: tuple[int, str]) -> str:
    count, first = several
    more = f", and {count - 1:,} more" if count > 1 else ""
    return f"{first}{more}"


def _change(there: AtPath) -> str | None:
    """How the file differs from the one that was indexed; None where it does not."""
    if there.is_other_kind:
        kind = "a folder" if there.info.is_folder else "a file"
        return f"it was {kind} when it was indexed"
    if there.size_bytes != there.info.file_size:
        what = "its images have" if there.info.is_folder else "it has"
        return f"{what} {there.size_bytes:,} bytes, and had {there.info.file_size:,} when indexed"
    if there.signature == there.indexed_signature:
        return None
    if there.info.is_folder:
        return "files in it have other names, sizes or times than when it was indexed"
    return "it was written to since it was indexed; its size is the same"


def _sentences(faults: Iterable[Fault]) -> str | None:
    severe = [fault.sentence for fault in faults if fault.severe]
    severe = [sentence for sentence in severe if not _BREAKS_OFF.match(sentence)]
    if not severe:
        return None
    more = f"; and {len(severe) - _SHOWN:,} more" if len(severe) > _SHOWN else ""
    return "; ".join(severe[:_SHOWN]) + more
