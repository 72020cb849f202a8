"""The program with a catalogue in PostgreSQL: its sentences, its advice, several of it at once."""

from __future__ import annotations

import shlex
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data import errors
from imnet_data.progress import Silent
from tests.cli.conftest import answer, child, environment, run
from tests.postgres_server import PASSWORD

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from imnet_data.demo.build import Demo
    from imnet_data.indexing.report import IndexReport
    from tests.postgres_server import PostgresServer

SECRETS = (PASSWORD, "pw%21", "pw!5")


@pytest.fixture(scope="module")
def url(postgres: PostgresServer, miniature: Demo) -> str:
    """A catalogue of the miniature ImageNet; nobody writes to it."""
    made = postgres.database()
    done = run("-c", made, "index", miniature.folder)
    assert done.exit_code == 0, done.output
    assert f"made the catalogue {shown(made)}\n" in done.stderr
    assert not any(secret in done.output for secret in SECRETS)
    return made


def shown(url: str) -> str:
    scheme, rest = url.split("://")
    user, place = rest.split("@")
    return f"{scheme}://{user.partition(':')[0]}@{place}"


def no_server(url: str) -> str:
    return url.rpartition(":")[0] + ":1/made"


def other_password(url: str) -> str:
    return url.replace("owner:", "owner:not-")


def no_database(url: str) -> str:
    return f"{url}_not"


def no_schema(url: str) -> str:
    return f"{url}?options=-csearch_path=nowhere"


def stray_at(url: str) -> str:
    return url.replace("owner:", "owner:@")


def empty(url: str) -> str:
    return url.rpartition("/")[0] + "/postgres"


@pytest.mark.parametrize(
    ("place", "sentence", "advice"),
    [
        (no_server, "cannot be reached: connection to server at", "pg_isready -d"),
        (other_password, "lets nobody in like this: password authentication failed", "PGPASSWORD"),
        (no_database, '_not" does not exist', "createdb -h 127.0.0.1 -p"),
        (no_schema, "no schema of its search_path is there", "CREATE SCHEMA"),
        (stray_at, "names no catalogue: in a password", "postgresql://USER@HOST/DATABASE"),
        (empty, "there is no catalogue at postgresql://owner@127.0.0.1", "index PATH"),
    ],
)
def test_a_server_that_does_not_serve_is_a_sentence_and_the_next_thing_to_type(
    url: str, place: Callable[[str], str], sentence: str, advice: str
) -> None:
    done = run("-c", place(url), "stats")
    assert (done.exit_code, done.stdout) == (1, "")
    said, tried, *more = done.stderr.splitlines()
    assert said.startswith("imnet-data: ")
    assert sentence in said
    assert tried.startswith("try: ")
    assert advice in tried
    assert not more
    assert not any(secret in done.output for secret in SECRETS)


def test_the_environment_names_a_catalogue_and_its_password_stays_there(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMNET_DATA_CATALOGUE", shown(url))
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert answer("stats")["images"] > 0
    done = run("stats")
    assert done.stdout.splitlines()[0] == shown(url)
    assert PASSWORD not in done.output


def test_what_is_to_be_pasted_names_the_server(url: str) -> None:
    done = run("-c", url, "images", "doggg")
    assert f"imnet-data -c {shlex.quote(shown(url))} search doggy" in done.stderr


def test_a_role_that_may_only_read_asks_everything_and_changes_nothing(
    postgres: PostgresServer, url: str, miniature: Demo
) -> None:
    role = postgres.role("asks_only")
    name = url.rpartition("/")[2]
    postgres.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}", database=name)
    asked = postgres.url(name, role=role)
    for words in (
        ["stats"], ["images", "dog", "--limit", "2"], ["images", "dog", "--sample", "2"],
        ["archives", "list"], ["subset", "list"], ["tree", "dog"], ["search", "dog"],
        ["classes", "list"],
    ):  # fmt: skip
        found, expected = (answer("-c", place, *words) for place in (asked, url))
        for both in (found, expected):
            if isinstance(both, dict):
                both.pop("catalogue", None)
        assert found == expected, words
    done = run("-c", asked, "index", miniature.folder)
    assert done.exit_code == 1
    assert "can only be read from this account" in done.stderr
    assert "with a role that may write" in done.stderr


# -- several at once


class Meanwhile(Silent):
    """Runs something once, when the first bytes of a task are done."""

    def __init__(self, run: Callable[[], object]) -> None:
        self._run: Callable[[], object] | None = run

    def advance(self, _: int) -> None:
        if self._run is not None:
            run, self._run = self._run, None
            run()


def dump(place: str) -> set[tuple[object, ...]]:
    """What a catalogue says of every image, whatever the ids."""
    with imnet_data.open(place) as catalogue:
        return {
            (image.release, image.split, image.wnid, image.name, image.place.path,
             image.place.offset, image.place.size)
            for image in catalogue.images(release="*")
        }  # fmt: skip


def well(*words: object) -> subprocess.CompletedProcess[bytes]:
    done = child(*words, env=environment())
    assert done.returncode == 0, done.stderr.decode()
    return done


def test_two_processes_index_two_archives_at_once_while_others_verify_and_read(
    postgres: PostgresServer, miniature: Demo, tmp_path: Path
) -> None:
    url, local = postgres.database(), tmp_path / "imagenet.db"
    train, val, test = (
        next(miniature.folder.glob(f"*_img_{name}*")) for name in ("train", "val", "test")
    )
    run("-c", url, "index", val)
    run("-c", local, "index", val, train)
    seen: list[str] = []

    def others() -> None:
        well("-c", url, "verify", "--level", "digest", "--workers", 0)
        well("-c", url, "index", test)
        with imnet_data.open(url) as reader:
            seen.extend(reader.stats().splits)

    with imnet_data.open(url) as catalogue:
        assert catalogue.index(train, progress=Meanwhile(others)).well
    run("-c", local, "index", test)
    assert seen == ["val", "test"]  # nothing yet of what another one is in the middle of
    assert dump(url) == dump(str(local))


def test_of_two_that_index_one_archive_the_second_waits_and_finds_it_done(
    postgres: PostgresServer, miniature: Demo
) -> None:
    url = postgres.database()
    val = next(miniature.folder.glob("*_img_val*"))
    later: list[Future[IndexReport]] = []
    with (
        imnet_data.open(url, create=True) as first,
        imnet_data.open(url) as second,
        ThreadPoolExecutor(1) as threads,
    ):
        begin = Meanwhile(lambda: later.append(threads.submit(second.index, val)))
        report = first.index(val, progress=begin)
        again = later[0].result(timeout=60)
    assert [one.outcome for one in (*report.archives, *again.archives)] == ["new", "unchanged"]


def test_a_connection_that_breaks_while_images_are_verified_is_told_and_the_rest_goes_on(
    postgres: PostgresServer, miniature: Demo
) -> None:
    url = postgres.database()
    val = next(miniature.folder.glob("*_img_val*"))

    def end() -> None:
        postgres.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            f"WHERE datname = '{url.rpartition('/')[2]}' AND application_name LIKE 'imnet-data%'"
        )

    with imnet_data.open(url, create=True) as catalogue:
        assert catalogue.index(val).well
        with pytest.raises(errors.ConnectionLost) as told:
            catalogue.verify(level="digest", workers=0, progress=Meanwhile(end))
        assert not any(secret in str(told.value) for secret in SECRETS)
        assert catalogue.verify(level="digest", workers=0).images == 48
