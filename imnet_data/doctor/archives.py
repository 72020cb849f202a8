"""Whether the indexed archives are where the catalogue says, and still what was indexed.

No archive is read; a folder is walked only where the look is to be deep.
"""

from __future__ import annotations

import os
import stat
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from imnet_data.amounts import size
from imnet_data.archives.kinds import FOLDER
from imnet_data.archives.signature import signature_of
from imnet_data.db.archives import FAULTY, LOADING
from imnet_data.doctor.finding import Finding
from imnet_data.errors import ImnetDataError
from imnet_data.files.address import is_url
from imnet_data.files.status import Status, exists
from imnet_data.files.status import status as files_status
from imnet_data.places import from_uri
from imnet_data.progress import job

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.doctor.finding import State
    from imnet_data.progress import Progress

_SECTION = "archives"

Condition = Literal["whole", "missing", "unreadable", "changed", "touched", "unfinished", "faulty"]

_ASKED_AT_ONCE = 16

# Of archives in the same condition so many have a line each; a full release has 21,841.
_LINES = 3


@dataclass(frozen=True, slots=True)
class Looked:
    """An archive and its condition; `detail` says more where there is more to say."""

    path: str
    condition: Condition
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """An archive's row, its path or URL, and what is there: a status, or why there is none."""

    row: Any
    path: str
    status: os.stat_result | Status | OSError | ImnetDataError


def see(rows: Sequence[Any], location: str) -> list[Seen]:
    """One glance at each archive of a catalogue, by their rows; `location` is its path."""
    paths = [from_uri(row.uri, location) for row in rows]
    # A store takes some hundredths of a second to answer; a disk does at once.
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as threads:
        far = [row for row, path in zip(rows, paths, strict=True) if is_url(path)]
        asked = iter(threads.map(_far_status, far, filter(is_url, paths)))
        return [
            Seen(row, path, next(asked) if is_url(path) else _status(path))
            for row, path in zip(rows, paths, strict=True)
        ]


def _status(path: str) -> os.stat_result | OSError:
    try:
        return os.stat(path)
    except OSError as error:
        return error


def _far_status(row: Any, url: str) -> Status | OSError | ImnetDataError:
    """What a store says of an object; of a folder in it, whether something is there at all."""
    try:
        if row.container != FOLDER:
            return files_status(url)
        return Status(row.size, row.signature) if exists(url) else FileNotFoundError(url)
    except (OSError, ImnetDataError) as error:
        return error


def indexed_bytes(seen: Sequence[Seen], path: str) -> int:
    """What the archives on the disk of a path take, in bytes."""
    here = _status(path)
    if isinstance(here, OSError):
        return 0
    return sum(
        int(one.row.size)
        for one in seen
        if isinstance(one.status, os.stat_result) and one.status.st_dev == here.st_dev
    )


def findings(
    seen: Sequence[Seen], *, is_written: bool, deep: bool, progress: Progress
) -> Iterator[Finding]:
    """What is known of the archives of a catalogue."""
    if not seen:
        yield Finding(
            _SECTION, "archives", "note", "none is indexed yet", command=("index",), blank="PATH..."
        )
        return
    by_condition: dict[Condition, list[Looked]] = defaultdict(list)
    with job(progress, "looking at the archives", len(seen), "archives"):
        for one in seen:
            looked = _look(one, deep=deep)
            by_condition[looked.condition].append(looked)
            progress.advance(1)
    yield _summary(seen, Counter({name: len(held) for name, held in by_condition.items()}), deep)
    for condition in _SAID:
        held = by_condition.get(condition, [])
        if condition == "missing" and len(held) > 1:
            yield from _moved(held, seen)
        else:
            yield from _each(held, condition, is_written=is_written)


# -- one archive


def _look(one: Seen, *, deep: bool) -> Looked:
    row, path, status = one.row, one.path, one.status
    if isinstance(status, FileNotFoundError | NotADirectoryError):
        return Looked(path, "missing")
    if isinstance(status, OSError | ImnetDataError):
        return Looked(path, "unreadable", f": {getattr(status, 'strerror', None) or status}")
    if not is_url(path) and not os.access(path, os.R_OK):
        return Looked(path, "unreadable", ": this account may not read it")
    if row.state == LOADING:
        return Looked(path, "unfinished")
    if (changed := _change(row, path, status, deep=deep)) is not None:
        return changed
    is_faulty = row.state == FAULTY
    return Looked(path, "faulty", _first_fault(row.faults)) if is_faulty else Looked(path, "whole")


def _change(row: Any, path: str, status: os.stat_result | Status, *, deep: bool) -> Looked | None:
    """How a finished archive differs from what was indexed, as `index` would tell; None if not."""
    if isinstance(status, Status):
        return _differing(row, path, status.size, signature_of(status))
    is_folder = row.container == FOLDER
    if stat.S_ISDIR(status.st_mode) != is_folder:
        kind = "a folder" if is_folder else "a file"
        return Looked(path, "changed", f": it was {kind}, and is none any more")
    if is_folder and not deep:
        return None
    size_bytes, signature = status.st_size, str(status.st_mtime_ns)
    if is_folder:
        size_bytes, signature = _walked(path)
    return _differing(row, path, size_bytes, signature)


def _differing(row: Any, path: str, size_bytes: int, signature: str) -> Looked | None:
    if size_bytes != row.size:
        return Looked(path, "changed", f": it has {size_bytes:,} bytes, and had {row.size:,}")
    return None if signature == row.signature.partition(" ")[0] else Looked(path, "touched")


def _walked(path: str) -> tuple[int, str]:
    """The size of a folder's images in bytes, and what tells its files from others."""
    from imnet_data.archives.folder import FolderScan  # noqa: PLC0415 - 0.2 s, for --deep alone

    scan = FolderScan(path)
    return sum(sum(run.sizes) for run in scan.runs()), scan.signature()


def _first_fault(text: str) -> str:
    from imnet_data.indexing.stored_text import faults_from_text  # noqa: PLC0415 - for this alone

    sentences = [fault.sentence for fault in faults_from_text(text) if fault.severe]
    more = f" (and {len(sentences) - 1:,} more)" if len(sentences) > 1 else ""
    return f": {sentences[0]}{more}" if sentences else ""


# -- what is said of them

# State, words, advice, command and whether the path belongs behind it; in the order of the lines.
_SAID: dict[Condition, tuple[State, str, str, tuple[str, ...]]] = {
    "missing": (
        "trouble",
        "is missing",
        "say where it is now, or `archives remove` it",
        ("archives", "relocate"),
    ),
    "unreadable": ("trouble", "cannot be read", "have its permissions looked after", ()),
    "changed": ("trouble", "was changed since it was indexed", "", ("index",)),
    "unfinished": ("trouble", "is indexed in part", "", ("index",)),
    "faulty": ("trouble", "is damaged", "get it anew, then", ("index",)),
    "touched": ("note", "has another time of change, and its old size", "", ("index",)),
}


def _summary(seen: Sequence[Seen], conditions: Counter[Condition], deep: bool) -> Finding:  # noqa: FBT001 - told by its name
    there = len(seen) - conditions["missing"]
    total = size(sum(int(one.row.size) for one in seen))
    found = f"{len(seen):,} of {total}, {there:,} of them there"
    all_whole = conditions["whole"] == len(seen)
    if all_whole:
        found = f"{len(seen):,} of {total}, there and as they were indexed"
    if not deep and any(one.row.container == FOLDER for one in seen):
        found += "; what is in a folder is looked at with --deep"
    return Finding(_SECTION, "archives", "well" if all_whole else "note", found)


def _moved(held: Sequence[Looked], seen: Sequence[Seen]) -> Iterator[Finding]:
    """Missing archives: one line for a folder whose archives are all missing."""
    if any(is_url(looked.path) for looked in held):
        yield from _each(held, "missing", is_written=False)
        return
    folder = os.path.commonpath([looked.path for looked in held])
    within = os.path.join(folder, "")
    if sum(one.path.startswith(within) for one in seen) == len(held) and folder != os.sep:
        yield Finding(
            _SECTION, folder, "trouble", f"all {len(held):,} archives in it are missing",
            "say where they are now", command=("archives", "relocate", folder), blank="NEW",
        )  # fmt: skip
    else:
        yield from _each(held, "missing", is_written=False)


def _plural(words: str) -> str:
    verb, _, rest = words.partition(" ")
    verb = {"is": "are", "was": "were", "has": "have"}.get(verb, verb)
    return f"{verb} {rest}"


def _each(held: Sequence[Looked], condition: Condition, *, is_written: bool) -> Iterator[Finding]:
    state, words, advice, command = _SAID[condition]
    if condition == "unfinished" and is_written:
        state, words, advice, command = "note", "is being indexed now", "wait for it to end", ()
    for looked in held[:_LINES]:
        blank = "NEW" if condition == "missing" else ""
        whole = (*command, looked.path) if command else ()
        yield Finding(_SECTION, looked.path, state, words + looked.detail, advice, whole, blank)
    if len(held) > _LINES:
        yield Finding(
            _SECTION, f"{len(held) - _LINES:,} more", state, _plural(words),
            command=("archives", "list"),
        )  # fmt: skip
