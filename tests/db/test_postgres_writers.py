"""Several writers of a catalogue in PostgreSQL: who goes together, who waits, what kills leave."""

from __future__ import annotations

import socket
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from imnet_data.db import errors
from imnet_data.db.engine import lock, open_storage, reading, writing
from imnet_data.db.writer import claim, holder, last_claim

from .processes import heard, process, tell

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from imnet_data.db.engine import Storage
    from tests.postgres_server import PostgresServer

# Told what to do a line at a time. The server's socket asks for no password, and so a storage's
# location opens it again.
OTHER = """\
from contextlib import ExitStack, closing
held = ExitStack()
def hold(place, **how):
    storage = held.enter_context(closing(open_storage(place)))
    held.enter_context(writer.claim(storage, "index train.tar", wait_s=0, **how))
    return storage
def write(place):
    connection = held.enter_context(writing(hold(place, shared=True)))
    connection.exec_driver_sql("INSERT INTO release (name) VALUES ('begun')")
print("ready", flush=True)
for line in sys.stdin:
    eval(line)
    print("done", flush=True)
"""
END = "held.close()"


@contextmanager
def _another() -> Iterator[subprocess.Popen[str]]:
    with process(OTHER, "") as started:
        assert heard(started) == "ready"
        yield started


@pytest.fixture(scope="module")
def other() -> Iterator[subprocess.Popen[str]]:
    """Another process, for tests that let it end what it began."""
    with _another() as started:
        yield started


def does(started: subprocess.Popen[str], line: str) -> None:
    """Let a process do something, to its end."""
    tell(started, line)
    assert heard(started) == "done"


@pytest.fixture(scope="module")
def place(postgres: PostgresServer) -> str:
    name = postgres.database().rpartition("/")[2]
    place = postgres.socket_url(name)
    open_storage(place, create=True).close()
    return place


@pytest.fixture
def storage(place: str) -> Iterator[Storage]:
    with closing(open_storage(place)) as opened:
        yield opened
        with writing(opened) as connection:
            connection.exec_driver_sql("DELETE FROM release")


def take(
    storage: Storage, *, shared: bool = False, of: str | None = None, wait_s: float = 0
) -> list[str]:
    """Claim and let go at once; gives what was said while waiting."""
    said: list[str] = []
    with claim(storage, "remove", wait_s=wait_s, on_wait=said.append, shared=shared, of=of):
        pass
    return said


def releases(storage: Storage) -> list[str]:
    with reading(storage) as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT name FROM release ORDER BY 1")]


def test_who_shares_goes_together_and_who_does_not_is_told_who_holds_it(
    storage: Storage, other: subprocess.Popen[str]
) -> None:
    does(other, f"hold({storage.location!r}, shared=True)")
    expected = f"`index train.tar` (process {other.pid} on {socket.gethostname()})"
    assert take(storage, shared=True) == []
    with pytest.raises(errors.Busy) as refusal:
        take(storage)
    assert (refusal.value.detail, refusal.value.location) == (expected, storage.location)
    assert (holder(storage), last_claim(storage)) == (expected, (expected, True))
    tell(other, END)
    assert take(storage, wait_s=20) in ([expected], [])
    assert heard(other) == "done"
    assert (holder(storage), last_claim(storage)) == (None, None)


def test_who_holds_it_alone_lets_nobody_share_until_it_is_done(
    storage: Storage, other: subprocess.Popen[str]
) -> None:
    does(other, f"hold({storage.location!r})")
    with pytest.raises(errors.Busy):
        take(storage, shared=True)
    began = time.monotonic()
    with pytest.raises(errors.Busy):
        take(storage, shared=True, wait_s=0.3)
    assert time.monotonic() - began >= 0.3
    tell(other, END)
    take(storage, shared=True, wait_s=20)
    assert heard(other) == "done"


def test_one_archive_is_one_writers_at_a_time(storage: Storage) -> None:
    with claim(storage, "index", shared=True), claim(storage, "index a.tar", of="/a.tar"):
        assert take(storage, shared=True, of="/b.tar") == []
        with pytest.raises(errors.Busy, match=r"index a\.tar"):
            take(storage, of="/a.tar")
    assert take(storage, of="/a.tar") == []


def test_claims_end_with_their_contexts_also_after_an_error(storage: Storage) -> None:
    with pytest.raises(KeyboardInterrupt), claim(storage, "index"):
        raise KeyboardInterrupt
    assert holder(storage) is None
    for _ in range(20):  # connections go back as they were
        take(storage)
        take(storage, shared=True)
    with reading(storage) as connection:
        name = connection.exec_driver_sql("SHOW application_name").scalar_one()
        assert str(name).startswith("imnet-data (process ")


def test_a_killed_writer_leaves_neither_its_claim_nor_a_half_of_what_it_wrote(
    storage: Storage,
) -> None:
    with _another() as killed:
        does(killed, f"write({storage.location!r})")
        killed.kill()
        killed.wait(10)
        # The server has to notice it, which it does at once.
        with writing(storage) as connection:
            connection.exec_driver_sql("INSERT INTO release (name) VALUES ('after')")
        assert len(take(storage, wait_s=20)) <= 1
    assert releases(storage) == ["after"]


def test_a_transaction_waits_for_the_one_that_writes_and_then_sees_what_it_wrote(
    storage: Storage, other: subprocess.Popen[str]
) -> None:
    does(other, f"write({storage.location!r})")
    tell(other, END)
    with writing(storage) as connection:
        found = connection.exec_driver_sql("SELECT name FROM release").scalars().all()
    assert heard(other) == "done"
    assert found == ["begun"]


def test_a_transaction_that_waits_too_long_hears_who_writes(
    storage: Storage, other: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imnet_data.db.postgres_locks._WAIT_S", 0.05)
    does(other, f"write({storage.location!r})")
    said = rf"process {other.pid} on"
    with pytest.raises(errors.Busy, match=said), writing(storage):
        pass
    # Who comes late to the lock reads and gathers meanwhile.
    with pytest.raises(errors.Busy, match=said), writing(storage, late=True) as connection:  # noqa: PT012
        connection.exec_driver_sql("CREATE TEMPORARY TABLE gathered (name text)")
        lock(connection)
    does(other, END)


def test_who_comes_late_to_the_lock_sees_what_was_written_before(storage: Storage) -> None:
    with writing(storage, late=True) as late:
        assert late.exec_driver_sql("SELECT count(*) FROM release").scalar() == 0
        with writing(storage) as early:
            early.exec_driver_sql("INSERT INTO release (name) VALUES ('meanwhile')")
        lock(late)
        lock(late)
        assert late.exec_driver_sql("SELECT count(*) FROM release").scalar() == 1
