from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import DiskFull, LoginNeeded, PartUnknown
from imnet_data.fetching import host_rates
from imnet_data.fetching.credentials import Credentials
from imnet_data.fetching.journal import GRAIN_BYTES, Head, Journal
from imnet_data.fetching.plan import make_plan
from imnet_data.fetching.registry import Source
from imnet_data.fetching.remote import Remote
from imnet_data.fetching.room import left_of_quota, room_at
from imnet_data.fetching.wanted import Wanted

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 4 * GRAIN_BYTES
URL = "https://host.example.org/a.tar"
QUOTA = (
    "Disk quotas for user me (uid 1000):\n  Filesystem  blocks  quota  limit  grace  files ...\n"
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def wanted(size: int | None = SIZE, *, login: str = "none", about: int | None = None) -> Wanted:
    source = Source("host.example.org", login, "https://host.example.org/terms")  # type: ignore[arg-type]
    return Wanted(Remote(URL, "a.tar", size=size), "a", source, about_size=about)


def test_a_part_that_was_begun_counts_and_needs_no_second_room(tmp_path: Path) -> None:
    part = tmp_path / "a.tar.part"
    part.write_bytes(os.urandom(GRAIN_BYTES))
    os.truncate(part, SIZE)
    journal = Journal.create(f"{part}.journal", Head(SIZE, None, None))
    journal.add(0, bytes(16))
    journal.close()
    plan = make_plan([wanted()], str(tmp_path))
    assert plan.items[0].state == "begun"
    assert plan.bytes_to_come == SIZE - GRAIN_BYTES
    assert plan.bytes_to_write == pytest.approx(SIZE - GRAIN_BYTES, abs=64 * 1024)
    anew = make_plan([wanted()], str(tmp_path), anew=True)
    assert anew.bytes_to_come == SIZE


def test_a_whole_file_is_nothing_to_come_and_one_of_another_size_is_in_the_way(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.tar").write_bytes(bytes(100))
    plan = make_plan([wanted(100, login="required")], str(tmp_path))
    assert (plan.items[0].state, plan.bytes_to_come, plan.obstacle()) == ("here", 0, None)
    obstacle = make_plan([wanted()], str(tmp_path)).obstacle()
    assert isinstance(obstacle, PartUnknown)
    assert "100 bytes" in str(obstacle)


def test_a_source_is_asked_only_for_a_size_that_nobody_knows(tmp_path: Path) -> None:
    asked: list[Remote] = []

    def size_of(remote: Remote) -> int:
        asked.append(remote)
        return 7

    assert make_plan([wanted()], str(tmp_path), size_of=size_of).bytes_to_come == SIZE
    assert asked == []
    plan = make_plan([wanted(None, about=10)], str(tmp_path), size_of=size_of)
    assert (plan.bytes_to_come, plan.is_exact, len(asked)) == (7, True, 1)
    roughly = make_plan([wanted(None, about=10)], str(tmp_path))
    assert (roughly.bytes_to_come, roughly.is_exact) == (10, False)
    assert make_plan([wanted(None)], str(tmp_path)).bytes_to_come is None


def test_a_login_that_a_source_needs_is_missed_unless_it_is_set(tmp_path: Path) -> None:
    lacking = wanted(login="required")
    obstacle = make_plan([lacking], str(tmp_path)).obstacle()
    assert isinstance(obstacle, LoginNeeded)
    assert obstacle.page == "https://host.example.org/terms"
    login = Credentials.token("host.example.org", "x", origin="$IT")
    given = replace(lacking, remote=replace(lacking.remote, credentials=login))
    assert make_plan([given], str(tmp_path)).obstacle() is None


def test_bytes_quota_and_inodes_each_can_be_what_is_too_little(tmp_path: Path) -> None:
    plan = make_plan([wanted()], str(tmp_path))
    assert plan.obstacle() is None
    for room, words in (
        (replace(plan.room, free_bytes=SIZE - 1), "4.2 MB are free there"),
        (replace(plan.room, quota_bytes=SIZE - 1), "left of your quota"),
        (replace(plan.room, free_files=2), "no more than 2 files"),
        (replace(plan.room, quota_files=0), "no more than 0 files"),
    ):
        obstacle = replace(plan, room=room).obstacle()
        assert isinstance(obstacle, DiskFull)
        assert words in str(obstacle)
    assert replace(plan, room=replace(plan.room, free_files=None)).obstacle() is None


def test_room_is_that_of_the_nearest_folder_that_is_there(tmp_path: Path) -> None:
    room = room_at(str(tmp_path / "not" / "yet"))
    assert room.folder == os.path.realpath(tmp_path)
    assert 0 < room.bytes_left <= room.free_bytes


@pytest.mark.parametrize(
    ("told", "left"),
    [
        (QUOTA + "/dev/sda1  1000  2000  3000  0  12  0  20  0\n", (2000 * 1024, 8)),
        (QUOTA + "nas:/home  3500* 3000  3000  6days  12  10  0  0\n", (0, 0)),
        (QUOTA + "/dev/sda1  1000  0  0  0  12  0  0  0\n", (None, None)),
        ("Disk quotas for user root (uid 0): none\n", (None, None)),
        ("/mnt/lustre  1000  0  5000  -  3  0  0  -\n", (4000 * 1024, None)),
        ("quota: Cannot resolve mountpoint path /x: Permission denied a b\n", (None, None)),
        ("", (None, None)),
    ],
)
def test_what_quota_and_lfs_say_is_read(told: str, left: tuple[int | None, int | None]) -> None:
    assert left_of_quota(told) == left


def test_the_time_is_told_at_the_rate_of_the_last_time_or_the_limit(tmp_path: Path) -> None:
    assert make_plan([wanted()], str(tmp_path)).seconds is None
    host_rates.remember("https://other.example.org/x", 10**9, 10)
    host_rates.remember(URL, 1_000, 0.1)  # too short to tell
    assert make_plan([wanted()], str(tmp_path)).seconds is None
    host_rates.remember(URL, 10**9, 100)
    plan = make_plan([wanted()], str(tmp_path))
    assert (plan.rate, plan.measured, plan.seconds) == (10**7, True, SIZE / 10**7)
    slower = make_plan([wanted()], str(tmp_path), limit=10**6)
    assert (slower.rate, slower.measured) == (10**6, False)
    assert make_plan([wanted()], str(tmp_path), limit=10**8).rate == 10**7


@pytest.mark.parametrize("spoilt", ["{", "[]", '{"host.example.org": "fast"}', "\0"])
def test_spoilt_rates_cost_an_estimate_and_no_fetch(tmp_path: Path, spoilt: str) -> None:
    file = tmp_path / "cache" / "imnet-data" / "rates.json"
    file.parent.mkdir(parents=True)
    file.write_text(spoilt)
    assert make_plan([wanted()], str(tmp_path)).rate is None
    host_rates.remember(URL, 10**9, 100)
    assert host_rates.rate_of(URL) == 10**7


def test_rates_that_cannot_be_kept_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    host_rates.remember(URL, 10**9, 100)
    assert host_rates.rate_of(URL) is None
