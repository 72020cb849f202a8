"""Schemas: tables.py and the migrations say the same, and catalogues of other schemas are met."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine

import imnet_data
from imnet_data.db import engine, sqlite
from imnet_data.db.engine import Storage, open_storage, reading, schema_of, writing
from imnet_data.db.errors import TooNew, TooOld
from imnet_data.db.migrations import upgrade as migrations
from imnet_data.db.tables import APPLICATION_ID, SCHEMA, metadata

from .processes import outcome, public_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

# What db/tables.py came to at each schema.
FINGERPRINTS = {
    "0001": "bf6b854adcabb9d6",
    "0002": "b5e4165437a51e54",
    "0003": "0f0853880bfcfc65",
    "0004": "d8b533985b0e3308",
    "0005": "466b40dd02a64cdc",
    "0006": "d918bf538d7afe09",
}

POSTGRES_ONLY = {"image_by_place", "synset_by_words"}

# Schemas that are not there yet.
NEXT, AFTER = f"{int(SCHEMA) + 1:04}", f"{int(SCHEMA) + 2:04}"

NEWER = f"""\
from alembic import op
from sqlalchemy import Column, Text
revision = "{NEXT}"
down_revision = "{SCHEMA}"
def upgrade():
    op.add_column("release", Column("note", Text, nullable=False, server_default="none"))
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "imagenet.db")


@pytest.fixture
def migrate_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make this imnet-data one of a later schema, whose migrations are given by their source."""

    def patch(schema: str, **sources: str) -> None:
        versions = tmp_path / "versions"
        shutil.copytree(migrations.VERSIONS, versions)
        for name, source in sources.items():
            (versions / f"{name}.py").write_text(source)
        monkeypatch.setattr(migrations, "VERSIONS", versions)
        monkeypatch.setattr(engine, "SCHEMA", schema)

    return patch


@pytest.fixture
def migrated() -> Iterator[Engine]:
    """An empty database brought to the newest schema by migrations alone."""
    made = create_engine("sqlite://")
    migrations.upgrade(made)
    yield made
    made.dispose()


def make_catalogue(path: str) -> None:
    """A catalogue with a release and two images."""
    with closing(open_storage(path, create=True)) as storage, writing(storage) as connection:
        connection.exec_driver_sql("INSERT INTO release (name) VALUES ('fall11')")
        connection.exec_driver_sql(
            "INSERT INTO image VALUES (1, 1, 2084071, 1, 7, 1, 512, 99, NULL, ''), "
            "(2, 1, 2084071, 1, 8, 1, 1536, 99, NULL, '')"
        )


def rows(storage: Storage, sql: str) -> list[tuple[object, ...]]:
    with reading(storage) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def schema_sql(some: Engine) -> set[tuple[str, str, frozenset[str], str]]:
    """Every table and index with what the statement that made it defines, without white space.

    A column that is added later comes to stand behind the table's constraints.
    """
    with some.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT type, name, coalesce(sql, '') FROM sqlite_master"
        )
        made = set()
        for kind, name, sql in found:
            head, _, rest = "".join(sql.split()).partition("(")
            defined, _, options = rest.rpartition(")")
            made.add((kind, name, frozenset([head, *defined.split(",")]), options))
        return made


def columns(some: Engine) -> dict[str, list[str]]:
    """Every table's columns in the order in which `SELECT *` gives them."""
    with some.connect() as connection:
        return {
            table: [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
            for table in metadata.tables
        }


def test_a_catalogue_made_at_once_is_the_one_that_the_migrations_make(
    path: str, migrated: Engine
) -> None:
    with closing(open_storage(path, create=True)) as storage:
        assert schema_sql(storage.engine) == schema_sql(migrated)
        assert columns(storage.engine) == columns(migrated)
        assert schema_of(storage) == SCHEMA


def tables_of_sqlite() -> MetaData:
    """The tables without the indexes that only PostgreSQL has."""
    copied = MetaData()
    for table in metadata.sorted_tables:
        made = table.to_metadata(copied)
        for index in [one for one in made.indexes if one.name in POSTGRES_ONLY]:
            made.indexes.remove(index)
    return copied


def test_alembic_sees_no_difference_between_the_migrations_and_the_tables(migrated: Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables_of_sqlite()) == []


def described() -> Iterator[str]:
    """Everything about the tables that a catalogue's file depends on, a line each."""
    for table in metadata.sorted_tables:
        yield f"{table.name} {[(key, str(value)) for key, value in table.dialect_kwargs.items()]}"
        for column in table.columns:
            default = getattr(column.server_default, "arg", None)
            flags = column.primary_key, column.nullable, column.unique, column.autoincrement
            yield f"{column.name} {column.type} {default} {flags}"
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            options = [(key, str(value)) for key, value in index.dialect_kwargs.items()]
            yield f"{index.name} {index.unique} {index.columns.keys()} {options}"


def test_a_change_of_the_tables_comes_with_a_migration() -> None:
    fingerprint = hashlib.sha256("\n".join(described()).encode()).hexdigest()[:16]
    assert FINGERPRINTS.get(SCHEMA) == fingerprint, (
        "db/tables.py changed without a migration: catalogues that people have would no longer "
        "fit it. Add db/migrations/versions/NNNN_what.py, name it in SCHEMA in db/tables.py, and "
        f"add its fingerprint here: {fingerprint}"
    )


def test_the_schema_is_the_last_of_one_line_of_migrations() -> None:
    scripts = ScriptDirectory(str(migrations.HERE), version_locations=[str(migrations.VERSIONS)])
    assert scripts.get_heads() == [SCHEMA]
    found = list(scripts.walk_revisions())
    assert [Path(script.path).name[:5] for script in found] == [f"{s.revision}_" for s in found]


def test_an_older_catalogue_is_upgraded_when_opened_and_keeps_its_rows(
    path: str, migrate_to: Callable[..., None]
) -> None:
    make_catalogue(path)
    migrate_to(NEXT, **{f"{NEXT}_note": NEWER})
    with closing(open_storage(path)) as storage:
        assert schema_of(storage) == NEXT
        assert rows(storage, "SELECT name, note FROM release") == [("fall11", "none")]
        assert rows(storage, "SELECT id, number FROM image ORDER BY id") == [(1, 7), (2, 8)]
    with closing(open_storage(path)) as again:
        assert schema_of(again) == NEXT


def test_several_migrations_are_run_in_their_order(
    path: str, migrate_to: Callable[..., None]
) -> None:
    make_catalogue(path)
    third = NEWER.replace(NEXT, AFTER).replace(SCHEMA, NEXT).replace("note", "last")
    migrate_to(AFTER, **{f"{NEXT}_note": NEWER, f"{AFTER}_last": third})
    with closing(open_storage(path)) as storage:
        assert schema_of(storage) == AFTER
        assert rows(storage, "SELECT * FROM release") == [(1, "fall11", "none", "none")]


def test_a_migration_that_fails_leaves_the_catalogue_as_it_was(
    path: str, migrate_to: Callable[..., None]
) -> None:
    make_catalogue(path)
    migrate_to(NEXT, **{f"{NEXT}_note": NEWER + "    raise RuntimeError('disk on fire')\n"})
    with pytest.raises(RuntimeError, match="disk on fire"):
        open_storage(path)
    with closing(engine.Storage(sqlite.engine(path, writable=True), path, True)) as storage:
        assert schema_of(storage) == SCHEMA
        assert rows(storage, "SELECT * FROM release") == [(1, "fall11")]


def test_a_newer_catalogue_is_refused_by_its_revision(
    path: str, migrate_to: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_catalogue(path)
    migrate_to(NEXT, **{f"{NEXT}_note": NEWER})
    open_storage(path).close()
    monkeypatch.undo()
    with pytest.raises(TooNew) as refusal:
        open_storage(path, create=True)
    assert refusal.value.detail == NEXT


def test_an_older_catalogue_that_cannot_be_written_is_refused_by_its_revision() -> None:
    with public_folder() as folder:
        path = str(folder / "imagenet.db")
        make_catalogue(path)
        folder.chmod(0o555)
        script = (
            f"engine.SCHEMA = '{NEXT}'\n"
            "try: open_storage(path)\n"
            "except errors.TooOld as error: print(error.detail)\n"
        )
        assert outcome(script, path, unprivileged=True) == SCHEMA


def test_a_catalogue_of_a_schema_that_no_migration_starts_from_is_refused(path: str) -> None:
    make_catalogue(path)
    with closing(open_storage(path)) as storage, writing(storage) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(TooOld) as refusal:
        open_storage(path)
    assert refusal.value.detail == "0000"


@pytest.fixture
def of_0001(path: str, tmp_path: Path) -> str:
    """A catalogue as schema 0001 made it, with an archive."""
    first = tmp_path / "first"
    first.mkdir()
    shutil.copy(migrations.VERSIONS / "0001_spine.py", first)
    made = create_engine(f"sqlite:///{path}")
    migrations.upgrade(made, versions=first)
    with made.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(
            "INSERT INTO archive (uri, container, layout, release, size, signature, state) "
            "VALUES ('train.tar', 'tar', 'ilsvrc-train', 1, 7, 's', 'whole')"
        )
    made.dispose()
    return path


def test_a_catalogue_of_schema_0001_gets_room_for_boxes(of_0001: str) -> None:
    with closing(open_storage(of_0001)) as storage:
        assert schema_of(storage) == SCHEMA
        assert rows(storage, "SELECT uri, boxes, boxed_images FROM archive") == [
            ("train.tar", 0, 0)
        ]
        assert rows(storage, "SELECT * FROM box") == []


def test_an_older_catalogue_gets_room_for_where_archives_came_from(of_0001: str) -> None:
    with closing(open_storage(of_0001)) as storage:
        assert rows(storage, "SELECT uri, source, checksum FROM archive") == [
            ("train.tar", None, None)
        ]
        assert rows(storage, "SELECT * FROM chunk_digests") == []


def test_an_older_catalogue_gets_the_words_of_its_classes(of_0001: str) -> None:
    made = create_engine(f"sqlite:///{of_0001}")
    with made.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO synset (id, wnid, name) VALUES (2084071, 'n02084071', 'dog.n.01'), "
            "(100000000, NULL, 'own:black_dog')"
        )
    made.dispose()
    with imnet_data.open(of_0001) as catalogue, catalogue.reading() as connection:
        found = connection.exec_driver_sql("SELECT words FROM synset ORDER BY id").scalars().all()
    assert found == ["dog, domestic dog, Canis familiaris", "black dog"]
