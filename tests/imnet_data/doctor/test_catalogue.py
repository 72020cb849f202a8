from __future__ import annotations

import os
import random
import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.doctor.examine import examine
from tests.imnet_data.indexing.trees import CRANE_BIRD, GOLDFISH, TENCH, train_tar, tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.doctor.finding import Finding

_PAGE = 4096


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tar, a folder of images and their catalogue."""
    folder = tmp_path_factory.mktemp("made")
    train_tar(folder / "ILSVRC2012_img_train.tar", {TENCH: [1, 2, 3], GOLDFISH: [1, 2]})
    tree(folder / "own", {f"{CRANE_BIRD}/{CRANE_BIRD}_{number}.JPEG": None for number in range(4)})
    with imnet_data.open(folder / "c.db", create=True) as catalogue:
        assert catalogue.index([folder / "ILSVRC2012_img_train.tar", folder / "own"]).well
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


def look(path: Path, *, deep: bool = False) -> dict[str, Finding]:
    """What is said of a catalogue and its archives, by what it is said of."""
    found = examine(str(path.parent), catalogue_path=str(path), deep=deep)
    return {
        finding.what.removeprefix(f"{path.parent}/"): finding
        for finding in found
        if finding.section in ("catalogue", "archives")
    }


def troubles(path: Path, *, deep: bool = False) -> set[str]:
    return {what for what, one in look(path, deep=deep).items() if one.state == "trouble"}


def run(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql, values)
        connection.commit()


def replace_page(path: Path, number: int) -> None:
    content = bytearray(path.read_bytes())
    content[number * _PAGE : (number + 1) * _PAGE] = random.Random(number).randbytes(_PAGE)
    path.write_bytes(content)


def root_page(path: Path, name: str) -> int:
    """The page, from 0, in which a table or index begins."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,))
        return int(found.fetchone()[0]) - 1


@pytest.mark.parametrize("deep", [False, True])
def test_a_sound_catalogue_is_well_and_is_not_changed(folder: Path, deep: bool) -> None:
    path = folder / "c.db"
    before = path.read_bytes(), path.stat().st_mtime_ns, sorted(os.listdir(folder))
    found = look(path, deep=deep)
    # Nothing was verified yet, which is worth a note and no trouble.
    noted = {name: one.state for name, one in found.items() if one.state != "well"}
    assert noted == {"verified": "note"}
    assert "9 images, 3 classes" in found["c.db"].found
    assert ("recount" in found) is deep
    assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(os.listdir(folder))) == before


def test_counts_agree_after_alternates_changes_and_removals(folder: Path) -> None:
    path = folder / "c.db"
    shutil.copy(folder / "ILSVRC2012_img_train.tar", folder / "second.tar")
    with imnet_data.open(path) as catalogue:
        catalogue.index(folder / "second.tar", release="ilsvrc2012")
        assert troubles(path, deep=True) == set()
        train_tar(folder / "ILSVRC2012_img_train.tar", {TENCH: [2, 9], CRANE_BIRD: [4]})
        catalogue.index(folder / "ILSVRC2012_img_train.tar")
        assert troubles(path, deep=True) == set()
        catalogue.remove_archive(folder / "second.tar")
        assert troubles(path, deep=True) == set()


# -- damage


@pytest.mark.parametrize("name", ["image", "image_key", "count", "closure", "synset", "archive"])
@pytest.mark.parametrize("deep", [False, True])
def test_a_page_of_rubbish_is_trouble_wherever_it_lies(folder: Path, name: str, deep: bool) -> None:
    path = folder / "c.db"
    replace_page(path, root_page(path, name))
    assert troubles(path, deep=deep)


def test_a_catalogue_cut_short_is_trouble(folder: Path) -> None:
    path = folder / "c.db"
    os.truncate(path, path.stat().st_size - 3 * _PAGE)
    assert troubles(path)


def test_the_quick_look_at_a_large_file_finds_rubbish_in_its_small_tables_and_lost_index_entries(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imnet_data.doctor.catalogue._READ_WHOLE_BYTES", 0)
    path = folder / "c.db"
    sound = look(path)["file"]
    assert (sound.state, "9 image rows, evenly spread" in sound.found) == ("well", True)
    intact = path.read_bytes()
    replace_page(path, root_page(path, "closure"))
    assert troubles(path) == {"file"}
    path.write_bytes(intact)
    empty_an_index(path, "image_key")
    assert "9 of 9 image rows are missing from their index" in look(path)["file"].found


def empty_an_index(path: Path, name: str) -> None:
    """Make an index's tree a sound one without entries, as a lost write leaves it."""
    page = root_page(path, name)
    content = bytearray(path.read_bytes())
    content[page * _PAGE : page * _PAGE + 8] = b"\x0a\0\0\0\0\0\0\0"
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("sql", "quick", "deep"),
    [
        ('UPDATE "count" SET images = images + 3 WHERE synset = 1440764', {"counts"},
         {"counts", "recount"}),
        ("UPDATE archive SET bytes = bytes - 1 WHERE id = 1", {"counts"}, {"counts", "recount"}),
        ("UPDATE archive SET unlabelled = 1 WHERE id = 1", set(), {"recount"}),
        ("DELETE FROM image WHERE id = 3", set(), {"recount"}),
        ("UPDATE image SET size = size + 1 WHERE id = 3", set(), {"recount"}),
        ("UPDATE image SET archive = 77 WHERE id = 3", set(), {"recount"}),
        ("DELETE FROM synset WHERE id = 1440764", set(), {"recount"}),
    ],
)  # fmt: skip
def test_counts_that_are_wrong_are_found(
    folder: Path, sql: str, quick: set[str], deep: set[str]
) -> None:
    run(folder / "c.db", sql)
    assert troubles(folder / "c.db") == quick
    assert troubles(folder / "c.db", deep=True) == deep


def test_what_is_no_catalogue_is_said_and_what_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, and longer than a header of SQLite's")
    run(tmp_path / "other.db", "CREATE TABLE mine (x)")
    (tmp_path / "empty.db").touch()
    (tmp_path / "folder.db").mkdir()
    for name in ("text.db", "other.db", "folder.db"):
        found = look(tmp_path / name)
        assert set(found) == {name}
        assert found[name].found.startswith("no catalogue: ")
        assert found[name].state == "trouble"
    for name in ("empty.db", "none.db"):
        assert (look(tmp_path / name)[name].state, look(tmp_path / name)[name].command) == (
            "note",
            ("index",),
        )


# -- schema, writers, log


def test_an_older_schema_is_left_as_it_is_and_the_upgrade_is_told(folder: Path) -> None:
    path = folder / "c.db"
    run(path, "UPDATE alembic_version SET version_num = '0000'")
    found = look(path)
    assert (found["schema"].state, found["schema"].command) == ("note", ("stats",))
    assert "archives" not in found
    assert look(path)["schema"].found.startswith("0000, ")


def test_a_newer_schema_needs_a_newer_imnet_data(folder: Path) -> None:
    run(folder / "c.db", "UPDATE alembic_version SET version_num = '9999'")
    found = look(folder / "c.db")
    assert found["schema"].state == "trouble"
    assert found["schema"].advice == "pip install --upgrade imnet-data"


CLAIM = "INSERT INTO writer VALUES (1, ?, ?, ?, ?, 0, 'imnet-data index')"


def test_who_is_writing_and_who_was_killed_are_told_apart(folder: Path) -> None:
    path = folder / "c.db"
    run(path, CLAIM, socket.gethostname(), "an earlier boot", os.getpid(), "1")
    killed = look(path)["writers"]
    assert (killed.state, "was killed" in killed.found) == ("note", True)

    from imnet_data.db import engine, writer

    with (
        closing(engine.open_storage(str(path))) as storage,
        writer.claim(storage, "imnet-data index"),
    ):
        living = look(path)["writers"]
    assert "is writing now" in living.found
    assert str(os.getpid()) in living.found
    assert look(path)["writers"].state == "well"


def test_a_transaction_that_is_under_way_is_no_damage_and_its_log_is_read_along(
    folder: Path,
) -> None:
    path = folder / "c.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE catalogue SET changes = changes + 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM image")
        found = look(path, deep=True)
        assert [one for one in found.values() if one.state == "trouble"] == []
        assert found["log"].state == "note"
        connection.execute("ROLLBACK")


def test_what_looks_torn_because_somebody_wrote_meanwhile_is_not_called_damage(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imnet_data.doctor import catalogue as looking

    path = folder / "c.db"
    pages = looking._pages

    def late(*args: object, **kwargs: object) -> object:
        """A writer ends between the first glance at the file and the look at its pages."""
        replace_page(path, root_page(path, "image"))
        return pages(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(looking, "_pages", late)
    found = look(path)["file"]
    assert (found.state, found.command) == ("note", ("doctor",))


# -- archives


def test_a_missing_archive_is_trouble_with_the_command_that_relocates_it(folder: Path) -> None:
    (folder / "ILSVRC2012_img_train.tar").rename(folder / "elsewhere.tar")
    found = look(folder / "c.db")["ILSVRC2012_img_train.tar"]
    assert (found.state, found.found) == ("trouble", "is missing")
    assert found.command == ("archives", "relocate", str(folder / "ILSVRC2012_img_train.tar"))


def test_a_folder_whose_archives_are_all_missing_is_one_line(folder: Path) -> None:
    (folder / "sub").mkdir()
    for wnid in (TENCH, GOLDFISH, CRANE_BIRD):
        train_tar(folder / f"sub/{wnid}.tar", {wnid: [100 + int(wnid[-2:])]})
    with imnet_data.open(folder / "c.db") as catalogue:
        catalogue.index(folder / "sub", release="more")
    (folder / "sub").rename(folder / "moved")
    found = look(folder / "c.db")
    assert found["sub"].found == "all 3 archives in it are missing"
    with imnet_data.open(folder / "c.db") as catalogue:
        catalogue.relocate(found["sub"].command[-1], folder / "moved")
    assert troubles(folder / "c.db") == set()


def changed(folder: Path) -> str:
    with (folder / "ILSVRC2012_img_train.tar").open("ab") as file:
        file.write(bytes(512))
    return "ILSVRC2012_img_train.tar"


def touched(folder: Path) -> str:
    os.utime(folder / "ILSVRC2012_img_train.tar", (1, 1))
    return "ILSVRC2012_img_train.tar"


def another_kind(folder: Path) -> str:
    shutil.rmtree(folder / "own")
    (folder / "own").touch()
    return "own"


def unfinished(folder: Path) -> str:
    run(folder / "c.db", "UPDATE archive SET state = 'loading' WHERE id = 1")
    return "ILSVRC2012_img_train.tar"


def cut(folder: Path) -> str:
    path = folder / "cut.tar"
    path.write_bytes((folder / "ILSVRC2012_img_train.tar").read_bytes()[:3000])
    with imnet_data.open(folder / "c.db") as catalogue:
        catalogue.index(path, release="cut")
    return "cut.tar"


@pytest.mark.parametrize(
    ("harm", "state", "words"),
    [
        (changed, "trouble", "was changed since it was indexed: it has "),
        (touched, "note", "has another time of change"),
        (another_kind, "trouble", "it was a folder"),
        (unfinished, "trouble", "is indexed in part"),
        (cut, "trouble", "is damaged: it ends at byte 3,000"),
    ],
)
def test_an_archive_that_is_not_as_it_was_indexed_is_told_with_what_to_type(
    folder: Path, harm: Callable[[Path], str], state: str, words: str
) -> None:
    name = harm(folder)
    found = look(folder / "c.db")[name]
    assert found.state == state
    assert words in found.found
    assert found.command == ("index", str(folder / name))


def test_what_is_in_a_folder_is_looked_at_only_by_a_deep_look(folder: Path) -> None:
    (folder / f"own/{CRANE_BIRD}/{CRANE_BIRD}_9.JPEG").write_bytes(b"new")
    quick, deep = look(folder / "c.db"), look(folder / "c.db", deep=True)
    assert "own" not in quick
    assert "--deep" in quick["archives"].found
    assert "was changed since it was indexed" in deep["own"].found


def test_of_many_archives_in_one_condition_a_few_are_named(folder: Path) -> None:
    for number in range(6):
        train_tar(folder / f"{number}.tar", {TENCH: [100 + number]})
    with imnet_data.open(folder / "c.db") as catalogue:
        catalogue.index([folder / f"{number}.tar" for number in range(6)], release="more")
    for number in range(6):
        os.utime(folder / f"{number}.tar", (1, 1))
    found = look(folder / "c.db")
    assert {"0.tar", "2.tar", "3 more"} <= set(found)
    assert "3.tar" not in found
    assert found["3 more"].command == ("archives", "list")
    assert found["3 more"].found.startswith("have another time of change")


def test_an_archive_of_further_copies_alone_is_not_said_to_be_verified(folder: Path) -> None:
    path = folder / "c.db"
    shutil.copy(folder / "ILSVRC2012_img_train.tar", folder / "second.tar")
    with imnet_data.open(path) as catalogue:
        catalogue.verify(level="digest", workers=0)
        assert look(path)["verified"].found == "all of them, at level digest or deeper"
        catalogue.index(folder / "second.tar", release="ilsvrc2012")
        catalogue.verify(level="digest", workers=0)
    told = "all of them but 1, of further copies alone, which verify does not look at, at level"
    assert look(path)["verified"].found.startswith(told)
