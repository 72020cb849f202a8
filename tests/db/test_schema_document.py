"""docs/catalogue-schema.md: its tables are the catalogue's, its examples answer what it says."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.catalogue.copying import copy_catalogue
from imnet_data.db.tables import metadata
from imnet_data.demo.build import build_demo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgres_server import PostgresServer

DOCUMENT = Path(__file__).parents[2] / "docs" / "catalogue-schema.md"

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="the sources' docs/ are not here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's archives and their catalogue."""
    folder = tmp_path_factory.mktemp("documented")
    demo = build_demo(folder / "demo")
    with imnet_data.open(folder / "imagenet.db", create=True) as catalogue:
        catalogue.index([demo.train, demo.val])
    return folder


@pytest.fixture
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / "imagenet.db")) as connection:
        yield connection


def examples(*, in_postgres: bool = False) -> list[str]:
    found = re.findall(
        r"^(<!-- in PostgreSQL -->\n)?```sql\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )  # fmt: skip
    return [sql for mark, sql in found if in_postgres or not mark]


def test_every_table_is_documented_with_all_its_columns() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*?\|(.*)\|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    documented = {
        table: re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", columns)) for table, columns in rows
    }
    del documented["alembic_version"]
    assert documented == {name: table.columns.keys() for name, table in metadata.tables.items()}


def test_the_example_that_counts_gives_the_figures_beside_it(database: sqlite3.Connection) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = ", ".join(f"`{name}` {images}" for name, images, _ in database.execute(examples()[0]))
    assert f"`imnet-data demo` (`bytes` left out): {found}." in text


def test_the_example_that_locates_images_gives_the_bytes_of_jpegs(
    folder: Path, database: sqlite3.Connection
) -> None:
    found = database.execute(examples()[1]).fetchall()
    assert len(found) == 24
    starts = []
    for _, _, uri, offset, _ in found:
        with (folder / uri).open("rb") as archive:
            archive.seek(offset)
            starts.append(archive.read(2))
    # One of the demo's dogs is a PNG by a JPEG's name, as in ImageNet.
    assert sorted(starts) == [b"\x89P", *[b"\xff\xd8"] * 23]


def test_the_example_that_searches_finds_classes_by_words_beside_their_name(
    database: sqlite3.Connection,
) -> None:
    found = database.execute(examples()[3]).fetchall()
    assert [(name, images) for name, _, images in found] == [
        ("shepherd_dog.n.01", 0),
        ("shetland_sheepdog.n.01", 8),
    ]


def test_the_examples_say_the_same_in_postgresql(
    folder: Path, database: sqlite3.Connection, postgres: PostgresServer
) -> None:
    url = postgres.database()
    copy_catalogue(folder / "imagenet.db", url)
    name = url.rpartition("/")[2]
    for sql in examples():
        # Where the archives lie is written out there.
        here = [tuple(row) for row in database.execute(sql.replace("archive.uri", "archive.id"))]
        there = postgres.run(sql.replace("archive.uri", "archive.id"), database=name)
        assert there == here
    last = postgres.run(examples(in_postgres=True)[-1], database=name)
    assert "dog, domestic dog, Canis familiaris" in [words for _, words in last]
    assert not [words for _, words in last if "hunting" in str(words)]
