"""A PostgreSQL server as far as a catalogue depends on it: its upkeep, its room for connections.

Whether the catalogue's numbers agree is catalogue.py's, as for a file.
"""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Final

from imnet_data.amounts import size
from imnet_data.db import server_health
from imnet_data.db.engine import reading
from imnet_data.doctor.finding import Finding
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.db.engine import Storage
    from imnet_data.db.server_health import Server, Upkeep

_SECTION: Final = "catalogue"

# Tables with a row an image or more; of the others none has rows enough to be kept badly.
_LARGE: Final = ("image", "inspection", "alternate", "box")
# Below this a statement is quick whatever the planner believes.
_FEW_ROWS: Final = 20_000
_TOO_MANY: Final = 0.2  # of a table's rows: dead ones, or those changed since they were looked over
_NEARLY_ALL: Final = 0.9
# PostgreSQL refuses to write at 2^31; its own vacuum begins to hurry at 2^31 x 0.1.
_OLD_TRANSACTIONS: Final = 1_500_000_000


def findings(storage: Storage) -> Iterator[Finding]:
    """What is known of the server; its tables are those of a catalogue of the newest schema."""
    with storage_errors(), reading(storage) as connection:
        server = server_health.server(connection)
        kept = [server_health.upkeep(connection, table) for table in _LARGE]
    yield _server(server)
    yield _connections(server)
    yield from _lasting(server, storage.location)
    yield from _upkeep(kept, storage.location)


def described(storage: Storage) -> str:
    """Its size on the server, and who one is there."""
    with storage_errors(), reading(storage) as connection:
        server = server_health.server(connection)
    return f"{size(server.size_bytes)} with its indexes, as {server.role}"


def _server(server: Server) -> Finding:
    found = f"PostgreSQL {server.version}"
    if server.is_replica:
        return Finding(
            _SECTION, "server", "note", f"{found}, a replica: it can only be read",
            "to index and to verify, -c with the URL of the server that it follows",
        )  # fmt: skip
    return Finding(_SECTION, "server", "well", found)


def _connections(server: Server) -> Finding:
    found = f"{server.connections:,} of {server.most_connections:,} on the server"
    if server.ours:
        names = Counter(server.ours)
        found += "; at work are " + ", ".join(
            f"{name} ({number:,})" if number > 1 else name for name, number in names.items()
        )
    if server.connections >= server.most_connections * _NEARLY_ALL:
        return Finding(
            _SECTION, "connections", "note", f"{found}: the next may be refused",
            "end what needs none, or raise max_connections on the server",
        )  # fmt: skip
    return Finding(_SECTION, "connections", "well", found)


def _lasting(server: Server, url: str) -> Iterator[Finding]:
    if not server.is_lasting:
        yield Finding(
            _SECTION, "fsync", "note",
            "off: where the server's machine loses its power, the catalogue may be destroyed",
            "fsync = on in the server's configuration, which it then reads again",
        )  # fmt: skip
    if server.broken_pages:
        yield Finding(
            _SECTION, "checksums", "trouble",
            f"the server found {server.broken_pages:,} pages of this database damaged",
            "restore it from its backup, and see to the server's disk",
        )  # fmt: skip
    if server.age > _OLD_TRANSACTIONS:
        yield Finding(
            _SECTION, "transactions", "trouble",
            f"{server.age:,} since the oldest that is kept apart; at 2,147,483,648 nothing can be "
            "written any more",
            _psql(url, "VACUUM FREEZE"),
        )  # fmt: skip


def _upkeep(kept: list[Upkeep], url: str) -> Iterator[Finding]:
    stale = [one for one in kept if one.rows >= _FEW_ROWS and _is_stale(one)]
    bloated = [one for one in kept if one.dead >= _FEW_ROWS and one.dead > one.rows * _TOO_MANY]
    if stale:
        yield Finding(
            _SECTION, "statistics", "note",
            f"the planner's are out of date of {_names(stale)}: a count may scan all of it",
            f"as the tables' owner, {_psql(url, 'ANALYZE')}",
        )  # fmt: skip
    if bloated:
        dead = sum(one.dead for one in bloated)
        yield Finding(
            _SECTION, "vacuum", "note",
            f"{dead:,} dead rows in {_names(bloated)}: what was removed or changed takes room",
            f"as the tables' owner, {_psql(url, 'VACUUM ANALYZE')}",
        )  # fmt: skip
    if not stale and not bloated:
        image = kept[0]
        times = [
            f"{word} {_ago(since)}"
            for word, since in (("vacuumed", image.vacuumed_s), ("analyzed", image.analyzed_s))
            if since is not None
        ]
        found = f"{', '.join(times)}; {image.dead:,} dead rows" if times else "nothing to do yet"
        yield Finding(_SECTION, "vacuum", "well", found)


def _is_stale(one: Upkeep) -> bool:
    return not one.is_analyzed or one.changed > one.rows * _TOO_MANY


def _names(tables: list[Upkeep]) -> str:
    return " and ".join(one.table for one in tables)


def _ago(seconds: float) -> str:
    """How long ago, in one unit.

    >>> _ago(30), _ago(7300), _ago(200_000)
    ('just now', '2 hours ago', '2 days ago')
    """
    for unit, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= unit:
            number = int(seconds // unit)
            return f"{number:,} {name}{'s' if number > 1 else ''} ago"
    return "just now"


def _psql(url: str, statement: str) -> str:
    return shlex.join(["psql", url, "-c", statement])
