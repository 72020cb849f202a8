"""One process fetches a file; a dead one's claim is taken over, a living one's never."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from imnet_data.db.processes import boot, numbering, started
from imnet_data.errors import PartTaken
from imnet_data.fetching import claim as claims
from imnet_data.fetching.claim import Claim, holder_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "a.tar.part.claim")


def left_behind(path: str, **facts: object) -> None:
    """A claim as another process left it."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    held = {
        "host": socket.gethostname(),
        "boot": boot(),
        "numbering": numbering(),
        "pid": ended.pid,
        "started": "1",
        "token": "0" * 32,
        **facts,
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(held, file)


def test_a_second_claim_is_told_who_has_the_first(path: str) -> None:
    first = Claim(path)
    with pytest.raises(PartTaken, match=f"a.tar is being fetched by process {os.getpid()} on "):
        Claim(path)
    first.release()
    Claim(path).release()
    assert os.listdir(os.path.dirname(path)) == []


@pytest.mark.parametrize(
    "facts", [{}, {"boot": "an earlier one"}, {"pid": os.getpid(), "started": "7"}]
)
def test_a_dead_process_of_this_host_is_taken_over_at_once(
    path: str, facts: dict[str, object]
) -> None:
    left_behind(path, **facts)
    assert holder_of(path) is None
    claim = Claim(path)
    assert holder_of(path) is not None
    claim.release()


@pytest.mark.parametrize("facts", [{"host": "node7"}, {"numbering": "pid:[1]"}])
def test_a_claim_from_elsewhere_lives_as_long_as_it_is_touched(
    path: str, facts: dict[str, object]
) -> None:
    left_behind(path, **facts)
    with pytest.raises(PartTaken):
        Claim(path)
    old = time.time() - claims.STALE_S - 5
    os.utime(path, (old, old))
    Claim(path).release()


def test_a_claim_that_a_power_cut_emptied_is_nobodys_after_a_while(path: str) -> None:
    open(path, "wb").close()
    with pytest.raises(PartTaken, match="another process"):
        Claim(path)
    old = time.time() - claims.STALE_S - 5
    os.utime(path, (old, old))
    Claim(path).release()


def test_of_many_who_find_a_dead_claim_one_gets_it(path: str) -> None:
    for _ in range(8):
        left_behind(path)
        got: list[Claim] = []
        start = threading.Barrier(6)

        def take(got: list[Claim] = got, start: threading.Barrier = start) -> None:
            start.wait()
            with suppress(PartTaken):
                got.append(Claim(path))

        threads = [threading.Thread(target=take) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(got) == 1
        got[0].release()
        assert os.listdir(os.path.dirname(path)) == []


def test_what_a_process_left_that_was_killed_while_it_claimed_is_swept_away(path: str) -> None:
    left_behind(f"{path}.0123456789ab")
    left_behind(f"{path}.ba9876543210", pid=os.getpid(), started=started(os.getpid()))
    Claim(path).release()
    assert os.listdir(os.path.dirname(path)) == ["a.tar.part.claim.ba9876543210"]


def test_who_was_taken_for_dead_hears_of_it_and_leaves_the_others_claim(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "BEAT_S", 0.0)
    mine = Claim(path)
    mine.beat()
    os.unlink(path)
    left_behind(path, host="node7")
    with pytest.raises(PartTaken, match="node7"):
        mine.beat()
    mine.release()
    assert os.path.exists(path)
