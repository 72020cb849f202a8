"""`imnet-data catalogue`: what a catalogue is, and copies of it, told to people and programs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from .conftest import answer, on_terminal, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres_server import PostgresServer


def test_a_copy_tells_its_tables_and_that_both_sides_are_the_same(
    catalogue: Path, tmp_path: Path
) -> None:
    done = run("catalogue", "copy", catalogue, "copy.db")
    assert done.exit_code == 0
    heading, *tables, told = done.stdout.splitlines()
    assert heading.split()[:2] == ["table", "rows"]
    assert {line.split()[0] for line in tables} >= {"image", "synset", "count", "archive"}
    assert told.startswith("copied ")
    assert told.endswith("every table is the same on both sides")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as plain:
        (images,) = plain.execute("SELECT count(*) FROM image").fetchone()
    assert f"image {images}".split() in [line.split()[:2] for line in tables]


def test_on_a_terminal_its_lines_fit(catalogue: Path) -> None:
    drawn = on_terminal("catalogue", "copy", catalogue, "copy.db")
    table = [line for line in drawn.splitlines() if line.startswith("image ")]
    assert len(table) == 1
    assert len(table[0]) <= 80


def test_a_copy_in_postgresql_answers_as_the_file_does(
    catalogue: Path, postgres: PostgresServer
) -> None:
    url = postgres.database()
    copied = answer("catalogue", "copy", catalogue, url)
    assert copied["to"] == url.replace(url.split("@")[0], "postgresql://owner")
    assert {len(table["sha256"]) for table in copied["tables"]} == {64}
    for words in (("stats",), ("images", "dog", "--sample", "3", "--seed", "1"), ("tree", "dog")):
        file, server = (run("-c", one, *words, "--json") for one in (catalogue, url))
        here = str(catalogue)
        assert server.stdout.replace(copied["to"], here) == file.stdout.replace(url, here)
    back = answer("catalogue", "copy", url, "back.db")
    assert back["tables"] == copied["tables"]


def test_what_cannot_be_copied_is_told_in_a_sentence_with_what_to_type(
    catalogue: Path, postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.database()
    postgres.run("CREATE TABLE x (y int)", database=url.rpartition("/")[2])
    for source, target, said in (
        (catalogue, catalogue, "is there already"),
        ("none.db", "copy.db", "there is no catalogue at"),
        (catalogue, "nowhere/copy.db", "its folder does not exist"),
        (catalogue, url, "has tables of another program"),
        (catalogue, url.replace("made", "unmade"), "does not exist"),
    ):
        done = run("catalogue", "copy", source, target)
        assert done.exit_code == 1
        assert said in done.stderr
        assert "pw!5" not in done.output
        assert "secret" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_catalogue_says_what_it_is_and_who_writes(
    catalogue: Path, postgres: PostgresServer
) -> None:
    url = postgres.database()
    run("catalogue", "copy", catalogue, url)
    known = answer("catalogue", "info", catalogue=catalogue)
    there = answer("-c", url, "catalogue", "info")
    assert known["kind"] == "SQLite"
    assert there["kind"].startswith("PostgreSQL ")
    assert known["uuid"] == there["uuid"]
    assert known["bytes"] > 50_000 < there["bytes"]
    assert known["writing"] == there["writing"] == []
    told = run("-c", url, "catalogue", "info").stdout
    assert "writing now  nobody" in told
    assert "postgresql://owner@127.0.0.1" in told
