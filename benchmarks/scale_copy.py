"""A catalogue copied into PostgreSQL and back, beside what `COPY` itself and SQLite itself take.

The server is started for it on loopback, with fsync on and its other settings as they come. Other
races are scale.py's.
"""

from __future__ import annotations

import csv
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.postgres_server import PostgresServer, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator

_LASTING = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_COLUMNS = 'id, release, synset, split, number, archive, "offset", size, member, name'


def race_copies(catalogue: Path, folder: Path | None) -> None:
    """Print rows a second and memory, both ways."""
    with (
        postgres_server(**_LASTING, max_wal_size="4GB") as server,
        tempfile.TemporaryDirectory(dir=folder) as scratch,
    ):
        url = server.database()
        again = Path(scratch) / "again.db"
        titles = ("rows", "s", "rows/s", "MB", "bytes/row")
        print(f"{'':36}" + "".join(f"{title:>12}" for title in titles))
        rows, peer_rows = rows_of(catalogue), images_of(catalogue)
        _line(
            "imnet-data, file to PostgreSQL", rows, *_copied(str(catalogue), url), _in(server, url)
        )
        _line(
            "imnet-data, PostgreSQL to file", rows, *_copied(url, str(again)), again.stat().st_size
        )
        _line("psql \\copy, images alone, no index", peer_rows, *_by_psql(catalogue, server), None)
        _line("file to file, the bytes alone", rows, *_by_bytes(catalogue, Path(scratch)), None)


def rows_of(catalogue: Path) -> int:
    with closing(_look(catalogue)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return sum(_count(connection, name) for (name,) in names.fetchall())


def images_of(catalogue: Path) -> int:
    with closing(_look(catalogue)) as connection:
        return _count(connection, "image")


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def _look(catalogue: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{catalogue}?mode=ro&immutable=1", uri=True)


def _copied(source: str, target: str) -> tuple[float, float]:
    """Seconds, and the peak memory of the program that people type."""
    command = [sys.executable, "-m", "benchmarks.scale_copy", source, target]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    seconds, peak_mb = json.loads(done.stdout.splitlines()[-1])
    return seconds, peak_mb


def _by_psql(catalogue: Path, server: PostgresServer) -> tuple[float, float]:
    """The peer: the rows of the largest table, as text, into a bare table by the server's own."""
    url = server.database()
    program = shutil.which("psql")
    if program is None:
        raise RuntimeError("psql is not installed")
    make = "CREATE TABLE bare (id bigint, release int, synset int, split smallint, number bigint, "
    make += 'archive int, "offset" bigint, size bigint, member text, name text)'
    subprocess.run([program, url, "-qc", make], check=True)
    start = time.perf_counter()
    with subprocess.Popen(
        [program, url, "-qc", "\\copy bare FROM STDIN WITH (FORMAT csv)"],
        stdin=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        csv.writer(process.stdin).writerows(_images(catalogue))
        process.stdin.close()
        if process.wait():
            raise RuntimeError("psql failed")
    return time.perf_counter() - start, 0.0


def _images(catalogue: Path) -> Iterator[tuple[object, ...]]:
    with closing(_look(catalogue)) as connection:
        yield from connection.execute(f"SELECT {_COLUMNS} FROM image")


def _by_bytes(catalogue: Path, folder: Path) -> tuple[float, float]:
    start = time.perf_counter()
    shutil.copy(catalogue, folder / "bytes.db")
    return time.perf_counter() - start, 0.0


def _in(server: PostgresServer, url: str) -> int:
    ((size,),) = server.run(
        "SELECT pg_database_size(current_database())", database=url.rpartition("/")[2]
    )
    assert isinstance(size, int)
    return size


def _line(name: str, rows: int, seconds: float, peak_mb: float, size_bytes: int | None) -> None:
    memory = f"{peak_mb:.0f}" if peak_mb else ""
    each = f"{size_bytes / rows:.1f}" if size_bytes is not None else ""
    rate = f"{rows / seconds:,.0f}"
    print(f"{name:36}{rows:>12,}{seconds:>12.1f}{rate:>12}{memory:>12}{each:>12}", flush=True)


def _copy_here(source: str, target: str) -> None:
    """The command, in this process, for its memory."""
    from imnet_data.cli.main import program

    start = time.perf_counter()
    code = program.main(["catalogue", "copy", source, target], standalone_mode=False)
    seconds = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, peak_mb]))
    sys.exit(code)


if __name__ == "__main__":
    _copy_here(*sys.argv[1:])
