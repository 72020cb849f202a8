"""`repair` as it is typed: what it would do, what it did, and what to type next."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from imnet_data.fetching.journal import GRAIN_BYTES
from tests.cli.conftest import answer, run
from tests.fault_server import status
from tests.imnet_data.mending.damaged import NAME, Case, case, origin_of, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fault_server import FaultServer


pytestmark = pytest.mark.usefixtures("nobodys")


@pytest.fixture
def files() -> dict[str, bytes]:
    """What the server has."""
    return {NAME: whole()}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Case]:
    """The folder that the command is typed in."""
    with case(tmp_path) as made:
        yield made


def test_a_dry_run_is_a_table_and_the_next_command_mends(here: Case, server: FaultServer) -> None:
    here.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    offered = run("repair", "--dry-run")
    heading, row, following = offered.stdout.splitlines()
    assert heading.split() == ["archive", "damage", "to", "fetch", "from", "checked", "by"]
    assert row.split("  ")[0] == NAME
    assert "wrong bytes, 1 broken image" in row
    assert "1.0 MB  127.0.0.1  SHA-256" in row
    assert following == "next: imnet-data repair"
    assert offered.exit_code == 0
    done = run("repair", "--workers", 0)
    assert re.match(
        rf"mended      {re.escape(NAME)}, 1\.0 MB fetched, 1\.0 MB written, SHA-256 agrees, "
        r"\d images looked at again\nnext: imnet-data verify\n",
        done.stdout,
    )
    assert done.exit_code == 0
    assert here.is_right
    assert run("repair").stdout.startswith("nothing broken was found")


def test_json_says_the_ranges_the_checks_and_the_state(here: Case, server: FaultServer) -> None:
    origin = origin_of(whole(), server.url(NAME), digests=False)
    here.indexed(origin).spoil_picture(5).verify()
    (archive,) = answer("repair", "--dry-run")["archives"]
    assert (archive["state"], archive["checks"]) == ("to mend", ["sha256"])
    assert archive["ranges"] == [[GRAIN_BYTES, 2 * GRAIN_BYTES]]
    assert archive["bytes_to_fetch"] == GRAIN_BYTES
    assert archive["codes"] == {"archive-checksum": 1, "corrupt": 1}
    (archive,) = answer("repair", "--workers", 0)["archives"]
    assert (archive["state"], archive["fetched_bytes"]) == ("mended", GRAIN_BYTES)
    assert archive["reason"] is None


def test_what_is_not_mended_is_told_with_what_to_type_next(here: Case, server: FaultServer) -> None:
    here.indexed().spoil_picture(5, 6).verify()
    done = run("repair")
    assert done.exit_code == 1
    assert f"not mended  {NAME}, 2 broken images" in done.stdout
    assert f"try: imnet-data repair {here.path} --source URL" in done.stdout
    assert "2 broken images that nothing mends, n01440764_5, n01440764_6" in done.stdout
    here.catalogue.note_origin(here.path, origin_of(whole(), server.url(NAME), digests=False))
    (archive,) = json.loads(run("repair", "--json", "--workers", 0).stdout)["archives"]
    assert archive["state"] == "mended"
    assert run("repair", here.path).exit_code == 0


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (404, "the same command with --source URL"),
        (401, "IMNET_DATA_COOKIES=FILE"),
    ],
)
def test_a_source_that_gives_nothing_is_told_with_what_helps(
    here: Case, server: FaultServer, code: int, advice: str
) -> None:
    here.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    server.faults.append(status(code, times=None))
    done = run("repair", "--dry-run")
    assert done.exit_code == 1
    assert advice in done.stdout
    assert "Traceback" not in done.output


def test_a_file_that_must_be_fetched_anew_has_the_command_for_it(
    here: Case, server: FaultServer
) -> None:
    here.indexed(origin_of(whole(), server.url(NAME))).spoil_picture(5).verify()
    server.files[NAME] = whole() + b"more"
    done = run("repair")
    url, folder = server.url(NAME), here.path.parent
    assert f"try: imnet-data fetch {url} --to {folder} --restart\n" in done.stdout


def test_an_address_wants_one_archive() -> None:
    refused = run("repair", "--source", "https://host.example.org/a.tar")
    assert refused.exit_code == 2
    assert "say which ARCHIVE" in refused.stderr


def test_the_command_after_a_dry_run_has_the_source_that_was_given(
    here: Case, server: FaultServer
) -> None:
    here.indexed().spoil_picture(5).verify()
    url = server.url(NAME)
    offered = run("repair", "--dry-run", NAME, "--source", url)
    following = offered.stdout.splitlines()[-1]
    assert following == f"next: imnet-data repair {NAME} --source {url}"
    words = following.split()[2:]
    assert run(*words, "--workers", 0).exit_code == 0
    assert here.is_right


def test_after_a_wrong_source_another_address_is_asked_for(here: Case, server: FaultServer) -> None:
    here.indexed().spoil_picture(5).verify()
    server.files["other.tar"] = whole() + b"more"
    done = run("repair", NAME, "--source", server.url("other.tar"))
    assert done.exit_code == 1
    told = " ".join(done.stdout.split())
    assert f"try: imnet-data repair {here.path} --source URL, with the address" in told
    assert "--restart" not in told
