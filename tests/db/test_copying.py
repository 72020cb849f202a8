"""Copies of catalogues: every row on the other side, the archives found, nothing half there."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

import imnet_data
from imnet_data.catalogue.copying import copy_catalogue
from imnet_data.db import copying, writer
from imnet_data.db.engine import open_storage, reading, writing
from imnet_data.db.errors import Busy
from imnet_data.db.tables import metadata
from imnet_data.errors import (
    CatalogueBusy,
    CatalogueFailed,
    CatalogueTaken,
    NoCatalogue,
)
from imnet_data.progress import Silent
from tests.limits import no_file_above

from .processes import heard, process

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from imnet_data.demo.build import Demo
    from tests.postgres_server import PostgresServer

# Whatever a text may hold, of what COPY and SQLite have a meaning for.
ODD = "a\tb\nc\rd\\N\\e\bf\vg\fh\x01 'i' \"j\" %s ?1 :k $1 é\U0001f415\uefe9"

TABLES = [name for name in metadata.tables if name != "writer"]


@pytest.fixture
def full(tmp_path: Path) -> str:
    """A catalogue with rows in every table: nulls, bytes, odd texts, numbers at their ends."""
    path = str(tmp_path / "full.db")
    with closing(open_storage(path, create=True)) as storage, writing(storage) as connection:
        for table in metadata.sorted_tables:
            if table.name not in ("catalogue", "writer"):
                fill(connection, table)
    return path


def fill(connection: Any, table: Any) -> None:
    for number, text in enumerate((ODD, "", "\\N", "z")):
        row: dict[str, int | str | bytes | None] = {}
        for place, column in enumerate(table.columns):
            kind = column.type.python_type
            if column.nullable and number == 3:
                row[column.name] = None
            elif kind is int:
                row[column.name] = number + 1 if column.primary_key else (number * 7 - 9) * place
            else:
                row[column.name] = text.encode() + b"\0\xff" if kind is bytes else text
        connection.execute(table.insert().values(row))


def dump(place: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for who is writing."""
    with closing(open_storage(place)) as storage, reading(storage) as connection:
        return {
            name: sorted(
                (tuple(row) for row in connection.execute(metadata.tables[name].select())),
                key=repr,
            )
            for name in TABLES
        }


class At(Silent):
    """A progress that does something when a job begins."""

    def __init__(self, job: str, do: Callable[[], object]) -> None:
        self._job, self._do = job, do

    def begin(self, what: str, total: int | None, unit: str) -> None:
        if what == self._job:
            self._do()


def test_every_row_comes_through_postgresql_and_back_as_it_was(
    full: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    url, back = postgres.database(), str(tmp_path / "back.db")
    copied = [copy_catalogue(full, url), copy_catalogue(url, back)]
    assert dump(back) == dump(url) == dump(full)
    assert copied[0].tables == copied[1].tables
    assert [(one.name, one.rows) for one in copied[0].tables] == [
        (name, 1 if name == "catalogue" else 4) for name in TABLES
    ]


def test_a_copy_of_a_copy_into_another_database_or_file_is_the_same(
    full: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    first, second, file = postgres.database(), postgres.database(), str(tmp_path / "copy.db")
    digests = [copy_catalogue(*one).tables for one in ((full, first), (first, second))]
    digests.append(copy_catalogue(full, file).tables)
    assert digests[0] == digests[1] == digests[2]
    with closing(sqlite3.connect(full)) as one, closing(sqlite3.connect(file)) as other:
        schema = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
        assert one.execute(schema).fetchall() == other.execute(schema).fetchall()
        assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert other.execute("PRAGMA journal_mode").fetchall() == [("wal",)]


def test_what_is_put_into_a_copy_gets_ids_behind_those_that_came(
    full: str, postgres: PostgresServer
) -> None:
    url = postgres.database()
    copy_catalogue(full, url)
    with closing(open_storage(url)) as storage, writing(storage) as connection:
        made = connection.exec_driver_sql("INSERT INTO release (name) VALUES ('new') RETURNING id")
        assert made.scalar() == 5


@pytest.fixture
def indexed(miniature: Demo, tmp_path: Path) -> Path:
    """A catalogue in a folder with one of its archives; another lies elsewhere."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "val.tar").symlink_to(miniature.val)
    with imnet_data.open(folder / "imagenet.db", create=True) as catalogue:
        catalogue.index([folder / "val.tar", miniature.test])
    return folder / "imagenet.db"


def paths(place: str | Path) -> list[str]:
    with imnet_data.open(place) as catalogue:
        archives = catalogue.archives()
        assert all(archive.is_there for archive in archives)
        return [archive.path for archive in archives]


def test_a_copy_finds_the_same_archives_wherever_it_lies(
    indexed: Path, postgres: PostgresServer, tmp_path: Path
) -> None:
    known = paths(indexed)
    (tmp_path / "data" / "below").mkdir()
    places: list[str | Path] = [
        tmp_path / "up.db",
        tmp_path / "data" / "below" / "c.db",
        postgres.database(),
    ]
    for place in places:
        copy_catalogue(indexed, place)
        assert paths(place) == known
    copy_catalogue(places[2], tmp_path / "data" / "again.db")
    with closing(sqlite3.connect(tmp_path / "data" / "again.db")) as plain:
        stored = [uri for (uri,) in plain.execute("SELECT uri FROM archive ORDER BY id")]
    assert stored == ["val.tar", known[1]]


def test_archives_whose_stored_names_change_places_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with (
        closing(open_storage(str(tmp_path / "x.db"), create=True)) as storage,
        writing(storage) as connection,
    ):
        connection.exec_driver_sql("INSERT INTO release (name) VALUES ('own')")
        for uri in ("t.tar", str(tmp_path / "a" / "t.tar"), "a/a/t.tar"):
            connection.execute(
                metadata.tables["archive"].insert().values(
                    uri=uri, container="tar", layout="x", release=1, size=1, signature="", state=""
                )
            )  # fmt: skip
    copy_catalogue(tmp_path / "x.db", tmp_path / "a" / "x.db")
    rows = dump(str(tmp_path / "a" / "x.db"))["archive"]
    assert [row[1] for row in rows] == [str(tmp_path / "t.tar"), "t.tar", "a/t.tar"]


def test_nothing_that_is_there_is_replaced(
    full: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.database()
    copy_catalogue(full, url)
    other = tmp_path / "other"
    other.write_text("a letter")
    for taken in (url, full, other):
        with pytest.raises(CatalogueTaken, match="is there already"):
            copy_catalogue(full, taken)
    assert other.read_text() == "a letter"
    assert dump(full) == dump(url)


def test_what_appears_at_the_place_meanwhile_is_not_replaced(full: str, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    with pytest.raises(CatalogueTaken):
        copy_catalogue(full, there, progress=At("checking", lambda: there.write_text("mine")))
    assert there.read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["full.db", "there.db"]


KILLED = """
import signal
from imnet_data.catalogue.copying import copy_catalogue
from imnet_data.progress import Silent
class Kill(Silent):
    def begin(self, what, total, unit):
        if what == "checking":
            print(os.getpid(), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
copy_catalogue(path, sys.argv[2], progress=Kill())
"""


def test_of_a_copy_that_was_killed_nothing_is_there_and_the_next_one_comes_whole(
    full: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    url, file = postgres.database(), tmp_path / "file.db"
    other = f"{full}.2"  # one source has one claim
    shutil.copy(full, other)
    with process(KILLED, full, url) as first, process(KILLED, other, file) as second:
        heard(first)
        pid = heard(second)
        assert [started.wait() for started in (first, second)] == [-signal.SIGKILL] * 2
    for place in (url, file):
        with pytest.raises(NoCatalogue):
            imnet_data.open(place)
    left = tmp_path / f"file.db.{pid}.part"
    os.utime(left, (0, 0))  # as if it had been a while
    for place in (url, file):
        copy_catalogue(full, place)
        assert dump(str(place)) == dump(full)
    assert not left.exists()


def test_a_disk_that_is_full_leaves_nothing_and_is_told_in_a_sentence(
    full: str, tmp_path: Path
) -> None:
    there = tmp_path / "there.db"
    with no_file_above(40_000), pytest.raises(CatalogueFailed, match=r"there\.db: ") as told:
        copy_catalogue(full, there)
    assert ".part" not in str(told.value)
    assert os.listdir(tmp_path) == ["full.db"]


def test_a_text_that_postgresql_cannot_hold_is_told_and_nothing_is_copied(
    full: str, postgres: PostgresServer
) -> None:
    with closing(open_storage(full)) as storage, writing(storage) as connection:
        connection.exec_driver_sql("UPDATE image SET name = ? WHERE id = 1", ("a\0b",))
    url = postgres.database()
    with pytest.raises(CatalogueFailed, match="the table image has a NUL"):
        copy_catalogue(full, url)
    with pytest.raises(NoCatalogue):
        imnet_data.open(url)


def test_nobody_changes_a_catalogue_while_it_is_copied(full: str, tmp_path: Path) -> None:
    def write() -> None:
        with closing(open_storage(full)) as storage:
            assert "`imnet-data catalogue copy`" in str(writer.holder(storage))
            with pytest.raises(Busy), writer.claim(storage, "a test", wait_s=0):
                pass

    copy_catalogue(full, tmp_path / "copy.db", progress=At("checking", write))
    with (
        closing(open_storage(full)) as storage,
        writer.claim(storage, "a test"),
        pytest.raises(CatalogueBusy, match="`a test`"),
    ):
        copy_catalogue(full, tmp_path / "later.db", wait_s=0)


def test_a_role_that_may_only_read_can_take_a_copy(
    full: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.database()
    copy_catalogue(full, url)
    reader = postgres.role("copies")
    name = url.rpartition("/")[2]
    postgres.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}", database=name)
    copy_catalogue(postgres.url(name, role=reader), tmp_path / "taken.db")
    assert dump(str(tmp_path / "taken.db")) == dump(full)


@pytest.mark.parametrize("table", ["image", "finding"])
def test_a_row_that_is_not_as_it_was_is_seen_by_its_tables_digest(
    full: str, postgres: PostgresServer, table: str
) -> None:
    places: Sequence[str] = (postgres.database(), f"{full}.copy")
    for place in places:
        with (
            closing(open_storage(full)) as storage,
            reading(storage) as source,
            copying.filling(place) as (_, target),
        ):
            spoil = f"UPDATE {table} SET synset = synset + 1 WHERE id = 3"
            spoils = At("checking", lambda: target.exec_driver_sql(spoil))  # noqa: B023
            tables = copying.copy_rows(source, target, spoils)
        assert [one.name for one in tables if one.read != one.there] == [table]


def test_a_copy_reads_compressed_tars_without_another_pass_over_them(
    miniature: Demo, postgres: PostgresServer, tmp_path: Path
) -> None:
    pytest.importorskip("rapidgzip")
    packed = tmp_path / "val.tar.gz"
    packed.write_bytes(gzip.compress(miniature.val.read_bytes()))
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index(packed)
        known = [image.read() for image in catalogue.images().limit(3)]
    (tmp_path / "below").mkdir()
    for place in (tmp_path / "below" / "copy.db", postgres.database()):
        copy_catalogue(tmp_path / "imagenet.db", place)
        with imnet_data.open(place) as copied:
            assert [image.read() for image in copied.images().limit(3)] == known
