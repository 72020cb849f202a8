"""One text of a statement for both databases: its marks, its cursors, its order of text."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal, select

from imnet_data.db.batches import fetched
from imnet_data.db.engine import open_storage, reading, writing
from imnet_data.db.sql import cursor, greatest, least, on_postgres, streaming_cursor, translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.db.engine import Storage

# Rows by the thousand, in words that both know.
COUNTING = (
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?) "
    "SELECT n FROM counted"
)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def storage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storage]:
    if request.param == "sqlite":
        place = str(tmp_path_factory.mktemp("sql") / "imagenet.db")
    else:
        place = request.getfixturevalue("postgres").database()
    with closing(open_storage(place, create=True)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("sql", "values", "row"),
    [
        ("SELECT ? + 1, ?", (1, "x"), (2, "x")),
        ("SELECT ?2 || ?1 || ?2", ("a", "b"), ("bab",)),
        ("SELECT ?2 || ?1, ? || 'z'", ("a", "b", "c"), ("ba", "cz")),
        ("SELECT :high - :low, :high + 0", {"low": 2, "high": 5}, (3, 5)),
        ("SELECT '?:a %s' || ?, 7 % ?", ("'", 4), ("?:a %s'", 3)),
        ('SELECT 1 AS "a?" -- what?\n WHERE 1 = ?', (1,), (1,)),
        ("SELECT 'it''s ?' || ?", ("!",), ("it's ?!",)),
        ("SELECT 5", None, (5,)),
    ],
)
def test_a_statement_means_the_same_on_either(
    storage: Storage, sql: str, values: object, row: tuple[object, ...]
) -> None:
    with reading(storage) as connection:
        given = () if values is None else (values,)
        assert cursor(connection).execute(sql, *given).fetchone() == row


def test_a_cast_is_no_name() -> None:
    assert translated("SELECT a::int + :b::bigint").sql == "SELECT a::int + $1::bigint"


@given(st.text(alphabet="?:'\"-a1 \n", max_size=20))
def test_what_stands_in_quotes_is_left_alone(inside: str) -> None:
    quoted = "'" + inside.replace("'", "''") + "'"
    assert translated(f"SELECT {quoted} WHERE a = ?").sql == f"SELECT {quoted} WHERE a = $1"


def test_many_rows_go_in_by_one_call(storage: Storage) -> None:
    with writing(storage) as connection:
        some = cursor(connection)
        some.executemany("INSERT INTO release (name) VALUES (?)", [("many1",), ("many2",)])
        assert some.rowcount == 2
        some.execute("DELETE FROM release WHERE name LIKE ?", ("many%",))
        assert some.rowcount == 2


def test_streamed_rows_come_in_order_while_other_statements_run(storage: Storage) -> None:
    with reading(storage) as connection:
        pages = fetched(streaming_cursor(connection).execute(COUNTING, (20_001,)))
        first = next(pages)
        assert cursor(connection).execute("SELECT 5 + ?", (1,)).fetchone() == (6,)
        rest = [row[0] for page in pages for row in page]
        assert [row[0] for row in first] + rest == list(range(1, 20_002))


def test_a_stream_that_nobody_reads_to_its_end_holds_nothing_up(storage: Storage) -> None:
    with reading(storage) as connection:
        pages = fetched(streaming_cursor(connection).execute(COUNTING, (20_001,)))
        next(pages)
    with writing(storage) as connection:
        connection.exec_driver_sql("INSERT INTO release (name) VALUES ('after')")
        del pages  # its transaction is over: this one must not hear of it
        connection.exec_driver_sql("DELETE FROM release WHERE name = 'after'")


def test_one_cursor_streams_one_statement_after_another(storage: Storage) -> None:
    with reading(storage) as connection:
        some = streaming_cursor(connection)
        assert some.execute(COUNTING, (3,)).fetchone() == (1,)
        assert some.execute(COUNTING, (2,)).fetchall() == [(1,), (2,)]
        assert some.execute(COUNTING, (0,)).fetchmany(5) == [(1,)]
        assert some.fetchone() is None


def test_the_smaller_and_the_larger_of_two(storage: Storage) -> None:
    statement = select(least(literal(2), 3), greatest(literal(2), 3), greatest(-1, literal(-2)))
    with reading(storage) as connection:
        assert tuple(connection.execute(statement).one()) == (2, 3, -1)


def test_text_sorts_by_its_bytes_on_either(storage: Storage) -> None:
    names = ["n1", "N2", "_x", "é", "a b", "a-b", "ab", "𝄞", "Z"]
    with writing(storage) as connection:
        add = "INSERT INTO release (name) VALUES (?)"
        cursor(connection).executemany(add, [(name,) for name in names])
        found = cursor(connection).execute("SELECT name FROM release ORDER BY name").fetchall()
    assert [name for (name,) in found] == sorted(names, key=str.encode)


def test_who_asks_is_told_which_database_it_is(storage: Storage) -> None:
    with reading(storage) as connection:
        assert on_postgres(connection) is not storage.is_file
