"""What PostgreSQL tells of itself and of a catalogue's tables, to whoever may read them.

What follows from it for the user is imnet_data/doctor's business; what the rows say is health.py's.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from .tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Server:
    """A server as a catalogue's role sees it.

    `ours` are the connections of this program's other processes to this database, by the names that
    they go by. `age` are the transactions since the oldest that has to be kept apart.
    """

    version: str
    role: str
    size_bytes: int
    is_replica: bool
    is_lasting: bool
    """Whether it waits for the disk: with fsync off, a loss of power may destroy it."""
    connections: int
    most_connections: int
    ours: tuple[str, ...]
    age: int
    broken_pages: int


@dataclass(frozen=True, slots=True)
class Upkeep:
    """How a table is kept: rows, those that are dead, and those changed since it was looked over.

    The planner knows nothing of it where `is_analyzed` is false. `vacuumed_s` and `analyzed_s` are
    the seconds since either was done; None where the server remembers no time.
    """

    table: str
    rows: int
    dead: int
    changed: int
    size_bytes: int
    is_analyzed: bool
    vacuumed_s: float | None
    analyzed_s: float | None


_SERVER = text("""
SELECT current_setting('server_version') AS version, current_user AS role,
    (SELECT sum(pg_total_relation_size(oid)) FROM pg_class
        WHERE relnamespace =
            (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('catalogue'))
        AND relkind = 'r' AND relname = ANY(:tables)) AS size_bytes,
    pg_is_in_recovery() AS is_replica,
    current_setting('fsync')::boolean AS is_lasting,
    (SELECT sum(numbackends) FROM pg_stat_database) AS connections,
    current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int AS most_connections,
    ARRAY(SELECT application_name FROM pg_stat_activity WHERE datname = current_database()
        AND application_name LIKE 'imnet-data%' AND application_name NOT LIKE :me
        ORDER BY 1) AS ours,
    age(datfrozenxid) AS age,
    coalesce((SELECT checksum_failures FROM pg_stat_database
        WHERE datname = current_database()), 0) AS broken_pages
FROM pg_database WHERE datname = current_database()
""")

_UPKEEP = text("""
SELECT greatest(reltuples, n_live_tup)::bigint AS rows, n_dead_tup, n_mod_since_analyze,
    pg_total_relation_size(pg_class.oid) AS size_bytes,
    last_analyze IS NOT NULL OR last_autoanalyze IS NOT NULL
        OR EXISTS (SELECT FROM pg_stats WHERE schemaname = nspname AND tablename = pg_class.relname)
        AS is_analyzed,
    extract(epoch FROM now() - greatest(last_vacuum, last_autovacuum))::float AS vacuumed_s,
    extract(epoch FROM now() - greatest(last_analyze, last_autoanalyze))::float AS analyzed_s
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
JOIN pg_stat_all_tables ON relid = pg_class.oid
WHERE pg_class.oid = to_regclass(:table)
""")


def server(connection: Connection) -> Server:
    """The server, in one look."""
    me = f"%process {os.getpid()} on {socket.gethostname()}%"
    row = connection.execute(_SERVER, {"tables": list(metadata.tables), "me": me}).one()
    return Server(
        str(row.version).partition(" ")[0], row.role, int(row.size_bytes or 0), row.is_replica,
        row.is_lasting, int(row.connections), row.most_connections, tuple(row.ours), row.age,
        row.broken_pages,
    )  # fmt: skip


def upkeep(connection: Connection, table: str) -> Upkeep:
    """How a table of the catalogue is kept."""
    row = connection.execute(_UPKEEP, {"table": table}).one()
    return Upkeep(table, *row)
