"""PostgreSQL on loopback and on a socket, for whoever tests a catalogue on a server.

def test_…(postgres: PostgresServer): with open_storage(postgres.database(), create=True): …

Its order of text is English, so that whatever relies on the order of bytes has to say so.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# Nothing here outlives the tests: what makes commits lasting is off.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}

PASSWORD = "pw!5:ecret@%"


@dataclass(frozen=True)
class PostgresServer:
    """A server that is up: who asks it for a database has an empty one of their own."""

    folder: Path
    port: int
    postmaster: int
    _numbers: Iterator[int] = field(default_factory=count)

    def database(self, *, role: str = "owner") -> str:
        """The URL of a fresh, empty database."""
        name = f"made{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} OWNER owner STRATEGY file_copy")
        return self.url(name, role=role)

    def url(self, database: str, *, role: str = "owner") -> str:
        """The URL of a database for a role, over TCP and with its password."""
        return f"postgresql://{role}:{quote(PASSWORD)}@127.0.0.1:{self.port}/{database}"

    def socket_url(self, database: str) -> str:
        """The URL of a database over the socket, which asks for no password."""
        return f"postgresql://owner@{quote(str(self.folder), safe='')}:{self.port}/{database}"

    def role(self, name: str) -> str:
        """A role that can log in and nothing else; gives its name."""
        self.run(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
        return name

    def run(self, sql: str, *, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as the server's own superuser, outside any transaction."""
        import psycopg

        at = f"host={self.folder} port={self.port} user=postgres dbname={database}"
        with psycopg.connect(at, autocommit=True) as connection:
            found = connection.execute(sql.encode())
            return found.fetchall() if found.description is not None else []


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; Debian keeps them off everybody's PATH."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted(versions, key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def postgres_server(**settings: str) -> Iterator[PostgresServer]:
    """A server of its own, with settings beside or instead of the SETTINGS above.

    Skips where PostgreSQL is not installed.
    """
    pytest.importorskip("psycopg")
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL's initdb is not installed")
    # Short: the path of a socket has 107 bytes. Of its own: a user who is not root must get there.
    folder = Path(tempfile.mkdtemp(prefix="imnet-pg-"))
    try:
        with _running(found, folder, SETTINGS | settings) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(found: Path, folder: Path, settings: dict[str, str]) -> Iterator[PostgresServer]:
    become = _unprivileged(folder)
    data = folder / "data"
    command = [str(found / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8"]
    command += [
        "-A",
        "trust",
        "--no-sync",
        "--locale=C.UTF-8",
        "--locale-provider=icu",
        "--icu-locale=en-US",
    ]
    subprocess.run([*become, *command], check=True, capture_output=True, cwd=folder)
    hba = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
    (data / "pg_hba.conf").write_text(hba)
    port = _free_port()
    options = [f"--{name}={value}" for name, value in settings.items()]
    options += [f"--port={port}", f"--unix_socket_directories={folder}"]
    with open(folder / "log", "wb") as log:
        started = subprocess.Popen(
            [*become, *_ends_with_us(), found / "postgres", "-D", data, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            # Ctrl-C is for the tests, which then end the server themselves.
            start_new_session=True,
        )
    try:
        _wait_for(data, started)
        server = PostgresServer(folder, port, started.pid)
        server.run(f"CREATE ROLE owner LOGIN PASSWORD '{PASSWORD}'")
        yield server
    finally:
        started.send_signal(signal.SIGQUIT)  # at once: nobody wants what it would still write
        started.wait()


def _ends_with_us() -> list[str]:
    """How to run a program that ends when the tests are killed; not every system knows it."""
    known = (
        shutil.which("setpriv") is not None
        and b"--pdeathsig"
        in subprocess.run(["setpriv", "--help"], check=False, capture_output=True).stdout
    )
    return ["setpriv", "--pdeathsig", "QUIT", "--"] if known else []


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _unprivileged(folder: Path) -> list[str]:
    """How to run a program that refuses root; the folder then is that user's."""
    if os.geteuid() != 0:
        return []
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return ["setpriv", *ids, "--"]


def _wait_for(data: Path, started: subprocess.Popen[bytes]) -> None:
    """Wait until the server says in its file that it takes connections."""
    told = data / "postmaster.pid"
    for _ in range(3000):
        if started.poll() is not None:
            break
        lines = told.read_text().splitlines() if told.exists() else []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return
        time.sleep(0.01)
    raise RuntimeError(f"PostgreSQL did not start: {(data.parent / 'log').read_text()[-2000:]}")
