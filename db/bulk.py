"""Rows by the million: loading images and keeping the counts.

What is asked of the catalogue is selects.py's, taking images out removal.py's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from .batches import put_in
from .findings import forget_class_findings
from .lane import Lane
from .sql import cursor, on_postgres
from .tables import catalogue, count, image, release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, Self

    from sqlalchemy import Connection, Row

# Rows a statement carries. One row a statement costs three times as much: 230,000 against 760,000
# rows a second into a bare table here. From 50 rows up it no longer matters to SQLite; more rows
# mean fewer turns at Python's lock between this and the scan.
_CHUNK = 500

_UPSERT = (
    'INSERT INTO image (release, archive, synset, split, number, "offset", size, member, name) '
    # No target: a stored name is a key of its own, whatever class its folder says.
    "VALUES {rows} ON CONFLICT DO UPDATE SET archive = excluded.archive, synset = excluded.synset, "
    '"offset" = excluded."offset", size = excluded.size, member = excluded.member '
    "WHERE image.archive = -excluded.archive"
)
# The places where a chunk's images already were: whatever the upsert did not take.
_ELSEWHERE = (
    'WITH fresh (synset, split, number, "offset", size, member, name) AS (VALUES {rows}) '
    'SELECT image.id, fresh.synset, fresh.split, fresh."offset", fresh.size, fresh.member, '
    "image.size, image.synset FROM fresh JOIN image ON image.release = ?1 "
    "AND image.split = fresh.split AND {same} "
    'WHERE NOT (image.archive = ?2 AND image."offset" = fresh."offset" '
    "AND image.member IS fresh.member)"
)
# What makes a row and an image one key, for each of the two indexes that know it.
_BY_NUMBER = (
    "fresh.name = '' AND image.name = '' "
    "AND image.synset = fresh.synset AND image.number = fresh.number"
)
_BY_NAME = "image.name = fresh.name AND image.name <> ''"


@dataclass(slots=True)
class Loaded:
    """What went in since the last time it was asked: images and bytes by (split, synset)."""

    counts: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    alternates: int = 0
    resized: int = 0
    relabelled: int = 0

    def add(self, split: int, synset_id: int, images: int, size_bytes: int) -> None:
        """Count images of one class."""
        total = self.counts.setdefault((split, synset_id), [0, 0])
        total[0] += images
        total[1] += size_bytes


def image_loader(
    connection: Connection, *, release_id: int, archive_id: int, prepare: Callable[[], None]
) -> ImageLoader:
    """The loader of the database that a catalogue is in."""
    kind: type[ImageLoader] = ImageLoader
    if on_postgres(connection):
        from .bulk_copy import CopyLoader  # noqa: PLC0415 - psycopg, for those who need it

        kind = CopyLoader
    return kind(connection, release_id=release_id, archive_id=archive_id, prepare=prepare)


class ImageLoader:
    """Puts an archive's images into the catalogue, in the order given; this one into SQLite.

    An image whose key is there already becomes an alternate place of it. Rows are written by a
    thread of its own: `flush()` before anything else changes rows, `pause()` before anything else
    uses the connection, and leave the context before the transaction ends. `prepare` is called
    before the first row is changed; in PostgreSQL it has to take the writers' lock.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        release_id: int,
        archive_id: int,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        self.loaded = Loaded()
        self._connection = connection
        self._release_id = release_id
        self._archive_id = archive_id
        self._prepare = prepare
        self._plain: list[int] = []
        self._named: list[int | str | None] = []
        self._lane = Lane()

    def __enter__(self) -> Self:
        self._prepare()
        return self

    def __exit__(self, *_: object) -> None:
        self._lane.close()

    def add_plain(
        self,
        synset_id: int,
        split: int,
        numbers: Sequence[int],
        offsets: Sequence[int],
        sizes: Sequence[int],
    ) -> None:
        """Images whose name and member are rebuilt from their number."""
        if self._named:
            self._send_pending()
        self.loaded.add(split, synset_id, len(numbers), sum(sizes))
        rows = zip(repeat(synset_id), repeat(split), numbers, offsets, sizes, strict=False)
        self._plain.extend(chain.from_iterable(rows))
        whole = len(self._plain) // (5 * _CHUNK) * (5 * _CHUNK)
        for start in range(0, whole, 5 * _CHUNK):
            self._send(self._plain[start : start + 5 * _CHUNK], 5)
        del self._plain[:whole]

    def add_named(
        self, synset_id: int, split: int, rows: Iterable[tuple[int, int, int, str | None, str]]
    ) -> None:
        """Images with a stored name or member: (number, offset, size, member, name) each."""
        if self._plain:
            self._send_pending()
        pending = self._named
        images = size_bytes = 0
        for number, offset, size, member, name in rows:
            pending += (synset_id, split, number, offset, size, member, name)
            images += 1
            size_bytes += size
            if len(pending) >= 7 * _CHUNK:
                self._send(pending, 7)
                pending = self._named = []
        self.loaded.add(split, synset_id, images, size_bytes)

    def flush(self) -> None:
        """Write what is pending, and wait until it is written."""
        self._send_pending()
        self._lane.wait()

    def pause(self) -> None:
        """Wait until the connection can be asked something; what is pending stays so."""
        self._lane.wait()

    def _send_pending(self) -> None:
        if self._plain:
            self._send(self._plain, 5)
            self._plain = []
        if self._named:
            self._send(self._named, 7)
            self._named = []

    def _send(self, values: Sequence[int | str | None], width: int) -> None:
        self._lane.submit(self._write, values, width)

    def _write(self, values: Sequence[int | str | None], width: int) -> None:
        constants = (self._release_id, self._archive_id)
        rows = len(values) // width
        written = cursor(self._connection)
        written.execute(_statement(rows, width), (*constants, *values))
        if written.rowcount < rows:
            self._divert(constants, values, width)

    def _divert(
        self, constants: tuple[int, int], values: Sequence[int | str | None], width: int
    ) -> None:
        """Record as alternates the rows whose key belongs to another place."""
        rows = _rows(len(values) // width, width, ("", ""))
        taken: list[Row[Any]] = []
        for same in (_BY_NUMBER, _BY_NAME):
            sql = _ELSEWHERE.format(rows=rows, same=same)
            taken += self._connection.exec_driver_sql(sql, (*constants, *values)).all()
        self._record(taken)

    def _record(self, found: Sequence[Row[Any]]) -> None:
        taken = []
        for row in found:
            image_id, synset_id, split, offset, size, member, first_size, first_synset = tuple(row)
            self.loaded.add(split, synset_id, -1, -size)
            self.loaded.resized += size != first_size
            self.loaded.relabelled += synset_id != first_synset
            taken.append((image_id, self._archive_id, offset, member or "", size))
        self.loaded.alternates += len(taken)
        add_alternates(self._connection, taken)


def add_alternates(
    connection: Connection, places: Iterable[tuple[int, int, int, str, int]]
) -> None:
    """Add other places of images, (image, archive, offset, member, size), that are missing."""
    into = 'INSERT INTO alternate (image, archive, "offset", member, size) VALUES '
    put_in(cursor(connection), into, places, behind="ON CONFLICT DO NOTHING")


def _statement(rows: int, width: int) -> str:
    return _UPSERT.format(rows=_rows(rows, width, ("?1,", "?2,")))


_ROWS: dict[tuple[int, int, tuple[str, str]], str] = {}


def _rows(rows: int, width: int, constants: tuple[str, str]) -> str:
    """The VALUES of so many rows; parameters from ?3 on, five or seven a row."""
    key = (rows, width, constants)
    if key not in _ROWS:
        rest = "" if width == 7 else ",NULL,''"
        head = "".join(constants)
        _ROWS[key] = ",".join(
            f"({head}{','.join(f'?{3 + row * width + column}' for column in range(width))}{rest})"
            for row in range(rows)
        )
    return _ROWS[key]


def note_change(connection: Connection) -> None:
    """Tell open readers that what they remember of the catalogue is old."""
    connection.execute(update(catalogue).values(changes=catalogue.c.changes + 1))


def add_counts(
    connection: Connection, release_id: int, counts: dict[tuple[int, int], list[int]]
) -> None:
    """Add images and bytes by (split, synset) to the catalogue's counts."""
    note_change(connection)
    forget_class_findings(connection, release_id)
    rows = [(release_id, split, synset_id, *total) for (split, synset_id), total in counts.items()]
    if not rows:
        return
    cursor(connection).executemany(
        'INSERT INTO "count" AS held (release, split, synset, images, bytes) '
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (release, split, synset) DO UPDATE SET "
        "images = held.images + excluded.images, bytes = held.bytes + excluded.bytes",
        rows,
    )
    connection.execute(delete(count).where(count.c.release == release_id, count.c.images == 0))


def release_id_of(connection: Connection, name: str) -> int:
    """The id of a release, made where it is new."""
    found = connection.execute(select(release.c.id).where(release.c.name == name)).scalar()
    if found is not None:
        return int(found)
    made = insert(release).values(name=name).returning(release.c.id)
    return int(connection.execute(made).scalar_one())


def add_synsets(
    connection: Connection,
    synsets: Sequence[tuple[int, str | None, str, str]],
    pairs: Iterable[tuple[int, int]],
) -> None:
    """Add the synsets (id, wnid, name, words) and pairs (ancestor, descendant) that are missing."""
    if synsets:
        # Whoever upgraded the catalogue may not have known the words.
        cursor(connection).executemany(
            "INSERT INTO synset (id, wnid, name, words) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET words = excluded.words WHERE synset.words = ''",
            synsets,
        )
    into = "INSERT INTO closure (ancestor, descendant) VALUES "
    put_in(cursor(connection), into, pairs, behind="ON CONFLICT DO NOTHING")


def last_image_id(connection: Connection) -> int:
    """The highest image id given out so far."""
    return int(connection.execute(select(func.max(image.c.id))).scalar() or 0)
