"""Opening a catalogue: what is refused, who may read, and several processes at once."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from imnet_data.db.engine import Storage, catalogue_uuid, open_storage, reading, writing
from imnet_data.db.errors import Failed, Foreign, Missing, ReadOnly

from .processes import heard, outcome, process, public_folder, tell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADD_RELEASE = "INSERT INTO release (name) VALUES (?)"

READ = "storage = open_storage(path)\nprint(storage.writable, releases(storage))"


@pytest.fixture
def folder() -> Iterator[Path]:
    with public_folder() as path:
        yield path


@pytest.fixture
def path(folder: Path) -> str:
    return str(folder / "imagenet.db")


def add_release(storage: Storage, name: str) -> None:
    with writing(storage) as connection:
        connection.exec_driver_sql(ADD_RELEASE, (name,))


def releases(storage: Storage) -> int:
    with reading(storage) as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM release").scalar_one())


# -- what is no catalogue


def test_a_text_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("buy milk")
    with pytest.raises(Foreign, match="no SQLite database"):
        open_storage(str(notes), create=True)
    assert notes.read_text() == "buy milk"
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_database_of_another_program_is_refused_and_left_alone(
    tmp_path: Path, journal: str
) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("CREATE TABLE release (id INTEGER)")
        connection.commit()
    before = other.read_bytes()
    with pytest.raises(Foreign, match="another program"):
        open_storage(str(other), create=True)
    assert other.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["other.db"]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Foreign, match="a folder"):
        open_storage(str(tmp_path), create=True)


def test_a_damaged_catalogue_is_called_damaged_not_foreign(path: str, folder: Path) -> None:
    open_storage(path, create=True).close()
    content = bytearray((folder / "imagenet.db").read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    (folder / "imagenet.db").write_bytes(content)
    with pytest.raises(Failed, match="malformed"):
        open_storage(path)


@pytest.mark.parametrize("content", [None, b""], ids=["no file", "an empty file"])
def test_nothing_there_is_missing_unless_it_is_to_be_made(
    path: str, folder: Path, content: bytes | None
) -> None:
    if content is not None:
        (folder / "imagenet.db").write_bytes(content)
    with pytest.raises(Missing):
        open_storage(path)
    with closing(open_storage(path, create=True)) as storage:
        assert releases(storage) == 0


def test_a_catalogue_is_not_made_in_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="folder does not exist"):
        open_storage(str(tmp_path / "nowhere" / "imagenet.db"), create=True)


def test_a_catalogue_whose_making_was_interrupted_is_made_again(path: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with pytest.raises(Missing):
        open_storage(path)
    with closing(open_storage(path, create=True)) as storage:
        assert releases(storage) == 0


# -- several processes


def test_a_catalogue_still_wholly_in_its_makers_log_is_known_as_one(path: str) -> None:
    with closing(open_storage(path, create=True)) as maker, closing(open_storage(path)) as other:
        assert catalogue_uuid(other) == catalogue_uuid(maker)


def test_a_catalogue_whose_maker_was_killed_is_opened_with_what_was_committed(path: str) -> None:
    outcome(
        "storage = open_storage(path, create=True)\n"
        "with writing(storage) as connection:\n"
        "    connection.exec_driver_sql(\"INSERT INTO release (name) VALUES ('a')\")\n"
        "os._exit(0)",
        path,
    )
    with closing(open_storage(path)) as storage:
        assert releases(storage) == 1


def test_processes_that_make_a_catalogue_at_once_all_get_the_same_one(path: str) -> None:
    script = "print(engine.catalogue_uuid(open_storage(path, create=True)))"
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: outcome(script, path), range(3)))
    assert len(set(found)) == 1


def test_readers_keep_their_moment_while_a_writer_commits(path: str) -> None:
    with (
        closing(open_storage(path, create=True)) as writer,
        closing(open_storage(path)) as first,
        closing(open_storage(path)) as second,
    ):
        add_release(writer, "one")
        with reading(first) as connection:
            count = "SELECT count(*) FROM release"
            assert connection.exec_driver_sql(count).scalar() == 1
            with writing(writer) as changing:
                changing.exec_driver_sql(ADD_RELEASE, ("two",))
                assert releases(second) == 1
            assert releases(second) == 2
            assert connection.exec_driver_sql(count).scalar() == 1
        assert releases(first) == 2


def test_a_write_that_fails_midway_leaves_nothing(path: str) -> None:
    def half_write(storage: Storage) -> None:
        with writing(storage) as connection:
            connection.exec_driver_sql(ADD_RELEASE, ("half",))
            raise KeyboardInterrupt

    with closing(open_storage(path, create=True)) as storage:
        with pytest.raises(KeyboardInterrupt):
            half_write(storage)
        assert releases(storage) == 0


# -- without the right to write


def test_a_closed_catalogue_in_an_unwritable_folder_is_read(path: str, folder: Path) -> None:
    with closing(open_storage(path, create=True)) as storage:
        add_release(storage, "one")
    folder.chmod(0o555)
    assert outcome(READ, path, unprivileged=True) == "False 1"


def test_a_catalogue_being_written_by_another_account_is_read_as_it_is_now(
    path: str, folder: Path
) -> None:
    with closing(open_storage(path, create=True)) as storage:
        add_release(storage, "one")
        folder.chmod(0o555)
        assert outcome(READ, path, unprivileged=True) == "False 1"


def test_a_catalogue_whose_writer_was_killed_is_read_with_what_was_committed(
    path: str, folder: Path
) -> None:
    outcome(
        "storage = open_storage(path, create=True)\n"
        "with writing(storage) as connection:\n"
        "    connection.exec_driver_sql(\"INSERT INTO release (name) VALUES ('a')\")\n"
        "os._exit(0)",
        path,
    )
    folder.chmod(0o555)
    assert outcome(READ, path, unprivileged=True) == "False 1"


def test_a_reader_without_the_right_to_write_sees_what_is_written_after_it_opened(
    path: str, folder: Path
) -> None:
    open_storage(path, create=True).close()
    folder.chmod(0o555)
    script = (
        "storage = open_storage(path)\n"
        "while True:\n    print(releases(storage), flush=True)\n    input()"
    )
    with process(script, path, unprivileged=True) as reader:
        assert heard(reader) == "0"
        folder.chmod(0o755)
        with closing(open_storage(path)) as storage:
            add_release(storage, "one")
            tell(reader)
            assert heard(reader) == "1"
        tell(reader)
        assert heard(reader) == "1"


def test_a_write_without_the_right_to_is_refused_in_storages_own_words(
    path: str, folder: Path
) -> None:
    open_storage(path, create=True).close()
    folder.chmod(0o555)
    script = (
        "try:\n    with writing(open_storage(path)): print('began')\n"
        "except errors.ReadOnly as error: print('refused', error.location == path)\n"
    )
    assert outcome(script, path, unprivileged=True) == "refused True"


def test_a_catalogue_is_not_made_where_nothing_can_be_written(path: str, folder: Path) -> None:
    folder.chmod(0o555)
    script = (
        "try: open_storage(path, create=True)\n"
        "except errors.ReadOnly as error: print('refused', error.location == path)\n"
    )
    assert outcome(script, path, unprivileged=True) == "refused True"


def test_a_catalogue_that_may_not_be_read_gives_the_systems_reason(path: str, folder: Path) -> None:
    open_storage(path, create=True).close()
    (folder / "imagenet.db").chmod(0o000)
    script = "try: open_storage(path)\nexcept errors.Failed as error: print(error.detail)"
    assert outcome(script, path, unprivileged=True) == "Permission denied"


def test_a_storage_known_as_read_only_refuses_before_asking_the_file(path: str) -> None:
    with closing(open_storage(path, create=True)) as storage:
        read_only = Storage(storage.engine, storage.location, writable=False)
        with pytest.raises(ReadOnly), writing(read_only):
            pass
