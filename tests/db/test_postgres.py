"""A catalogue in PostgreSQL: opening it, what is refused and in which words, who may read."""

from __future__ import annotations

import shutil
import sys
import traceback
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import imnet_data.db
from imnet_data.db import engine, errors, postgres
from imnet_data.db.addresses import shown
from imnet_data.db.engine import (
    catalogue_uuid,
    open_storage,
    open_to_look,
    reading,
    schema_of,
    writing,
)
from imnet_data.db.migrations import upgrade as migrations
from imnet_data.db.tables import SCHEMA, metadata
from imnet_data.db.writer import claim, holder
from tests.postgres_server import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from imnet_data.db.engine import Storage
    from tests.postgres_server import PostgresServer

ADD = "INSERT INTO release (name) VALUES ('fall11')"


@pytest.fixture(scope="module")
def url(postgres: PostgresServer) -> str:
    """A catalogue that the tests of this module only read, or leave as it was."""
    made = postgres.database()
    open_storage(made, create=True, made_by="tests").close()
    return made


@pytest.fixture
def storage(url: str) -> Iterator[Storage]:
    with closing(open_storage(url)) as opened:
        yield opened


def name_of(url: str) -> str:
    return url.rpartition("/")[2]


def rows(storage: Storage, sql: str) -> list[tuple[Any, ...]]:
    with reading(storage) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


# -- making and opening


def test_a_catalogue_is_made_where_nothing_is_and_opened_as_it_was(
    postgres: PostgresServer,
) -> None:
    url = postgres.database()
    with pytest.raises(errors.Missing):
        open_storage(url)
    with closing(open_storage(url, create=True, made_by="tests")) as made:
        uuid = catalogue_uuid(made)
    for place in (url, url.replace("postgresql://", "postgresql+psycopg://", 1)):
        with closing(open_storage(place, create=True)) as again:
            assert (catalogue_uuid(again), again.writable) == (uuid, True)
            assert not again.is_file
            assert schema_of(again) == SCHEMA
    with closing(open_to_look(url)) as looked:
        assert catalogue_uuid(looked) == uuid
        with pytest.raises(errors.ReadOnly), writing(looked) as connection:
            connection.exec_driver_sql(ADD)


def test_several_that_make_one_at_once_make_the_same_one(postgres: PostgresServer) -> None:
    url = postgres.database()
    first, second = (engine.open_blank(url) for _ in range(2))
    with closing(first), closing(second):
        for storage in (first, second):
            engine._make(storage, "tests", create=True)
        assert catalogue_uuid(first) == catalogue_uuid(second)


MADE_OF = """
SELECT 'column', table_name, ordinal_position::text, column_name, data_type, collation_name,
    is_nullable, column_default, is_identity, identity_generation
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', tablename, indexname, indexdef, '', '', '', '', '', ''
FROM pg_indexes WHERE schemaname = 'public'
"""


def test_a_catalogue_made_at_once_is_the_one_that_the_migrations_make(
    postgres: PostgresServer, storage: Storage
) -> None:
    with closing(engine.open_blank(postgres.database())) as migrated:
        migrations.upgrade(migrated.engine)
        assert set(rows(migrated, MADE_OF)) == set(rows(storage, MADE_OF))


def test_every_column_of_text_sorts_by_its_bytes(storage: Storage) -> None:
    found = rows(storage, MADE_OF)
    other = {(row[1], row[3]) for row in found if row[4] == "text" and row[5] != "C"}
    assert other == set()


@pytest.fixture
def of_0001(postgres: PostgresServer, tmp_path: Path) -> str:
    """A catalogue as schema 0001 would have been on a server, with an archive."""
    first = tmp_path / "first"
    first.mkdir()
    shutil.copy(migrations.VERSIONS / "0001_spine.py", first)
    url = postgres.database()
    with closing(engine.open_blank(url)) as storage:
        migrations.upgrade(storage.engine, versions=first)
        with writing(storage) as connection:
            connection.exec_driver_sql(
                "INSERT INTO archive (uri, container, layout, release, size, signature, state) "
                "VALUES ('/train.tar', 'tar', 'ilsvrc-train', 1, 7, 's', 'whole')"
            )
    return url


def test_an_older_catalogue_is_upgraded_and_keeps_its_rows(of_0001: str) -> None:
    with closing(open_storage(of_0001)) as storage:
        assert schema_of(storage) == SCHEMA
        assert rows(storage, "SELECT uri, boxes FROM archive") == [("/train.tar", 0)]


def test_a_migration_that_fails_leaves_the_catalogue_as_it_was(
    of_0001: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = tmp_path / "versions"
    shutil.copytree(migrations.VERSIONS, versions)
    with open(versions / "0004_health_and_subsets.py", "a") as module:
        module.write("\n\ndef upgrade():\n    raise RuntimeError('disk on fire')\n")
    monkeypatch.setattr(migrations, "VERSIONS", versions)
    with pytest.raises(RuntimeError, match="disk on fire"):
        open_storage(of_0001)
    with closing(open_to_look(of_0001)) as storage:
        assert schema_of(storage) == "0001"
        assert rows(storage, "SELECT to_regclass('box')") == [(None,)]


def test_an_older_catalogue_is_refused_where_the_role_does_not_own_its_tables(
    postgres: PostgresServer, of_0001: str
) -> None:
    writer = postgres.role("writes_0001")
    grant = f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {writer}"
    postgres.run(grant, database=name_of(of_0001))
    with pytest.raises(errors.TooOld) as refusal:
        open_storage(postgres.url(name_of(of_0001), role=writer))
    assert refusal.value.detail == "0001"


# -- who may read


def test_a_role_that_may_only_read_does_and_is_told_when_it_would_write(
    postgres: PostgresServer, url: str
) -> None:
    reader = postgres.role("only_reads")
    postgres.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}", database=name_of(url))
    with closing(open_storage(postgres.url(name_of(url), role=reader), create=True)) as storage:
        assert not storage.writable
        assert rows(storage, "SELECT made_by FROM catalogue") == [("tests",)]
        assert holder(storage) is None
        with pytest.raises(errors.ReadOnly), writing(storage):
            pass
        with pytest.raises(errors.ReadOnly), claim(storage, "index"):
            pass


def test_a_database_that_writes_nothing_now_is_told_as_read_only(url: str) -> None:
    with closing(open_storage(f"{url}?options=-cdefault_transaction_read_only=on")) as storage:
        assert not storage.writable
        assert rows(storage, "SELECT made_by FROM catalogue") == [("tests",)]


def test_all_statements_of_a_reader_see_one_state(storage: Storage) -> None:
    counting = "SELECT count(*) FROM release"
    with reading(storage) as connection:
        before = int(connection.exec_driver_sql(counting).scalar_one())
        with writing(storage) as other:
            other.exec_driver_sql(ADD)
        assert connection.exec_driver_sql(counting).scalar() == before
    assert rows(storage, counting) == [(before + 1,)]
    with writing(storage) as connection:
        connection.exec_driver_sql("DELETE FROM release")


def test_what_a_writer_did_is_undone_by_an_error(storage: Storage) -> None:
    with pytest.raises(KeyboardInterrupt), writing(storage) as connection:  # noqa: PT012
        connection.exec_driver_sql(ADD)
        raise KeyboardInterrupt
    assert rows(storage, "SELECT * FROM release") == []


def test_two_catalogues_of_one_database_lie_in_schemas_of_their_own(
    postgres: PostgresServer,
) -> None:
    url = postgres.database()
    for name in ("one", "two"):
        postgres.run(f"CREATE SCHEMA {name} AUTHORIZATION owner", database=name_of(url))
    places = [f"{url}?options=-csearch_path%3D{name}" for name in ("one", "two")]
    with closing(open_storage(places[0], create=True)) as one:
        with closing(open_storage(places[1], create=True)) as two:
            with claim(one, "a"), claim(two, "b", wait_s=0), writing(one), writing(two) as other:
                other.exec_driver_sql(ADD)
            assert catalogue_uuid(one) != catalogue_uuid(two)
        assert rows(one, "SELECT * FROM release") == []


# -- refused


def has_no_server(postgres: PostgresServer, url: str) -> str:
    return url.replace(f":{postgres.port}/", ":1/")


def has_another_password(postgres: PostgresServer, url: str) -> str:
    return url.replace("owner:", "owner:not-")


def has_no_such_role(postgres: PostgresServer, url: str) -> str:
    return url.replace("owner:", "nobody:")


def has_no_such_database(postgres: PostgresServer, url: str) -> str:
    return f"{url}_not"


def has_no_such_schema(postgres: PostgresServer, url: str) -> str:
    return f"{url}?options=-csearch_path=nowhere"


def has_tables_of_another_program(postgres: PostgresServer, url: str) -> str:
    other = postgres.database()
    postgres.run("CREATE TABLE catalogue (id integer)", database=name_of(other))
    return other


def has_no_rights(postgres: PostgresServer, url: str) -> str:
    return url.replace("owner:", f"{postgres.role('may_nothing')}:")


def has_no_such_setting(postgres: PostgresServer, url: str) -> str:
    return f"{url}?shoe_size=43"


def has_an_encoding_without_most_letters(postgres: PostgresServer, url: str) -> str:
    options = "ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0"
    postgres.run(f"CREATE DATABASE latin OWNER owner {options}")
    return postgres.url("latin")


def comes_from_a_newer_program(postgres: PostgresServer, url: str) -> str:
    newer = postgres.database()
    open_storage(newer, create=True).close()
    postgres.run("UPDATE alembic_version SET version_num = '9999'", database=name_of(newer))
    return newer


@pytest.mark.parametrize(
    ("what", "kind", "words"),
    [
        (has_no_server, errors.Unreachable, "port 1 failed: Connection refused"),
        (has_another_password, errors.LoginRefused, 'password .* failed for user "owner"'),
        (has_no_such_role, errors.LoginRefused, 'failed for user "nobody"'),
        (has_no_such_database, errors.NoDatabase, r'database "made\d+_not" does not exist$'),
        (has_no_such_schema, errors.NoDatabase, "no schema of its search_path is there"),
        (has_tables_of_another_program, errors.Foreign, "tables of another program"),
        (has_no_rights, errors.Denied, "permission denied for table"),
        (has_no_such_setting, errors.Failed, "shoe_size"),
        (has_an_encoding_without_most_letters, errors.Failed, "its encoding is LATIN1"),
        (comes_from_a_newer_program, errors.TooNew, "9999"),
    ],
)
def test_a_place_is_refused_in_a_sentence_that_has_no_password(
    postgres: PostgresServer,
    url: str,
    what: Callable[[PostgresServer, str], str],
    kind: type[errors.StorageError],
    words: str,
) -> None:
    place = what(postgres, url)
    with pytest.raises(kind, match=words) as refusal:
        open_storage(place, create=True)
    assert refusal.type is kind
    assert refusal.value.location == shown(place)
    told = "".join(traceback.format_exception(refusal.value)) + repr(refusal.value)
    # The tests' own lines stand in a traceback, too, but no values.
    for secret in (PASSWORD, place, place.partition("@")[0]):
        assert secret not in told


def test_a_catalogue_in_postgresql_without_its_driver_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for name in ("postgres", "postgres_cursors"):
        monkeypatch.delattr(imnet_data.db, name)
        monkeypatch.delitem(sys.modules, f"imnet_data.db.{name}")
    with pytest.raises(errors.NeedsDriver) as refusal:
        open_storage("postgresql://ada:secret@db.lab/a")
    assert refusal.value.location == "postgresql://ada@db.lab/a"


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        ("53100", errors.Full),
        ("57014", errors.Cancelled),
        ("42501", errors.Denied),
        ("25006", errors.ReadOnly),
        ("55P03", errors.Busy),
        ("XX000", errors.Failed),
    ],
)
def test_what_the_server_raises_in_the_middle_is_told_by_its_kind(
    storage: Storage, raised: str, kind: type[errors.StorageError]
) -> None:
    words = 'could not extend file "base/5/1": No space left on device'
    said = f"ERRCODE = '{raised}', MESSAGE = '{words}'"
    raising = f"DO $$ BEGIN RAISE EXCEPTION USING {said}; END $$"
    with pytest.raises(kind) as refusal, writing(storage) as connection:  # noqa: PT012
        connection.exec_driver_sql(ADD)
        connection.exec_driver_sql(raising)
    assert refusal.value.location == storage.location
    assert rows(storage, "SELECT * FROM release") == []


def end_connections(postgres: PostgresServer, storage: Storage) -> None:
    """As an administrator, a restart or a network does it."""
    name = storage.location.rpartition("/")[2]
    postgres.run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )


def test_a_lost_connection_is_told_and_the_next_one_is_made(
    postgres: PostgresServer, storage: Storage
) -> None:
    with pytest.raises(errors.Lost), writing(storage) as connection:  # noqa: PT012
        connection.exec_driver_sql(ADD)
        end_connections(postgres, storage)
        connection.exec_driver_sql(ADD)
    assert rows(storage, "SELECT * FROM release") == []


def test_of_a_connection_that_the_server_closed_the_reason_is_told_and_not_libpqs_guess() -> None:
    said = (
        "consuming input failed: server closed the connection unexpectedly\n"
        "\tThis probably means the server terminated abnormally\n"
        "\tbefore or while processing the request."
    )
    psycopg = pytest.importorskip("psycopg")
    from imnet_data.db.postgres_errors import explained

    told = explained("postgresql://db.lab/a", psycopg.OperationalError(said))
    assert isinstance(told, errors.Lost)
    assert told.detail == "server closed the connection unexpectedly"


def test_a_connection_that_broke_while_nobody_used_it_is_not_noticed(
    postgres: PostgresServer, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rows(storage, "SELECT 1") == [(1,)]
    end_connections(postgres, storage)
    monkeypatch.setattr("imnet_data.db.postgres._IDLE_S", 0)
    assert rows(storage, "SELECT 1") == [(1,)]


# -- addresses


@pytest.mark.parametrize(
    ("place", "there"),
    [
        ("postgresql://db.lab/a", "postgresql://db.lab/a"),
        ("postgres://u:p@h:5433/a?sslmode=require", "postgresql://u@h:5433/a?sslmode=require"),
        ("postgresql://h/a?password=p&user=u", "postgresql://h/a?user=u"),
        ("postgresql://u:p@[::1]:5/a", "postgresql://u@[::1]:5/a"),
        ("postgresql://u:p@h1:1,h2:2/a", "postgresql://u@h1:1,h2:2/a"),
        ("postgresql://%2Frun%2Fpg/a", "postgresql://%2Frun%2Fpg/a"),
        ("postgresql:///?service=lab", "postgresql:///?service=lab"),
    ],
)
def test_an_address_is_shown_without_its_password(place: str, there: str) -> None:
    assert shown(place) == there


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://u:se@cret@h/a",
        "postgresql://u:se/cret@h/a",
        "postgresql://u:se?cret@h/a",
        "postgresql://u:se:cret/a",
        "mysql://u:secret@h/a",
        "s3://bucket/secret.db",
    ],
)
def test_an_address_whose_password_cannot_be_told_is_refused_and_not_repeated(place: str) -> None:
    with pytest.raises(errors.BadAddress) as refusal:
        open_storage(place)
    assert "cret" not in str(refusal.value)


@given(st.text(alphabet="ab@:/?#%[]& =", min_size=5))
def test_no_password_is_ever_shown(password: str) -> None:
    try:
        there = shown(f"postgresql://user:<{password}>@host/base")
    except errors.BadAddress as refusal:
        there = str(refusal)
    assert password not in there.replace("%40, : is %3A, / is %2F and ? is %3F", "")


def test_the_engine_knows_no_password(storage: Storage) -> None:
    assert PASSWORD not in repr(storage) + str(storage.engine.url) + storage.location


def test_metadata_names_every_table_that_is_looked_for(storage: Storage) -> None:
    with reading(storage) as connection:
        assert not postgres.see(connection, storage.location).blank
    found = rows(storage, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {name for (name,) in found} == {*metadata.tables, "alembic_version"}


def test_a_role_without_its_schema_hears_that_and_not_that_nothing_is_there(
    postgres: PostgresServer, url: str
) -> None:
    postgres.run("CREATE SCHEMA kept AUTHORIZATION owner", database=name_of(url))
    open_storage(f"{url}?options=-csearch_path=kept", create=True).close()
    stranger = postgres.url(name_of(url), role=postgres.role("stranger"))
    with pytest.raises(errors.Denied, match="permission denied for schema kept"):
        open_storage(f"{stranger}?options=-csearch_path=kept")
