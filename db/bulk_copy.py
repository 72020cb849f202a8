"""Loading images into PostgreSQL by COPY: into their table where all are new, else by a merge.

What comes of a row is the same as in SQLite, where bulk.py puts rows in by the statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import psycopg

from .bulk import ImageLoader
from .errors import Failed
from .postgres_cursors import Cursor, driver_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

# Rows that wait, some MB, before they are put in beside the scan. Where fewer come in a batch,
# because what is scanned lies far away, the writers' lock is taken at its end alone.
_AT_ONCE: Final = 100_000

_COLUMNS: Final = 'release, archive, synset, split, number, "offset", size, member, name'
_COPY: Final = f"COPY image ({_COLUMNS}) FROM STDIN"
# Rows of which some are known, in the order given by `ordinal`, so that ids ascend in that order.
_MAKE_FRESH: Final = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS fresh (ordinal integer GENERATED ALWAYS AS IDENTITY, "
    "release integer, archive integer, synset integer, split smallint, number bigint, "
    '"offset" bigint, size bigint, member text COLLATE "C", name text COLLATE "C") '
    "ON COMMIT DELETE ROWS"
)
_COPY_FRESH: Final = f"COPY pg_temp.fresh ({_COLUMNS}) FROM STDIN"
# What has a meaning in COPY's text.
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_PLAIN: Final = "%d\t%d\t%d\t%d\t%d\t\\N\t\n"

_INSERT: Final = (
    f"INSERT INTO image ({_COLUMNS}) SELECT {_COLUMNS} FROM pg_temp.fresh "  # noqa: S608
    "ORDER BY ordinal ON CONFLICT DO NOTHING"
)
# The image with a row's key, for each of the two indexes that know it. Each row is looked up by
# itself: the planner, who knows nothing of a table just filled, would join it the wrong way round.
_BY_NUMBER: Final = (
    "(SELECT * FROM image WHERE image.synset = fresh.synset AND image.release = fresh.release "
    "AND image.split = fresh.split AND image.number = fresh.number AND image.name = '' LIMIT 1)"
)
_BY_NAME: Final = (
    "(SELECT * FROM image WHERE image.name = fresh.name AND image.release = fresh.release "
    "AND image.split = fresh.split AND image.name <> '' LIMIT 1)"
)
# Images of this archive that were set aside, taken up again; of rows with one key by the first.
_TAKE_UP: Final = (
    'UPDATE image SET archive = first.archive, synset = first.synset, "offset" = first."offset", '
    "size = first.size, member = first.member FROM (SELECT DISTINCT ON (known.id) "
    'known.id, fresh.archive, fresh.synset, fresh."offset", fresh.size, fresh.member '
    "FROM pg_temp.fresh CROSS JOIN LATERAL {same} AS known "
    "WHERE fresh.name {named} '' AND known.archive = -fresh.archive "
    "ORDER BY known.id, fresh.ordinal) AS first WHERE image.id = first.id"
)
_TAKE_UPS: Final = (
    _TAKE_UP.format(named="=", same=_BY_NUMBER),
    _TAKE_UP.format(named="<>", same=_BY_NAME),
)
# The places where rows' images already were, whatever was neither taken up nor put in: kept as
# alternates, and counted.
_ELSEWHERE: Final = (
    'SELECT known.id, fresh.archive, fresh.synset, fresh.split, fresh."offset", fresh.size, '
    "fresh.member, fresh.size <> known.size AS resized, fresh.synset <> known.synset AS relabelled "
    "FROM pg_temp.fresh CROSS JOIN LATERAL {same} AS known "
    "WHERE fresh.name {named} '' AND NOT (known.archive = fresh.archive "
    'AND known."offset" = fresh."offset" AND known.member IS NOT DISTINCT FROM fresh.member)'
)
_DIVERT: Final = (
    f"WITH taken AS MATERIALIZED ({_ELSEWHERE.format(named='=', same=_BY_NUMBER)} "  # noqa: S608
    f"UNION ALL {_ELSEWHERE.format(named='<>', same=_BY_NAME)}), "
    'put AS (INSERT INTO alternate (image, archive, "offset", member, size) '
    "SELECT id, archive, \"offset\", coalesce(member, ''), size FROM taken "
    "ON CONFLICT DO NOTHING) "
    "SELECT split, synset, count(*), sum(size)::bigint, count(*) FILTER (WHERE resized), "
    "count(*) FILTER (WHERE relabelled) FROM taken GROUP BY split, synset"
)


class CopyLoader(ImageLoader):
    """The loader into PostgreSQL; the writers' lock is taken when rows are put in."""

    def __init__(
        self,
        connection: Connection,
        *,
        release_id: int,
        archive_id: int,
        prepare: Callable[[], None],
    ) -> None:
        super().__init__(connection, release_id=release_id, archive_id=archive_id, prepare=prepare)
        self._cursor = Cursor(driver_of(connection))
        self._begin = f"{release_id}\t{archive_id}\t"
        self._blocks: list[bytes] = []
        self._waiting = 0
        # Whether no key was met yet that is known already: the next, too, are put in as if none
        # ever will be, in three quarters of the time.
        self._all_new = True

    def __enter__(self) -> Self:
        return self

    def flush(self) -> None:
        """Put in what is pending; the writers' lock is held then in any case."""
        super().flush()
        self._merge()

    def _write(self, values: Sequence[int | str | None], width: int) -> None:
        rows = len(values) // width
        if width == 5:
            text = (self._begin + _PLAIN) * rows % tuple(values)
        else:
            text = "".join(self._lines(values))
        try:
            self._blocks.append(text.encode())
        except UnicodeEncodeError as error:
            raise _unfit(text[error.start]) from None
        self._waiting += rows
        if self._waiting >= _AT_ONCE:
            self._merge()

    def _lines(self, values: Sequence[int | str | None]) -> Iterator[str]:
        """The lines of COPY's text for rows of seven values."""
        rows = iter(values)
        for synset_id, split, number, offset, size, member, name in zip(*[rows] * 7, strict=True):
            numbers = f"{self._begin}{synset_id}\t{split}\t{number}\t{offset}\t{size}"
            yield f"{numbers}\t{_field(member)}\t{_field(name)}\n"

    def _merge(self) -> None:
        """Bring what is waiting into the tables."""
        self._prepare()
        if self._blocks:
            self._all_new = self._all_new and self._put_all()
            if not self._all_new:
                self._put_some()
        self._blocks.clear()
        self._waiting = 0

    def _put_all(self) -> bool:
        """Put every row in; False where a key is there already, and then none is in."""
        self._cursor.execute("SAVEPOINT loading")
        try:
            self._copy(_COPY)
        except psycopg.errors.UniqueViolation:
            self._cursor.execute("ROLLBACK TO loading")
            return False
        self._cursor.execute("RELEASE loading")
        return True

    def _put_some(self) -> None:
        """Take up what was set aside, put in what is new, and keep the others as alternates."""
        cursor = self._cursor
        cursor.execute(_MAKE_FRESH)
        self._copy(_COPY_FRESH)
        settled = 0
        for statement in (*_TAKE_UPS, _INSERT):
            settled += cursor.execute(statement).rowcount
        if settled < self._waiting:
            for row in cursor.execute(_DIVERT).fetchall():
                self._note(row)
        cursor.execute("TRUNCATE pg_temp.fresh")

    def _copy(self, into: str) -> None:
        with self._cursor.copy(into) as copy:
            for block in self._blocks:
                copy.write(block)

    def _note(self, taken: Sequence[int]) -> None:
        """Count places that were kept as alternates, which were counted as images before."""
        split, synset_id, rows, size_bytes, resized, relabelled = taken
        self.loaded.add(split, synset_id, -rows, -size_bytes)
        self.loaded.alternates += rows
        self.loaded.resized += resized
        self.loaded.relabelled += relabelled


def _field(text: Any) -> str:
    if text is None:
        return r"\N"
    if "\0" in text:
        raise _unfit("\0")
    escaped: str = text.translate(_ESCAPES) if not text.isprintable() or "\\" in text else text
    return escaped


def _unfit(sign: str) -> Failed:
    return Failed("", f"an image's name has the sign {sign!r}, which PostgreSQL cannot hold")
