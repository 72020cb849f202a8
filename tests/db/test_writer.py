"""The writer's claim: who waits, who is named, and whose claim has ended with its process."""

from __future__ import annotations

import os
import socket
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, update

from imnet_data.db import writer as claims
from imnet_data.db.engine import Storage, open_storage, reading, writing
from imnet_data.db.errors import Busy
from imnet_data.db.tables import writer
from imnet_data.db.writer import claim, holder, renew

from .processes import heard, process, tell

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """\
storage = open_storage(path)
with writer.claim(storage, "index train.tar", wait_s=0, on_wait=print):
    print("holding", flush=True)
    input()
"""

HOLD_IN_A_TRANSACTION = """\
storage = open_storage(path)
with writer.claim(storage, "index train.tar", wait_s=0, on_wait=print), writing(storage):
    print("holding", flush=True)
    input()
"""


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    with closing(open_storage(str(tmp_path / "imagenet.db"), create=True)) as opened:
        yield opened


@contextmanager
def another_writer(storage: Storage, script: str = HOLD) -> Iterator[subprocess.Popen[str]]:
    with process(script, storage.location) as started:
        assert heard(started) == "holding"
        yield started


def take(storage: Storage, *, wait_s: float = 0.0) -> list[str]:
    """Claim and let go at once; gives what was said while waiting."""
    said: list[str] = []
    with claim(storage, "remove val.tar", wait_s=wait_s, on_wait=said.append):
        pass
    return said


def leave_claim(storage: Storage, **changes: object) -> None:
    """A claim as this very process makes it, with some columns changed."""
    with claim(storage, "index", wait_s=0, on_wait=print), reading(storage) as connection:
        row = dict(connection.execute(select(writer)).mappings().one())
    with writing(storage) as connection:
        connection.execute(insert(writer).values({**row, **changes}))


def test_a_second_writer_waits_and_then_says_who_holds_the_catalogue(storage: Storage) -> None:
    said: list[str] = []
    with another_writer(storage) as first:
        began = time.monotonic()
        with (
            pytest.raises(Busy) as refusal,
            claim(storage, "remove", wait_s=0.5, on_wait=said.append),
        ):
            pass
        assert time.monotonic() - began >= 0.5
        expected = f"`index train.tar` (process {first.pid} on {socket.gethostname()})"
        assert refusal.value.detail == expected
        assert said == [expected]
        assert holder(storage) == expected


def test_the_holder_is_named_also_while_it_is_in_a_long_transaction(storage: Storage) -> None:
    with another_writer(storage, HOLD_IN_A_TRANSACTION) as first:
        began = time.monotonic()
        with pytest.raises(Busy, match=rf"process {first.pid} on"):
            take(storage)
        assert time.monotonic() - began < 5


def test_a_second_writer_goes_on_when_the_first_is_done(storage: Storage) -> None:
    with another_writer(storage) as first:
        with pytest.raises(Busy):
            take(storage)
        tell(first)
        assert len(take(storage, wait_s=30)) <= 1
    assert holder(storage) is None


@pytest.mark.parametrize("reaped", [True, False])
def test_the_claim_of_a_killed_process_is_taken_over_at_once(
    storage: Storage, *, reaped: bool
) -> None:
    with another_writer(storage) as first:
        first.kill()
        if reaped:
            first.wait(10)
        else:
            os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)
        assert holder(storage) is None
        assert take(storage) == []


@pytest.mark.parametrize("column", ["started", "boot"])
def test_another_process_with_the_number_of_a_dead_writer_holds_nothing(
    storage: Storage, column: str
) -> None:
    leave_claim(storage, **{column: "before"})
    assert take(storage) == []


def test_a_writer_on_another_host_is_believed_for_as_long_as_it_renews(storage: Storage) -> None:
    old = int(time.time()) - claims._STALE_S - 1
    leave_claim(storage, host="elsewhere", seen=old)
    assert holder(storage) is None
    with writing(storage) as connection:
        renew(connection)
    with pytest.raises(Busy, match="elsewhere"):
        take(storage)
    with writing(storage) as connection:
        connection.execute(update(writer).values(seen=old))
    assert take(storage) == []


def test_a_claim_ends_with_its_context_also_after_an_error(storage: Storage) -> None:
    with pytest.raises(KeyboardInterrupt), claim(storage, "x", wait_s=0, on_wait=print):
        raise KeyboardInterrupt
    assert holder(storage) is None
