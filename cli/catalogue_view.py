"""What a copy of a catalogue holds, and what a catalogue is, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count, duration, size
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe

if TYPE_CHECKING:
    from imnet_data.catalogue.about import CatalogueInfo
    from imnet_data.catalogue.copying import CatalogueCopy
    from imnet_data.cli.screen import Screen

_TABLES = (
    Column("table"),
    Column("rows", number=True),
    Column("SHA-256 of the rows, here and there", cut="end", least=16),
)
_WORTH_A_RATE = 100_000  # below, it is the time that programs take to begin


def write_copy(screen: Screen, copy: CatalogueCopy) -> None:
    """The tables that have rows, and where they are now."""
    rows = [[table.name, f"{table.rows:,}", table.digest] for table in copy.tables if table.rows]
    write_table(screen, _TABLES, rows)
    done = f"copied {count(copy.rows, 'row')} to {safe(copy.target)} in {duration(copy.seconds)}"
    if copy.rows >= _WORTH_A_RATE:
        done += f", {round(copy.rows / copy.seconds):,} a second"
    screen.line((f"{done}; read again, every table is the same on both sides", ""))


def copy_json(copy: CatalogueCopy) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "from": copy.source,
        "to": copy.target,
        "rows": copy.rows,
        "seconds": round(copy.seconds, 3),
        "tables": [
            {"table": table.name, "rows": table.rows, "sha256": table.digest}
            for table in copy.tables
        ],
    }


def write_info(screen: Screen, info: CatalogueInfo) -> None:
    """What a catalogue is, a line each."""
    access = "can be changed from this account" if info.writable else "can only be read from here"
    lines = {
        "catalogue": safe(info.location),
        "kind": f"{info.kind}, {size(info.size_bytes)} with its indexes",
        "schema": info.schema,
        "uuid": info.uuid,
        "access": access,
        "writing now": "; ".join(map(safe, info.writers)) or "nobody",
    }
    for label, text in lines.items():
        screen.line((f"{label:<13}", "bold"), (text, ""))


def info_json(info: CatalogueInfo) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "catalogue": info.location,
        "kind": info.kind,
        "schema": info.schema,
        "uuid": info.uuid,
        "bytes": info.size_bytes,
        "writable": info.writable,
        "writing": list(info.writers),
    }
