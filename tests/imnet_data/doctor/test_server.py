from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from imnet_data.db.engine import open_storage, writing
from imnet_data.doctor import catalogue
from imnet_data.doctor.examine import examine
from imnet_data.progress import Silent

if TYPE_CHECKING:
    from imnet_data.doctor.finding import Finding
    from tests.postgres_server import PostgresServer

IMAGES = 22_000  # the fewest whose table is worth a word
FILLED = f"""
INSERT INTO release (name) VALUES ('own');
INSERT INTO image (release, synset, split, number, archive, "offset", size, name)
    SELECT 1, 0, 0, g, 1, g * 512, 100, '' FROM generate_series(1, {IMAGES}) g;
INSERT INTO "count"
    SELECT release, split, synset, count(*), sum(size) FROM image GROUP BY 1, 2, 3;
INSERT INTO archive
    (uri, container, layout, release, size, signature, state, images, bytes, unlabelled)
    SELECT '/nowhere/a.tar', 'tar', 'files', 1, 1, '1', 'whole', count(*), sum(size), count(*)
    FROM image;
"""


@pytest.fixture(scope="module")
def url(postgres: PostgresServer) -> str:
    """A catalogue on a server, as a load leaves it: nobody has looked over its tables yet."""
    url = postgres.database()
    with closing(open_storage(url, create=True)) as storage, writing(storage) as connection:
        connection.execute(text(FILLED))
    return url


def seen(url: str, *, deep: bool = False) -> dict[str, Finding]:
    with catalogue.opened(url) as held:
        return {one.what: one for one in catalogue.findings(held, deep=deep, progress=Silent())}


def shown(url: str) -> str:
    """The URL without its password."""
    before, _, after = url.partition("@")
    return f"{before.rpartition(':')[0]}@{after}"


def run(postgres: PostgresServer, url: str, statement: str) -> None:
    postgres.run(statement, database=url.rpartition("/")[2])


def test_a_catalogue_on_a_server_is_told_with_its_size_its_server_and_no_password(
    url: str,
) -> None:
    found = seen(url, deep=True)
    assert found[shown(url)].state == "well"
    assert f"as owner, {IMAGES:,} images" in found[shown(url)].found
    assert found["server"].found.startswith("PostgreSQL ")
    assert found["connections"].state == "well"
    assert found["rows"].found.startswith("64 image rows")
    assert "--deep" not in found["rows"].found  # which it is already
    assert found["counts"].state == found["recount"].state == "well"
    assert "pw!" not in str(found) + str(found).replace("%21", "!")


def test_tables_that_nobody_looked_over_or_that_are_full_of_dead_rows_are_told(
    postgres: PostgresServer, url: str
) -> None:
    loaded = seen(url)
    run(postgres, url, "ANALYZE")
    analyzed = seen(url)
    run(postgres, url, 'UPDATE image SET "offset" = "offset"')
    run(postgres, url, "SELECT pg_stat_force_next_flush()")
    changed = seen(url)
    run(postgres, url, "VACUUM ANALYZE")
    assert "out of date of image" in loaded["statistics"].found
    assert loaded["statistics"].advice.endswith(f"psql {shown(url)} -c ANALYZE")
    assert (analyzed["vacuum"].state, "statistics" in analyzed) == ("well", False)
    assert f"{IMAGES:,} dead rows in image" in changed["vacuum"].found
    assert "vacuumed just now" in seen(url)["vacuum"].found


def test_counts_that_disagree_on_a_server_are_trouble(postgres: PostgresServer, url: str) -> None:
    run(postgres, url, "UPDATE archive SET images = images + 1")
    try:
        assert seen(url)["counts"].state == "trouble"
    finally:
        run(postgres, url, "UPDATE archive SET images = images - 1")


def test_who_may_only_read_looks_at_all_of_it(postgres: PostgresServer, url: str) -> None:
    role = postgres.role("doctors_reader")
    run(postgres, url, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    theirs = url.replace("owner:", f"{role}:")
    found = seen(theirs, deep=True)
    assert found[shown(theirs)].state == "note"
    assert "can only be read" in found[shown(theirs)].found
    assert found["recount"].state == "well"
    assert not [one for one in found.values() if "could not be looked at" in one.found]


def test_a_server_that_does_not_answer_is_a_finding_and_no_error() -> None:
    nobody = "postgresql://nobody@127.0.0.1:1/imagenet"
    (found,) = (one for one in examine(catalogue_path=nobody) if one.section == "catalogue")
    assert (found.what, found.state) == (nobody, "trouble")
