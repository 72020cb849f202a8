"""Whether a catalogue's file is sound and its numbers agree, asked without changing either.

What follows from it for the user is imnet_data/doctor's business.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from .batches import streamed
from .tables import archive, count, image, metadata, synset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

SQLITE_VERSION = sqlite3.sqlite_version

# These have rows by the million; of all others the quick look reads every page, in 0.1 s where 14.2
# million images are indexed.
_LARGE_TABLES = {"image", "alternate", "box", "inspection", "finding"}
_FAULTS_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Pages:
    """What the file is made of; `free` pages hold nothing and are used again."""

    page_bytes: int
    pages: int
    free: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Images and their bytes, by the counts of the classes and by those of the archives."""

    counted: tuple[int, int]
    archived: tuple[int, int]
    classes: int


@dataclass(frozen=True, slots=True)
class Recounted:
    """Images and bytes of one class, release and split in one archive, by the rows themselves."""

    archive: int
    release: int
    split: int
    synset: int
    images: int
    bytes: int


def file_state(path: str) -> tuple[int, int, int]:
    """What changes when somebody writes: the file's time (ns), its bytes, and its log's."""
    status = Path(path).stat()
    return status.st_mtime_ns, status.st_size, log_bytes(path)


def log_bytes(path: str) -> int:
    """The size of the log beside a catalogue, 0 without one; a writer's end takes it away."""
    try:
        return Path(f"{path}-wal").stat().st_size
    except OSError:
        return 0


def pages(connection: Connection) -> Pages:
    """How many pages there are, and how many of them are free."""
    return Pages(
        *(
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_size", "page_count", "freelist_count")
        )
    )


def all_faults(connection: Connection, *, indexes: bool) -> list[str]:
    """What is wrong in the whole file, a few faults in SQLite's own words; empty where it is sound.

    With `indexes` every entry of every index is compared with its row: four times as long.
    """
    name = "integrity_check" if indexes else "quick_check"
    return _told(connection, f"PRAGMA {name}({_FAULTS_AT_MOST})")


def small_faults(connection: Connection) -> list[str]:
    """The same for all tables but those with a row an image."""
    faults: list[str] = []
    for table in ["alembic_version", *sorted(set(metadata.tables) - _LARGE_TABLES)]:
        faults += _told(connection, f'PRAGMA quick_check("{table}")')
    return faults[:_FAULTS_AT_MOST]


def stray_rows(connection: Connection, sample: int) -> tuple[int, int]:
    """How many image rows, evenly spread, were looked up by their key, and how many it misses."""
    # Two statements: SQLite scans the table for both at once, and looks at its ends for either.
    low = connection.execute(select(func.min(image.c.id))).scalar()
    high = connection.execute(select(func.max(image.c.id))).scalar()
    if low is None or high is None:
        return 0, 0
    seen: set[int] = set()
    missed = 0
    for at in range(sample):
        start = low + (high - low) * at // max(1, sample - 1)
        row = connection.execute(
            select(image).where(image.c.id >= start).order_by(image.c.id).limit(1)
        ).one()
        if row.id not in seen:
            seen.add(row.id)
            missed += _id_by_key(connection, row) != row.id
    return len(seen), missed


def totals(connection: Connection) -> Totals:
    """The catalogue's own sums."""
    sums = select(
        func.coalesce(func.sum(count.c.images), 0), func.coalesce(func.sum(count.c.bytes), 0)
    )
    held = select(
        func.coalesce(func.sum(archive.c.images), 0), func.coalesce(func.sum(archive.c.bytes), 0)
    )
    classes = select(func.count(func.distinct(count.c.synset))).where(count.c.synset != 0)
    counted, archived = connection.execute(sums).one(), connection.execute(held).one()
    return Totals(
        (int(counted[0]), int(counted[1])),
        (int(archived[0]), int(archived[1])),
        int(connection.execute(classes).scalar_one()),
    )


def recount(connection: Connection) -> Iterator[Recounted]:
    """Every image row counted anew, by archive, release, split and class; reads the whole table."""
    keys = (image.c.archive, image.c.release, image.c.split, image.c.synset)
    statement = select(*keys, func.count(), func.sum(image.c.size)).group_by(*keys)
    for part in streamed(connection, statement):
        for row in part:
            yield Recounted(*map(int, row))  # of PostgreSQL a sum is a Decimal


def synset_ids(connection: Connection) -> set[int]:
    """The ids of all classes that have a row."""
    return set(connection.execute(select(synset.c.id)).scalars())


def _told(connection: Connection, pragma: str) -> list[str]:
    words = connection.exec_driver_sql(pragma).scalars().all()
    # A tree's faults come in one text, a line each, under a line that names the tree.
    lines = [line for text in words for line in str(text).splitlines()]
    return [line for line in lines if line != "ok" and not line.startswith("***")]


def _id_by_key(connection: Connection, row: Any) -> int | None:
    key = ("synset", "release", "split", "number", "name")
    found = connection.execute(
        select(image.c.id).where(*(image.c[name] == getattr(row, name) for name in key))
    )
    return found.scalar()
